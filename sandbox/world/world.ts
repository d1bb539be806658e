/** Everything on one machine: the embedded AWS, the part of Airflow, and a sample target repository. */
import { fstatSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { checkFiles } from '../sample/files.ts';
import { sparkCheckFiles } from '../sample/sparkChecks.ts';
import { commitFiles, createTargetRepository, initRepository } from '../sample/targetRepository.ts';
import type { Buckets, SandboxClock } from '../service.ts';
import { nameReferenceRunner } from '../spark/config.ts';
import { createSparkEngine } from '../spark/engine.ts';
import type { SparkPlaces } from '../spark/places.ts';
import { type AwsOptions, type EmbeddedAws, startEmbeddedAws } from './embeddedAws.ts';
import { bucketName, dagsPrefix, serverEnvironment } from './environment.ts';

export interface WorldOptions extends AwsOptions {
  /** Where its files go; created when missing. */
  readonly directory: string;
  /** A `dags` folder to copy, so that a changed LOAD does not touch the original; `DAG_FILE` is then in the copy. */
  readonly dagsFolder?: string;
  /** Runs the checks of sample/sparkChecks.ts in a real Spark driver. Default: the sample checks, with simulated seconds. */
  readonly spark?: SparkPlaces;
}

export interface World extends EmbeddedAws {
  /** The absolute path of the sample target repository. */
  readonly targetRepo: string;
  /** Every variable that the server needs; those that could lead it out of the sandbox are empty. */
  readonly env: Readonly<Record<string, string>>;
}

export async function startWorld({
  directory,
  dagsFolder,
  spark: places,
  ...options
}: WorldOptions): Promise<World> {
  const targetRepo = join(directory, 'k-repo');
  const project = join(directory, 'audit-load-test');
  const [dagFile] = await Promise.all([
    createProject(project, dagsFolder, places === undefined ? nameRunner : nameOurRunner),
    createTargetRepository(targetRepo, places === undefined ? checkFiles() : sparkCheckFiles()),
  ]);
  let env: Record<string, string> = {};
  const aws = await startEmbeddedAws({
    ...options,
    ...(places && {
      engine: (buckets: Buckets, clock: SandboxClock) =>
        createSparkEngine({
          places,
          directory: join(directory, 'spark'),
          buckets,
          clock,
          environment: () => env,
        }),
    }),
  });
  env = serverEnvironment({ endpoint: aws.endpoint, targetRepo, project, dagFile });
  await aws.engine?.warmUp();
  return { ...aws, targetRepo, env };
}

/** Creates the repository that reports are committed to. @returns the DAG file when one was copied */
async function createProject(
  project: string,
  dagsFolder: string | undefined,
  completeConfig: (text: string) => string,
): Promise<string | undefined> {
  await initRepository(project);
  await mkdir(join(project, 'reports'));
  if (dagsFolder) {
    const dags = join(project, basename(dagsFolder));
    await cp(dagsFolder, dags, { recursive: true });
    await completeConfigs(join(dags, 'cluster_configs'), completeConfig);
  }
  await commitFiles(project, 5, 'Start keeping reports', [['.gitignore', '.audit-load-test/\n']]);
  return dagsFolder && join(project, basename(dagsFolder), 'yang_audit_load_test.py');
}

async function completeConfigs(folder: string, complete: (text: string) => string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const path of names.filter((name) => name.endsWith('.json')).map((name) => join(folder, name)))
    await writeFile(path, complete(await readFile(path, 'utf8')));
}

const nameOurRunner = (text: string) => nameReferenceRunner(text, `s3://${bucketName}/${dagsPrefix}`);

/** Fills in the placeholder for the audit runner, so that the cluster configs are complete. */
const nameRunner = (text: string) => text.replaceAll('PATH_OF_YOUR_AUDIT_RUNNER', 'audit-runner');

/**
 * `node dist/main.js sandbox`: starts the world in a temp directory and prints its endpoint and settings as one line of
 * JSON. Resolves, with the directory removed, after SIGTERM or SIGINT, or when a stdin that is a pipe closes.
 */
export async function runSandbox(options: Omit<WorldOptions, 'directory'> = {}): Promise<void> {
  // A pipe closes when the parent ends. A terminal has Ctrl-C, and /dev/null means: keep running in the background.
  const stdin = fstatSync(0);
  const isPipe = stdin.isFIFO() || stdin.isSocket();
  const stopped = new Promise<void>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve());
    if (isPipe)
      for (const ending of ['end', 'close', 'error'] as const) process.stdin.once(ending, () => resolve());
  });
  if (isPipe) process.stdin.resume();
  const directory = await mkdtemp(join(tmpdir(), 'audit-load-test-sandbox-'));
  try {
    const world = await startWorld({ ...options, directory });
    const { endpoint, targetRepo, env } = world;
    const engine = options.spark === undefined ? 'simulated' : 'spark';
    process.stdout.write(`${JSON.stringify({ endpoint, targetRepo, env, engine })}\n`);
    await stopped;
    await world.close();
  } finally {
    await rm(directory, { recursive: true, force: true });
    // A terminal's stdin would keep the process running.
    process.stdin.pause();
  }
}
