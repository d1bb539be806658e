/**
 * Why an application was slow: of the causes that its log can prove, the one with the largest share of its wall time.
 * Shares of different causes may overlap.
 */
import { formatDuration, percent, plural } from '../../domain/text.ts';
import type { Bottleneck } from '../model/evidence.ts';
import type { SparkApplication, Stage } from './model.ts';

/** Below a fifth of the wall time, no fix of one cause is noticed beside the spread of rounds. Our own choice. */
const leastShare = 0.2;
/** The factor by which Spark's adaptive execution calls a partition skewed. */
const skewFactor = 5;
/** Spark's tuning guide: tasks as short as this run efficiently. */
const shortTaskMs = 200;
const manyTasks = 100;
/** Spark's UI marks an executor whose GC takes more than this of its task time. */
const gcShare = 0.1;
/** Of the bytes that the stage read from and wrote to shuffles. Our own choice. */
const spillShare = 0.1;

export function bottleneckOf(application: SparkApplication): Bottleneck | undefined {
  if (application.wallMs <= 0 || failedBeforeWork(application)) return undefined;
  const found = candidates
    .map((candidate) => candidate(application))
    .filter((candidate) => candidate !== undefined)
    .map((candidate) => ({ ...candidate, share: Math.min(1, candidate.share) }))
    .filter(({ share }) => share >= leastShare)
    // A share that is only a limit weighs half of one that was measured.
    .sort((a, b) => b.share / (b.atMost ? 2 : 1) - a.share / (a.atMost ? 2 : 1));
  return found[0];
}

/** A query that does not compile: its failure is all there is to say. */
function failedBeforeWork({ outcome, tasks, stages }: SparkApplication): boolean {
  return outcome === 'failed' && stages.length === 0 && tasks.stillRunning === 0;
}

type Candidate = (application: SparkApplication) => Bottleneck | undefined;

const driverOnly: Candidate = ({ driverOnlyMs: { before, between, after }, wallMs }) => {
  const isStart = before >= between + after;
  const parts = [
    `${formatDuration(before / 1000)} before the first`,
    `${formatDuration(between / 1000)} between two`,
    `${formatDuration(after / 1000)} after the last`,
  ];
  return {
    kind: 'driver_only',
    share: (before + between + after) / wallMs,
    atMost: false,
    text: `no task ran in ${percent((before + between + after) / wallMs)} of its time: ${parts.join(', ')}`,
    advice: isStart
      ? 'Most of it is the start: driver, executors, packages, planning. More executors do not shorten it; several checks in one application do.'
      : 'Look at what the driver does between its queries: collect(), toPandas(), loops of small queries, planning of many files. More executors do not shorten it.',
    threshold: ownThreshold,
  };
};

const oneTask: Candidate = ({ stages, cores, wallMs }) => {
  const single = stages.filter((stage) => stage.tasks === 1 && stage.failedTasks === 0);
  const longest = longestOf(single);
  if (longest === undefined || cores < 2) return undefined;
  const ms = union(single);
  return {
    kind: 'one_task',
    share: ms / wallMs,
    atMost: false,
    text: `stages of a single task took ${percent(ms / wallMs)} of its time, the longest ${formatDuration(taskSeconds(longest))} for ${plural(longest.taskRecords.max, 'record')}, while ${cores} cores were there`,
    advice:
      'One task does all the work: a window function without PARTITION BY, a global sort, coalesce(1), or one file that cannot be split. Give the work a key to be divided by.',
    threshold: ownThreshold,
  };
};

function isSkewed({ tasks, taskMs, taskRecords }: Stage): boolean {
  return (
    tasks > 1 &&
    taskMs.max >= skewFactor * Math.max(1, taskMs.median) &&
    taskRecords.max >= skewFactor * Math.max(1, taskRecords.median)
  );
}

const skew: Candidate = ({ stages, wallMs, settings }) => {
  const skewed = stages.filter(isSkewed);
  const longest = longestOf(skewed);
  if (longest === undefined) return undefined;
  const lostMs = skewed.reduce((sum, { taskMs }) => sum + taskMs.max - taskMs.median, 0);
  const adaptive = settings['spark.sql.adaptive.skewJoin.enabled'] ?? 'true, the default';
  return {
    kind: 'skew',
    share: lostMs / wallMs,
    atMost: false,
    text: `the longest task of a stage ran ${factor(longest.taskMs)} times as long as the median and had ${factor(longest.taskRecords)} times its records; waiting for such tasks took ${percent(lostMs / wallMs)} of its time`,
    advice: `One key has most of the rows. Divide it (a salted key, or aggregate before the join). Spark splits skewed joins only: spark.sql.adaptive.skewJoin.enabled is ${adaptive}.`,
    threshold: `${skewFactor} times the median of time and of records; spark.sql.adaptive.skewJoin.skewedPartitionFactor`,
  };
};

const spill: Candidate = ({ stages, wallMs, settings }) => {
  // The partition of one key spills because of its key: more partitions do not divide it.
  const spilling = stages.filter(
    (stage) =>
      stage.diskSpillBytes > 0 && stage.diskSpillBytes >= spillShare * stage.shuffleBytes && !isSkewed(stage),
  );
  if (spilling.length === 0) return undefined;
  const bytes = spilling.reduce((sum, stage) => sum + stage.diskSpillBytes, 0);
  const ms = union(spilling);
  const partitions = settings['spark.sql.shuffle.partitions'] ?? '200, the default';
  return {
    kind: 'spill',
    share: ms / wallMs,
    atMost: false,
    text: `stages that wrote ${byteText(bytes)} of memory to disk took ${percent(ms / wallMs)} of its time`,
    advice: `Raise spark.sql.shuffle.partitions (now ${partitions}) or spark.executor.memory (now ${settings['spark.executor.memory'] ?? 'the default'}) until nothing is spilled.`,
    threshold: 'a tenth of what the stage shuffles; our own choice',
  };
};

const gc: Candidate = ({ gcMs, runMs, wallMs, driverOnlyMs, settings }) => {
  if (runMs <= 0 || gcMs / runMs < gcShare) return undefined;
  const share = (gcMs / runMs) * busyShare(driverOnlyMs, wallMs);
  return {
    kind: 'gc',
    share,
    atMost: false,
    text: `garbage collection took ${percent(gcMs / runMs)} of the task time`,
    advice: `Raise spark.executor.memory (now ${settings['spark.executor.memory'] ?? 'the default'}), or run fewer tasks at a time in an executor (spark.executor.cores).`,
    threshold: '10% of the task time, where Spark’s UI marks an executor',
  };
};

const python: Candidate = ({ pythonNodes, pythonMs, runMs, stages, wallMs, driverOnlyMs }) => {
  if (pythonNodes.length === 0 || runMs <= 0) return undefined;
  const isTimed = pythonMs !== undefined && pythonMs > 0;
  const share = isTimed
    ? Math.min(1, pythonMs / runMs) * busyShare(driverOnlyMs, wallMs)
    : union(stages.filter((stage) => stage.python)) / wallMs;
  const nodes = pythonNodes.slice(0, 3).join(', ');
  return {
    kind: 'python',
    share,
    atMost: !isTimed,
    text: isTimed
      ? `Python workers ran in ${percent(Math.min(1, pythonMs / runMs))} of the task time (${nodes})`
      : `stages that send rows to Python took ${percent(share)} of its time (${nodes}); this Spark does not time Python alone`,
    advice: 'Replace the Python function by Spark SQL functions, or by a pandas UDF.',
    threshold: ownThreshold,
  };
};

const tinyTasks: Candidate = ({ stages, cores, wallMs, settings }) => {
  const tiny = stages.filter(({ tasks, taskMs }) => tasks >= manyTasks && taskMs.median < shortTaskMs);
  if (tiny.length === 0 || cores < 1) return undefined;
  const lostMs = tiny.reduce(
    (sum, { wallMs: stageMs, runMs }) => sum + Math.max(0, (stageMs ?? 0) - runMs / cores),
    0,
  );
  const tasks = tiny.reduce((sum, stage) => sum + stage.tasks, 0);
  const partitions = settings['spark.sql.shuffle.partitions'] ?? '200, the default';
  return {
    kind: 'tiny_tasks',
    share: lostMs / wallMs,
    atMost: false,
    text: `${plural(tasks, 'task')} with a median below ${shortTaskMs} ms; starting them took ${percent(lostMs / wallMs)} of its time`,
    advice: `Lower spark.sql.shuffle.partitions (now ${partitions}), or keep spark.sql.adaptive.enabled on, which combines small partitions.`,
    threshold: `${shortTaskMs} ms; Spark’s tuning guide`,
  };
};

const recoveredFailures: Candidate = ({
  outcome,
  stages,
  tasks,
  failedTaskMs,
  lostExecutors,
  cores,
  wallMs,
}) => {
  const repeated = stages.filter(({ attempt }) => attempt > 0);
  if (outcome !== 'succeeded' || (tasks.failed === 0 && repeated.length === 0)) return undefined;
  const ms = union(repeated) + failedTaskMs / Math.max(1, cores);
  const lost =
    lostExecutors.length === 0
      ? ''
      : `, ${plural(lostExecutors.length, 'executor')} lost (${lostExecutors[0]})`;
  return {
    kind: 'recovered_failures',
    share: ms / wallMs,
    atMost: false,
    text: `it recovered from failures: ${plural(tasks.failed, 'failed task')}, ${plural(repeated.length, 'repeated stage')}${lost}; about ${percent(Math.min(1, ms / wallMs))} of its time`,
    advice:
      'Look for the cause in the executors’ logs: lost nodes (spot instances), or executors over their memory.',
    threshold: ownThreshold,
  };
};

const ownThreshold = `${percent(leastShare)} of the wall time; our own choice`;
const candidates: readonly Candidate[] = [
  driverOnly,
  oneTask,
  skew,
  spill,
  gc,
  python,
  tinyTasks,
  recoveredFailures,
];

const taskSeconds = (stage: Stage) => stage.taskMs.max / 1000;

function longestOf(stages: readonly Stage[]): Stage | undefined {
  return stages.toSorted((a, b) => b.taskMs.max - a.taskMs.max)[0];
}

function factor({ max, median }: { max: number; median: number }): string {
  return String(Math.round(max / Math.max(1, median)));
}

function busyShare({ before, between, after }: SparkApplication['driverOnlyMs'], wallMs: number): number {
  return Math.max(0, 1 - (before + between + after) / wallMs);
}

/** The time in which at least one of the stages was open. */
function union(stages: readonly Stage[]): number {
  let total = 0;
  let until = Number.NEGATIVE_INFINITY;
  const spans = stages
    .flatMap(({ submittedMs, completedMs }) =>
      submittedMs === undefined || completedMs === undefined ? [] : [[submittedMs, completedMs] as const],
    )
    .sort((a, b) => a[0] - b[0]);
  for (const [start, end] of spans) {
    total += Math.max(0, end - Math.max(start, until));
    until = Math.max(until, end);
  }
  return total;
}

/** `64 MB`, in powers of 1,000. */
export function byteText(bytes: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  const power = Math.min(units.length - 1, bytes < 1 ? 0 : Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** power;
  return `${value < 10 && power > 0 ? value.toFixed(1) : Math.round(value)} ${units[power]}`;
}
