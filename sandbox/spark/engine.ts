/**
 * Runs the steps of the embedded EMR in a real Spark driver on this machine, one after the other, and delivers their logs
 * to where EMR puts them.
 */
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import { gzipSync } from 'node:zlib';
import { controllerText } from '../emr/logs.ts';
import { type ClusterRecord, logFolderOf, type Pace, type StepRecord } from '../emr/records.ts';
import type { Buckets, SandboxClock } from '../service.ts';
import { driverMemory } from './config.ts';
import { createWarmDriver, type DriverAnswer } from './driver.ts';
import type { SparkPlaces } from './places.ts';
import { eventLogFolder, type Submission, submissionOf } from './submission.ts';

export interface SparkEngine {
  readonly pace: Pace;
  runStep(cluster: ClusterRecord, step: StepRecord): void;
  isStarting(): boolean;
  deliverLogs(cluster: ClusterRecord, step: StepRecord): void;
  /** Starts the driver, so that the first step does not wait for Java. */
  warmUp(): Promise<void>;
  /** Ends what was cancelled or terminated meanwhile. */
  tick(): void;
  close(): Promise<void>;
}

interface EngineOptions {
  readonly places: SparkPlaces;
  /** For runners and event logs. */
  readonly directory: string;
  readonly buckets: Buckets;
  readonly clock: SandboxClock;
  /** What leads the runner to the embedded AWS. */
  environment(): Readonly<Record<string, string>>;
}

/** Nothing is waited for but Spark: in real time, EMR's own minutes would be most of a round. */
const pace: Pace = {
  starting: [300, 500],
  bootstrapping: [300, 500],
  terminating: [300, 500],
  logInterval: 1000,
};

export function createSparkEngine(options: EngineOptions): SparkEngine {
  const { places, directory, buckets, clock } = options;
  const outputs = new Map<StepRecord, DriverAnswer>();
  const driver = createWarmDriver(places, options.environment);
  let current: StepRecord | undefined;
  let queue: Promise<void> = Promise.resolve();
  let isClosed = false;
  let isWarmingUp = false;

  async function warmUp(): Promise<void> {
    isWarmingUp = true;
    const conf = { ...sparkConf(places), 'spark.app.name': 'warm-up' };
    await driver.run({ runner: null, words: [], conf }, driverMemory);
    isWarmingUp = false;
  }

  async function runnerFile({ runner }: Submission): Promise<string> {
    const [, bucket = '', key = ''] = /^s3[an]?:\/\/([^/]+)\/(.+)$/.exec(runner) ?? [];
    const bytes = buckets.get(bucket, key);
    if (bytes === undefined) throw new Error(`java.io.FileNotFoundException: No such file: ${runner}`);
    const folder = await mkdtemp(join(directory, 'runner-'));
    const file = join(folder, basename(key));
    await writeFile(file, bytes);
    return file;
  }

  async function answerOf(cluster: ClusterRecord, step: StepRecord): Promise<DriverAnswer> {
    const submission = submissionOf(cluster, step);
    if (submission === undefined)
      return failure('This sandbox runs spark-submit of a Python file, and nothing else.');
    const events = eventsOf(step);
    await mkdir(events, { recursive: true });
    const runner = await runnerFile(submission);
    const conf = {
      ...submission.conf,
      ...sparkConf(places),
      'spark.eventLog.enabled': 'true',
      'spark.eventLog.dir': `file://${events}`,
      'spark.test.appId': step.applicationId ?? '',
    };
    if (isClosed || step.state !== 'RUNNING') return failure('The step was stopped before its driver ran.');
    return driver.run({ runner, words: submission.words, conf }, submission.driverMemory);
  }

  const eventsOf = (step: StepRecord) => join(directory, 'events', step.id);

  async function runNow(cluster: ClusterRecord, step: StepRecord): Promise<void> {
    if (isClosed || step.state !== 'RUNNING') return;
    current = step;
    const answer = await answerOf(cluster, step).catch((error: unknown) => failure(String(error)));
    current = undefined;
    outputs.set(step, answer);
    // A log that cannot be delivered must not stop the steps after it.
    await deliverEvents(buckets, cluster, eventsOf(step)).catch((error: unknown) =>
      outputs.set(step, { ...answer, stderr: `${answer.stderr}The event log was not delivered: ${error}\n` }),
    );
    if (step.state === 'RUNNING') {
      step.exitCode = answer.exitCode;
      step.endsMs = clock.nowMs();
    }
    if (driver.isCold && !isClosed) await warmUp();
  }

  return {
    pace,
    warmUp,
    isStarting: () => isWarmingUp,
    runStep(cluster, step) {
      // Its turn came while the driver started.
      step.startedMs = clock.nowMs();
      queue = queue.then(() => runNow(cluster, step));
    },
    deliverLogs(cluster, step) {
      const [, bucket, folder] = /^s3:\/\/([^/]+)\/(.*)$/.exec(logFolderOf(cluster) ?? '') ?? [];
      const { applicationId = '', startedMs, endedMs } = step;
      if (bucket === undefined || startedMs === undefined || endedMs === undefined) return;
      // In deploy mode client the driver is the step's own process: its output is the step's.
      const { stderr, stdout } = outputs.get(step) ?? { stderr: '', stdout: '' };
      const texts = {
        stderr: `${stderr}Command exiting with ret '${step.exitCode ?? 143}'\n`,
        stdout,
        controller: controllerText(step, { applicationId, startedMs, endedMs }),
        syslog: '',
      };
      for (const [name, text] of Object.entries(texts))
        buckets.put(bucket, `${folder}steps/${step.id}/${name}.gz`, gzipSync(text));
      outputs.delete(step);
    },
    tick() {
      if (current !== undefined && current.state !== 'RUNNING') driver.kill();
    },
    async close() {
      isClosed = true;
      driver.kill();
      await queue;
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** What spark-submit prints for a step that did not get as far as a driver. */
function failure(message: string): DriverAnswer {
  return { exitCode: 1, stdout: '', stderr: `Exception in thread "main" ${message}\n` };
}

/** What a Spark application on this machine needs. */
function sparkConf(places: SparkPlaces): Record<string, string> {
  return {
    'spark.master': 'local[2]',
    'spark.ui.enabled': 'false',
    'spark.ui.showConsoleProgress': 'false',
    'spark.driver.host': '127.0.0.1',
    'spark.driver.bindAddress': '127.0.0.1',
    'spark.sql.session.timeZone': 'UTC',
    'spark.sql.catalog.audit': 'org.apache.iceberg.spark.SparkCatalog',
    'spark.sql.catalog.audit.type': 'hadoop',
    'spark.sql.catalog.audit.warehouse': `file://${places.tables}`,
  };
}

/** S3 shows a file once it is closed: of a driver that was killed, there is no event log. */
async function deliverEvents(buckets: Buckets, cluster: ClusterRecord, folder: string): Promise<void> {
  const target = eventLogFolder(cluster);
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries
    .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
    .map((entry) => join(entry.parentPath, entry.name));
  const isOpen = files.some((file) => file.endsWith('.inprogress'));
  if (target !== undefined && !isOpen)
    for (const file of files)
      buckets.put(target.bucket, `${target.prefix}${relative(folder, file)}`, await readFile(file));
  await rm(folder, { recursive: true, force: true });
}
