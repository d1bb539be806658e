/** The reports on disk, and the repository they are committed to. */
import { dirname, join, relative, sep } from 'node:path';
import { dagFileNames } from '../../domain/keys.ts';
import type { DiskFile } from '../../ports/disk.ts';
import type { ReportFile, ReportPage, Reports } from '../../ports/project.ts';
import type { Settings } from '../../settings.ts';
import { isOutside, openDisk } from '../disk/disk.ts';
import { realPath } from '../disk/places.ts';
import { commitFiles } from '../git/commits.ts';
import { openGit } from '../git/git.ts';
import { branchForCommit, gitDirectories } from '../git/gitState.ts';
import type { WriterLock } from '../git/writerLock.ts';
import { rebuild } from './handwritten.ts';

const setting = 'REPORTS_DIR';

const recordName = 'README.md';
const directoryName = /^\d+x_\d{8}_\d{6}$/;
const pageNames = ['report.md', 'report.html', 'report.json'] as const;

/** What a build writes. A picture that a new build does not write belongs to the old one and is removed. */
const builtFiles: readonly string[] = [
  ...pageNames,
  ...['timeline', 'distribution', 'comparison', 'forecast'].map((name) => `charts/${name}.svg`),
];

/** The longest page that is returned: report.json of 10,000 steps has 5.3 MB. */
const longestPageBytes = 8_000_000;

/** @param lock of the call that commits, so that a killed one's lock files can be told */
export function createReports(
  settings: Pick<Settings, 'reportsDir' | 'dagFile'>,
  lock: Pick<WriterLock, 'whileInGit'> = { whileInGit: (_, work) => work() },
): Reports {
  const disk = openDisk(settings.reportsDir, setting);

  /** Oldest first. */
  async function directoriesByTime(): Promise<string[]> {
    return (await disk.list())
      .filter(({ name, kind }) => kind === 'folder' && directoryName.test(name))
      .map(({ name }) => name)
      .sort((a, b) => (stampOf(a) < stampOf(b) ? -1 : 1));
  }

  /** The pages of one directory; anything else that is not a plain file is skipped. */
  async function pagesOf(directory: string): Promise<ReportPage[]> {
    const found = await Promise.all(
      pageNames.map(async (name) => {
        const there = await disk.stat(join(directory, name));
        return there === undefined || there.sizeBytes > longestPageBytes ? [] : [{ name, ...there }];
      }),
    );
    return found.flat().map(({ name, sizeBytes, modifiedMs }) => ({ name, sizeBytes, modifiedMs }));
  }

  /** The files of a report, absolute. Other files in the folder are the user's own, and may be secret. */
  async function filesOfReport(directory: string): Promise<string[]> {
    const [here, charts] = await Promise.all(
      [directory, join(directory, 'charts')].map((folder) => disk.list(folder)),
    );
    const plain = [...(here ?? []), ...(charts ?? []).map((one) => ({ ...one, name: `charts/${one.name}` }))];
    return plain
      .filter(({ name, kind }) => kind === 'file' && reportFile.test(name))
      .map(({ name }) => join(disk.root, directory, name));
  }

  /** The files to write instead of a page, so that nothing is lost that a person wrote in it. */
  async function keepHandwritten(path: string, text: string): Promise<(ReportFile & { isKept?: true })[]> {
    const old = (await disk.read(path))?.toString('utf8');
    const { text: page, keptName } = rebuild(path, text, old);
    const kept = keptName === undefined ? [] : [{ path: keptName, text: old ?? '', isKept: true as const }];
    return [...kept, { path, text: page }];
  }

  const keptOf = (files: readonly (ReportFile & { isKept?: true })[]) =>
    files.flatMap(({ path, isKept }) => (isKept ? join(disk.root, path) : []));

  return {
    async list() {
      const newestFirst = (await directoriesByTime()).toReversed();
      return Promise.all(
        newestFirst.map(async (directory) => ({ directory, pages: await pagesOf(directory) })),
      );
    },

    async read(directory, name) {
      const known = (await directoriesByTime()).includes(directory) ? await pagesOf(directory) : [];
      const page = known.find((one) => one.name === name);
      return page && (await disk.read(join(directory, page.name)))?.toString('utf8');
    },

    async write(directory, files) {
      // File by file: anything else in the folder (comparisons, the user's own files) is not touched.
      const all: (ReportFile & { isKept?: true })[] = [];
      for (const { path, text } of files) {
        const file = { path: join(directory, path), text };
        all.push(...(path === 'report.md' ? await keepHandwritten(file.path, text) : [file]));
      }
      await disk.writeAll(all.map(({ path, text }) => ({ path, bytes: text })));
      const stale = builtFiles.filter((path) => !files.some((file) => file.path === path));
      for (const path of stale) await disk.remove(join(directory, path));
      return { path: join(disk.root, directory), kept: keptOf(all) };
    },

    async writeRecord(text) {
      const files = await keepHandwritten(recordName, text);
      await disk.writeAll(files.map((file) => ({ path: file.path, bytes: file.text })));
      return { kept: keptOf(files) };
    },

    async add(directory, files) {
      await disk.writeAll(placed(directory, files));
      return join(disk.root, directory, files[0]?.path ?? '');
    },

    async all() {
      const found = await Promise.all(
        (await directoriesByTime()).map(async (directory) => {
          const json = await disk.read(join(directory, 'report.json'));
          return json === undefined ? [] : [{ directory, json: json.toString('utf8') }];
        }),
      );
      return found.flat();
    },

    async commit(directories, message, trailer) {
      const git = openGit(await existingAncestor(disk.root));
      const top = (await git.run(['rev-parse', '--show-toplevel']).catch(() => '')).trim();
      if (top === '') return null;
      const repository = openGit(top);
      const head = await branchForCommit(repository);
      if (head === undefined) return null;
      const dags = openDisk(dirname(settings.dagFile), 'DAG_FILE');
      const paths = await Promise.all([
        ...directories.map(filesOfReport),
        disk.stat(recordName).then((found) => (found === undefined ? [] : [join(disk.root, recordName)])),
        ...dagFileNames(settings.dagFile).map(async (name) =>
          (await dags.stat(name)) === undefined ? [] : [join(dags.root, name)],
        ),
      ]);
      const realTop = await realPath(top, setting);
      const real = await Promise.all(paths.flat().map((path) => realPath(path, setting)));
      const inside = real
        .map((path) => relative(realTop ?? top, path ?? ''))
        .filter((path) => !isOutside(path))
        .map((path) => path.split(sep).join('/'));
      return lock.whileInGit((await gitDirectories(repository)).own, () =>
        commitFiles(repository, head, inside, message, trailer),
      );
    },
  };
}

function placed(directory: string, files: readonly ReportFile[]): DiskFile[] {
  return files.map(({ path, text }) => ({ path: join(directory, path), bytes: text }));
}

/** The repository follows from where reports are written, even before the first one exists. */
async function existingAncestor(path: string): Promise<string> {
  return (await realPath(path, setting)) ?? existingAncestor(dirname(path));
}

/** The timestamp in a report directory's name: names start with the load, so they do not sort by time. */
function stampOf(directory: string): string {
  return directory.slice(directory.indexOf('_') + 1);
}

const reportFile =
  /^(report\.(md|html|json)|report\.edited-[0-9a-f]{8}\.md|compared_with_[^/]+\.md|charts\/[^/]+\.svg)$/;
