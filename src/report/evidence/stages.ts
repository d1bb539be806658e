/** The tasks of an application, counted by stage as they end. */
import { cleanLine } from '../../domain/foreignText.ts';
import { field, listIn, number, text } from './json.ts';
import type { Spread, Stage } from './model.ts';

interface Tally {
  readonly id: number;
  readonly attempt: number;
  submittedMs?: number;
  completedMs?: number;
  failure?: string;
  tasks: number;
  failedTasks: number;
  runMs: number;
  gcMs: number;
  diskSpillBytes: number;
  shuffleBytes: number;
  python: boolean;
  readonly taskMs: number[];
  readonly taskRecords: number[];
}

export interface Stages {
  submitted(info: unknown): void;
  completed(info: unknown): void;
  started(event: unknown): void;
  ended(event: unknown): void;
  /** The stage belongs to a job of a SQL execution. */
  inSql(stage: number): void;
  /** @param untilMs the end of the log: tasks that are still open ran until then */
  result(untilMs: number): StagesResult;
}

export interface StagesResult {
  readonly stages: Stage[];
  /** By accumulator: the updates of SQL metrics, each partition of a stage once. */
  readonly counted: ReadonlyMap<number, number>;
  readonly totals: Readonly<Totals>;
  readonly stillRunning: number;
  /** Spans in which at least one task ran, in order. */
  readonly busy: readonly (readonly [number, number])[];
  readonly retries: number;
  readonly sqlStages: number;
}

interface Totals {
  runMs: number;
  cpuMs: number;
  gcMs: number;
  diskSpillBytes: number;
  shuffleBytes: number;
  failedTaskMs: number;
  inputRecords: number;
  recordsOutsideSql: number;
}

/** Ends of a task that are no failure of it: Spark takes back a task whose result an executor lost. */
const noFailure = new Set(['Success', 'Resubmitted', 'TaskKilled', 'TaskCommitDenied']);

/** `isPython` says whether an accumulator counts rows that go through Python. */
export function createStages(isPython: (accumulator: number) => boolean): Stages {
  const tallies = new Map<string, Tally>();
  const donePartitions = new Map<string, Set<number>>();
  const rdds = new Map<number, number>();
  const sqlStages = new Set<number>();
  const counted = new Map<number, number>();
  const running = new Map<number, number | undefined>();
  const busy: [number, number][] = [];
  const totals: Totals = {
    runMs: 0,
    cpuMs: 0,
    gcMs: 0,
    diskSpillBytes: 0,
    shuffleBytes: 0,
    failedTaskMs: 0,
    inputRecords: 0,
    recordsOutsideSql: 0,
  };

  function tally(id: number, attempt: number): Tally {
    const key = `${id}.${attempt}`;
    const known = tallies.get(key);
    if (known) return known;
    const made: Tally = {
      id,
      attempt,
      tasks: 0,
      failedTasks: 0,
      runMs: 0,
      gcMs: 0,
      diskSpillBytes: 0,
      shuffleBytes: 0,
      python: false,
      taskMs: [],
      taskRecords: [],
    };
    tallies.set(key, made);
    return made;
  }

  const ofInfo = (info: unknown) =>
    tally(number(info, 'Stage ID') ?? -1, number(info, 'Stage Attempt ID') ?? 0);

  /**
   * False for a partition that had already ended well: an executor was lost with its shuffle files. A later job does
   * that work again in a stage of another id, but of the same RDD.
   */
  function isFirst(stage: number, taskType: string | undefined, info: unknown): boolean {
    const rdd = taskType === 'ShuffleMapTask' ? rdds.get(stage) : undefined;
    const key = rdd === undefined ? `stage ${stage}` : `rdd ${rdd}`;
    const done = donePartitions.get(key) ?? new Set<number>();
    donePartitions.set(key, done);
    const partition = number(info, 'Partition ID') ?? number(info, 'Index') ?? done.size;
    if (done.has(partition)) return false;
    done.add(partition);
    return true;
  }

  return {
    submitted(info) {
      const stage = ofInfo(info);
      const at = number(info, 'Submission Time');
      if (at !== undefined) stage.submittedMs = at;
      // The RDD that the stage computes is the last one made.
      const made = listIn(info, 'RDD Info').map((rdd) => number(rdd, 'RDD ID') ?? -1);
      if (made.length > 0) rdds.set(stage.id, Math.max(...made));
    },
    completed(info) {
      const stage = ofInfo(info);
      const from = number(info, 'Submission Time');
      const until = number(info, 'Completion Time');
      const failure = text(info, 'Failure Reason');
      if (from !== undefined) stage.submittedMs = from;
      if (until !== undefined) stage.completedMs = until;
      if (failure !== undefined) stage.failure = cleanLine(failure.slice(0, 2000), 300);
    },
    inSql: (stage) => void sqlStages.add(stage),
    started: (event) => {
      const info = field(event, 'Task Info');
      const id = number(info, 'Task ID');
      if (id !== undefined) running.set(id, number(info, 'Launch Time'));
    },
    ended(event) {
      const info = field(event, 'Task Info');
      const metrics = field(event, 'Task Metrics');
      const stage = tally(number(event, 'Stage ID') ?? -1, number(event, 'Stage Attempt ID') ?? 0);
      const reason = text(field(event, 'Task End Reason'), 'Reason') ?? '';
      running.delete(number(info, 'Task ID') ?? -1);
      if (reason === 'Resubmitted') return;

      const launched = number(info, 'Launch Time');
      const finished = number(info, 'Finish Time');
      if (launched !== undefined && finished !== undefined && finished >= launched)
        addSpan(busy, launched, finished);
      const runMs = number(metrics, 'Executor Run Time') ?? 0;
      const shuffleRead = field(metrics, 'Shuffle Read Metrics');
      const shuffleWrite = field(metrics, 'Shuffle Write Metrics');
      const shuffleBytes =
        (number(shuffleRead, 'Remote Bytes Read') ?? 0) +
        (number(shuffleRead, 'Local Bytes Read') ?? 0) +
        (number(shuffleWrite, 'Shuffle Bytes Written') ?? 0);
      const spill = number(metrics, 'Disk Bytes Spilled') ?? 0;
      const gcMs = number(metrics, 'JVM GC Time') ?? 0;
      const inputRecords = number(field(metrics, 'Input Metrics'), 'Records Read') ?? 0;
      totals.runMs += runMs;
      totals.cpuMs += (number(metrics, 'Executor CPU Time') ?? 0) / 1e6;
      totals.gcMs += gcMs;
      totals.diskSpillBytes += spill;
      totals.shuffleBytes += shuffleBytes;
      totals.inputRecords += inputRecords;
      stage.runMs += runMs;
      stage.gcMs += gcMs;
      stage.diskSpillBytes += spill;
      stage.shuffleBytes += shuffleBytes;

      if (reason !== 'Success') {
        if (noFailure.has(reason)) return;
        stage.failedTasks += 1;
        totals.failedTaskMs += finished !== undefined && launched !== undefined ? finished - launched : runMs;
        return;
      }
      stage.taskMs.push(runMs);
      stage.taskRecords.push(inputRecords + (number(shuffleRead, 'Total Records Read') ?? 0));
      const first = isFirst(stage.id, text(event, 'Task Type'), info);
      if (first) stage.tasks += 1;
      if (first && !sqlStages.has(stage.id)) totals.recordsOutsideSql += inputRecords;
      for (const update of listIn(info, 'Accumulables')) {
        if (text(update, 'Metadata') !== 'sql') continue;
        const id = number(update, 'ID');
        const value = number(update, 'Update');
        if (id === undefined || value === undefined) continue;
        if (isPython(id)) stage.python = true;
        if (first) counted.set(id, (counted.get(id) ?? 0) + value);
      }
    },
    result: (untilMs) => ({
      stages: [...tallies.values()].map(stageOf),
      counted,
      totals,
      stillRunning: running.size,
      busy: withOpen(busy, [...running.values()], untilMs),
      retries: [...tallies.values()].filter(({ attempt }) => attempt > 0).length,
      sqlStages: sqlStages.size,
    }),
  };
}

/** A task that never ended was busy until the end: a driver that dies of it does not write its end. */
function withOpen(
  spans: readonly (readonly [number, number])[],
  launches: readonly (number | undefined)[],
  untilMs: number,
): [number, number][] {
  const all = spans.map(([from, until]): [number, number] => [from, until]);
  const known = launches.flatMap((at) => (at !== undefined && at < untilMs ? [at] : []));
  if (known.length > 0) addSpan(all, Math.min(...known), untilMs);
  return all;
}

/** Tasks end nearly in order, so that only the last spans can meet a new one. */
function addSpan(spans: [number, number][], from: number, until: number): void {
  const later: [number, number][] = [];
  let [start, end] = [from, until];
  for (let last = spans.at(-1); last !== undefined && last[1] >= start; last = spans.at(-1)) {
    spans.pop();
    if (last[0] > end) later.unshift(last);
    else [start, end] = [Math.min(start, last[0]), Math.max(end, last[1])];
  }
  spans.push([start, end], ...later);
}

function stageOf(tally: Tally): Stage {
  const { submittedMs, completedMs } = tally;
  const isClosed = submittedMs !== undefined && completedMs !== undefined;
  return {
    id: tally.id,
    attempt: tally.attempt,
    submittedMs,
    completedMs,
    wallMs: isClosed ? Math.max(0, completedMs - submittedMs) : undefined,
    failure: tally.failure,
    tasks: tally.tasks,
    failedTasks: tally.failedTasks,
    runMs: tally.runMs,
    gcMs: tally.gcMs,
    diskSpillBytes: tally.diskSpillBytes,
    shuffleBytes: tally.shuffleBytes,
    taskMs: spreadOf(tally.taskMs),
    taskRecords: spreadOf(tally.taskRecords),
    python: tally.python,
  };
}

function spreadOf(values: readonly number[]): Spread {
  const sorted = Float64Array.from(values).sort();
  const at = (sorted.length - 1) / 2;
  const median = ((sorted[Math.floor(at)] ?? 0) + (sorted[Math.ceil(at)] ?? 0)) / 2;
  return { median, max: sorted.at(-1) ?? 0 };
}
