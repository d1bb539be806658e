/** The reports on disk, and the repository they are committed to. */
import { lstat, mkdir, readdir, readFile, realpath, rm } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import type { ReportFile, ReportPage, Reports } from '../../ports/project.ts';
import type { Settings } from '../../settings.ts';
import { atomicWriteAll } from '../atomicWrite.ts';
import { commitFiles } from '../git/commits.ts';
import { openGit } from '../git/git.ts';
import { requireNothingUnfinished } from '../git/gitState.ts';
import { dagFileNames } from './dagFolder.ts';

const directoryName = /^\d+x_\d{8}_\d{6}$/;
const pageNames = ['report.md', 'report.html', 'report.json'] as const;

/** What a build writes. A picture that a new build does not write belongs to the old one and is removed. */
const builtFiles: readonly string[] = [
  ...pageNames,
  ...['timeline', 'distribution', 'comparison', 'forecast'].map((name) => `charts/${name}.svg`),
];

/** The longest page that is returned: report.json of 10,000 steps has 5.3 MB. */
const longestPageBytes = 8_000_000;

export function createReports(settings: Pick<Settings, 'reportsDir' | 'dagFile'>): Reports {
  const { reportsDir } = settings;

  /** Oldest first. */
  async function directoriesByTime(): Promise<string[]> {
    const names = await readdir(reportsDir).catch(() => []);
    return names
      .filter((name) => directoryName.test(name))
      .sort((a, b) => (stampOf(a) < stampOf(b) ? -1 : 1));
  }

  /** The pages of one directory; links and anything else that is not a plain file are skipped. */
  async function pagesOf(directory: string): Promise<ReportPage[]> {
    if (!(await lstat(join(reportsDir, directory)).catch(() => undefined))?.isDirectory()) return [];
    const found = await Promise.all(
      pageNames.map(async (name) => {
        const there = await lstat(join(reportsDir, directory, name)).catch(() => undefined);
        return there?.isFile() !== true || there.nlink > 1 || there.size > longestPageBytes
          ? []
          : [{ name, sizeBytes: there.size, modifiedMs: there.mtimeMs }];
      }),
    );
    return found.flat();
  }

  return {
    async list() {
      const newestFirst = (await directoriesByTime()).toReversed();
      return Promise.all(
        newestFirst.map(async (directory) => ({ directory, pages: await pagesOf(directory) })),
      );
    },

    async read(directory, name) {
      if (!directoryName.test(directory)) return undefined;
      const page = (await pagesOf(directory)).find((one) => one.name === name);
      return page && readFile(join(reportsDir, directory, page.name), 'utf8').catch(absent);
    },

    async write(directory, files) {
      const target = join(reportsDir, directory);
      await makeFolder(target);
      await makeFolder(join(target, 'charts'));
      // File by file: anything else in the folder (comparisons, the user's own files) is not touched.
      await writeAll(target, files);
      const stale = builtFiles.filter((path) => !files.some((file) => file.path === path));
      for (const path of stale) await rm(join(target, path), { force: true });
      return target;
    },

    async add(directory, files) {
      const target = join(reportsDir, directory);
      await writeAll(target, files);
      return join(target, files[0]?.path ?? '');
    },

    async all() {
      const found = await Promise.all(
        (await directoriesByTime()).map(async (directory) => {
          const json = await readFile(join(reportsDir, directory, 'report.json'), 'utf8').catch(
            () => undefined,
          );
          return json === undefined ? [] : [{ directory, json }];
        }),
      );
      return found.flat();
    },

    async commit(directories, message, trailer) {
      const git = openGit(await existingAncestor(resolve(reportsDir)));
      const top = (await git.run(['rev-parse', '--show-toplevel']).catch(() => '')).trim();
      const branch = top === '' ? '' : (await git.run(['symbolic-ref', '-q', '--short', 'HEAD'])).trim();
      if (branch === '') return null;
      const repository = openGit(top);
      await requireNothingUnfinished(repository);
      const dags = dirname(resolve(settings.dagFile));
      const paths = await Promise.all([
        ...directories.map((directory) => filesOfReport(resolve(reportsDir, directory))),
        ...dagFileNames(settings.dagFile).map((name) => plainFile(join(dags, name))),
      ]);
      const realTop = await realpath(top);
      const inside = (await Promise.all(paths.flat().map((path) => realpath(path))))
        .map((path) => relative(realTop, path))
        .filter((path) => !path.startsWith(`..${sep}`) && !isAbsolute(path))
        .map((path) => path.split(sep).join('/'));
      return commitFiles(repository, branch, inside, message, trailer);
    },
  };
}

/** Creates a folder; anything else at this path, such as a link, is replaced. */
async function makeFolder(path: string): Promise<void> {
  const there = await lstat(path).catch(absent);
  if (there?.isDirectory()) return;
  if (there) await rm(path);
  await mkdir(path, { recursive: true });
}

async function writeAll(directory: string, files: readonly ReportFile[]): Promise<void> {
  const written = files.map(({ path, text }) => ({ path: join(directory, path), bytes: text }));
  for (const { path } of written) await mkdir(dirname(path), { recursive: true });
  atomicWriteAll(written);
}

/** The repository follows from where reports are written, even before the first one exists. */
async function existingAncestor(path: string): Promise<string> {
  return (await realpath(path).catch(absent)) ?? existingAncestor(dirname(path));
}

function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code === 'ENOENT') return undefined;
  throw error;
}

/** The timestamp in a report directory's name: names start with the load, so they do not sort by time. */
function stampOf(directory: string): string {
  return directory.slice(directory.indexOf('_') + 1);
}

/** The files of a report. Other files in the folder are the user's own, and may be secret. */
const reportFile = /^(report\.(md|html|json)|compared_with_[^/]+\.md|charts\/[^/]+\.svg)$/;

async function filesOfReport(directory: string): Promise<string[]> {
  const [here, charts] = await Promise.all(
    ['', 'charts'].map((below) => readdir(join(directory, below)).catch(() => [])),
  );
  const names = [...(here ?? []), ...(charts ?? []).map((name) => `charts/${name}`)];
  const ours = names.filter((name) => reportFile.test(name));
  return (await Promise.all(ours.map((name) => plainFile(join(directory, name))))).flat();
}

/** The path if it is a plain file, not a link. */
async function plainFile(path: string): Promise<string[]> {
  return (await lstat(path).catch(() => undefined))?.isFile() ? [path] : [];
}
