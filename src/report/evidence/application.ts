/**
 * One application's event log, line by line, to what the application did. Takes lines of Spark 3.5 and 4: unknown
 * events, absent fields and broken lines change nothing but the count of lines that were not understood.
 */
import { cleanLine } from '../../domain/foreignText.ts';
import { field, listIn, number, text } from './json.ts';
import type { SparkApplication } from './model.ts';
import { createPlans } from './plans.ts';
import { createStages } from './stages.ts';

/** All that leaves the environment section, which also contains command lines, paths and what people put there. */
const shownSettings =
  /^spark\.(?:master|executor\.(?:instances|cores|memory|memoryOverhead|memoryOverheadFactor)|driver\.(?:memory|cores|memoryOverhead)|sql\.shuffle\.partitions|sql\.ansi\.enabled|sql\.adaptive\.[\w.]{1,80}|memory\.(?:fraction|storageFraction)|dynamicAllocation\.[\w.]{1,80})$/;

const sqlPrefix = 'org.apache.spark.sql.execution.ui.';
const mostLostExecutors = 20;

export interface ApplicationReader {
  add(line: string): void;
  /** Lines that are events; 0 means that this is no event log. */
  readonly events: number;
  /** Lines that are not. */
  readonly broken: number;
  result(): SparkApplication;
}

export function createApplicationReader(): ApplicationReader {
  const plans = createPlans();
  const stages = createStages((id) => plans.python.ids.has(id));
  const driverCounts = new Map<number, number>();
  const settings: Record<string, string> = {};
  const executors = new Map<string, number>();
  const lostExecutors: string[] = [];
  const jobs = { total: 0, failed: 0 };
  const about: { id?: string; attempt?: string; name?: string; sparkVersion?: string; failure?: string } = {};
  let startedMs: number | undefined;
  let endedMs: number | undefined;
  let lastMs: number | undefined;
  let cores = 0;
  let failedQueries = 0;
  let events = 0;
  let broken = 0;

  const seeTime = (ms: number | undefined) => {
    if (ms !== undefined) lastMs = Math.max(lastMs ?? ms, ms);
  };
  const fail = (words: string | undefined) => {
    if (about.failure === undefined && words !== undefined && words.trim() !== '')
      about.failure = cleanLine(words.slice(0, 4000).trim().split('\n')[0] ?? '', 300);
  };
  const keep = (name: 'id' | 'attempt' | 'name' | 'sparkVersion', value: string | undefined) => {
    if (value !== undefined) about[name] = cleanLine(value, 200);
  };

  const handlers: Readonly<Record<string, (event: unknown) => void>> = {
    SparkListenerLogStart: (event) => keep('sparkVersion', text(event, 'Spark Version')),
    SparkListenerApplicationStart(event) {
      keep('id', text(event, 'App ID'));
      keep('attempt', text(event, 'App Attempt ID'));
      keep('name', text(event, 'App Name'));
      startedMs = number(event, 'Timestamp') ?? startedMs;
      seeTime(startedMs);
    },
    SparkListenerApplicationEnd(event) {
      endedMs = number(event, 'Timestamp') ?? endedMs;
      seeTime(endedMs);
    },
    SparkListenerEnvironmentUpdate(event) {
      const properties = field(event, 'Spark Properties');
      for (const [name, value] of Object.entries(properties ?? {}))
        if (shownSettings.test(name) && typeof value === 'string') settings[name] = cleanLine(value, 80);
    },
    SparkListenerExecutorAdded(event) {
      executors.set(
        text(event, 'Executor ID') ?? '',
        number(field(event, 'Executor Info'), 'Total Cores') ?? 0,
      );
      cores = Math.max(
        cores,
        [...executors.values()].reduce((sum, some) => sum + some, 0),
      );
    },
    SparkListenerExecutorRemoved(event) {
      executors.delete(text(event, 'Executor ID') ?? '');
      const reason = text(event, 'Removed Reason') ?? '';
      if (isLoss(reason) && lostExecutors.length < mostLostExecutors)
        lostExecutors.push(cleanLine(reason.slice(0, 2000), 200));
    },
    SparkListenerJobStart(event) {
      jobs.total += 1;
      seeTime(number(event, 'Submission Time'));
      if (text(field(event, 'Properties'), 'spark.sql.execution.id') === undefined) return;
      for (const stage of listIn(event, 'Stage IDs')) if (typeof stage === 'number') stages.inSql(stage);
    },
    SparkListenerJobEnd(event) {
      seeTime(number(event, 'Completion Time'));
      const result = field(event, 'Job Result');
      if (text(result, 'Result') === 'JobSucceeded') return;
      jobs.failed += 1;
      fail(text(field(result, 'Exception'), 'Message'));
    },
    SparkListenerStageSubmitted: (event) => stages.submitted(field(event, 'Stage Info')),
    SparkListenerStageCompleted(event) {
      const info = field(event, 'Stage Info');
      stages.completed(info);
      seeTime(number(info, 'Completion Time'));
    },
    SparkListenerTaskStart: (event) => {
      stages.started(event);
      seeTime(number(field(event, 'Task Info'), 'Launch Time'));
    },
    SparkListenerTaskEnd: (event) => {
      stages.ended(event);
      seeTime(number(field(event, 'Task Info'), 'Finish Time'));
    },
    [`${sqlPrefix}SparkListenerSQLExecutionStart`](event) {
      plans.add(number(event, 'executionId') ?? -1, field(event, 'sparkPlanInfo'));
      seeTime(number(event, 'time'));
    },
    [`${sqlPrefix}SparkListenerSQLAdaptiveExecutionUpdate`]: (event) =>
      plans.add(number(event, 'executionId') ?? -1, field(event, 'sparkPlanInfo')),
    [`${sqlPrefix}SparkListenerDriverAccumUpdates`](event) {
      for (const update of listIn(event, 'accumUpdates')) {
        const [id, value] = Array.isArray(update) ? update : [];
        if (typeof id === 'number' && typeof value === 'number')
          driverCounts.set(id, (driverCounts.get(id) ?? 0) + value);
      }
    },
    [`${sqlPrefix}SparkListenerSQLExecutionEnd`](event) {
      seeTime(number(event, 'time'));
      const message = text(event, 'errorMessage') ?? '';
      if (message === '') return;
      failedQueries += 1;
      fail(message);
    },
  };

  return {
    get events() {
      return events;
    },
    get broken() {
      return broken;
    },
    add(line) {
      if (line.trim() === '') return;
      const known = /^\{"Event":"([\w.]{1,120})"/.exec(line)?.[1];
      if (known !== undefined && !Object.hasOwn(handlers, known)) {
        events += 1;
        return;
      }
      const event = parsed(line);
      const name = text(event, 'Event');
      if (name === undefined) {
        broken += 1;
        return;
      }
      events += 1;
      if (Object.hasOwn(handlers, name)) handlers[name]?.(event);
    },
    result() {
      const seen = stages.result(endedMs ?? lastMs ?? 0);
      const counted = new Map(seen.counted);
      for (const [id, value] of driverCounts) counted.set(id, (counted.get(id) ?? 0) + value);
      const scans = plans.scans(counted);
      const scanned = scans.reduce((sum, scan) => sum + scan.rows, 0);
      const { recordsOutsideSql, ...totals } = seen.totals;
      const from = startedMs ?? seen.busy[0]?.[0] ?? lastMs ?? 0;
      const until = endedMs ?? lastMs ?? from;
      const failed = jobs.failed > 0 || failedQueries > 0;
      // A scan counts when its task ends well; the records of a task that fails are all there is.
      const isCut = failed && scanned + recordsOutsideSql === 0 && totals.inputRecords > 0;
      return {
        id: about.id,
        attempt: about.attempt,
        name: about.name,
        sparkVersion: about.sparkVersion,
        startedMs,
        endedMs,
        wallMs: Math.max(0, until - from),
        outcome: failed ? 'failed' : endedMs === undefined ? 'unfinished' : 'succeeded',
        failure: about.failure,
        cores,
        lostExecutors,
        jobs,
        tasks: {
          succeeded: seen.stages.reduce((sum, stage) => sum + stage.tasks, 0),
          failed: seen.stages.reduce((sum, stage) => sum + stage.failedTasks, 0),
          stillRunning: seen.stillRunning,
        },
        stageRetries: seen.retries,
        stages: seen.stages,
        scans,
        rowsRead: isCut ? totals.inputRecords : scanned + recordsOutsideSql,
        rowsFrom: isCut ? 'records' : sourceOf(scanned, recordsOutsideSql),
        queriesWithoutScan: plans.queriesWithoutScan(),
        ...totals,
        driverOnlyMs: driverOnly(seen.busy, from, until),
        pythonMs: sumOf(plans.python.timeIds, counted),
        pythonNodes: [...plans.python.nodes].sort(),
        settings,
      };
    },
  };
}

function sourceOf(scanned: number, records: number): SparkApplication['rowsFrom'] {
  if (scanned > 0) return records > 0 ? 'both' : 'scans';
  return records > 0 ? 'records' : 'none';
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** An executor that dynamic allocation or the end of the application takes away is not lost. */
function isLoss(reason: string): boolean {
  return !/idle|decommission|killed by driver|shutting down|finished/i.test(reason);
}

function sumOf(ids: ReadonlySet<number>, counted: ReadonlyMap<number, number>): number | undefined {
  return ids.size === 0 ? undefined : [...ids].reduce((sum, id) => sum + (counted.get(id) ?? 0), 0);
}

function driverOnly(busy: readonly (readonly [number, number])[], from: number, until: number) {
  const first = busy[0]?.[0];
  const last = busy.at(-1)?.[1];
  if (first === undefined || last === undefined)
    return { before: Math.max(0, until - from), between: 0, after: 0 };
  const ran = busy.reduce((sum, [start, end]) => sum + end - start, 0);
  return {
    before: Math.max(0, first - from),
    between: Math.max(0, last - first - ran),
    after: Math.max(0, until - last),
  };
}
