/** The event logs of a round's steps: finds them in the folder that the cluster config names, and reads them within a time. */
import { ToolError } from '../../domain/errors.ts';
import type { Schedule } from '../../domain/schedules.ts';
import { identifyStep } from '../../domain/stepIdentity.ts';
import type { Cluster, Step } from '../../ports/aws.ts';
import type { EventLogFolder, EventLogs, FoundEventLog } from '../../ports/eventLogs.ts';
import type { Ports } from '../../ports/ports.ts';
import type { Watch } from '../../ports/time.ts';
import { stepsToRead } from '../../report/evidence/round.ts';
import type { Evidence, UnreadReason } from '../../report/model/evidence.ts';
import type { EventLogFacts } from '../../report/model/facts.ts';
import type { Report } from '../../report/model/model.ts';
import { readEvidence } from './read.ts';

/** buildReport answers within 50 s; the rest of it needs the remainder. */
const readingMs = 30_000;
const atOnce = 8;
/** Logs without a known application that are opened to look for a step's name. */
const mostByName = 60;

interface RoundSteps {
  readonly cluster: Cluster;
  readonly steps: readonly Step[];
  readonly load: number;
  readonly schedule: Schedule;
  readonly configsPrefix: string;
  /** Older reports: the growth of a step tells whether its log is wanted. */
  readonly earlier: readonly Report[];
  /** The properties of the cluster config that the round ran with. */
  readonly settings: Readonly<Record<string, string>> | undefined;
  readonly mode: EventLogFacts['mode'];
}

/** Never throws for what AWS refuses or lacks: it says so instead. */
export async function readRoundEvidence(
  ports: Pick<Ports, 'eventLogs' | 'clock'>,
  round: RoundSteps,
  watch: Watch,
): Promise<EventLogFacts> {
  const { mode, cluster } = round;
  const nothing = { mode, evidence: new Map<string, Evidence>(), unread: new Map<string, UnreadReason>() };
  if (mode === 'off') return { ...nothing, status: 'off' };
  const place = folderOf(round.settings);
  if (typeof place === 'string') return { ...nothing, status: place };
  const found = { ...nothing, folder: place.uri };
  const timeUp = new AbortController();
  const cancel = ports.clock.timer(readingMs, () => timeUp.abort());
  const within: Watch = { ...watch, signal: AbortSignal.any([watch.signal, timeUp.signal]) };
  try {
    const logs = await ports.eventLogs.inFolder(place.folder, cluster.createdMs, within);
    if (logs.length === 0) return { ...found, status: 'no_logs' };
    const read = await readSteps(ports.eventLogs, cluster, wantedSteps(round, mode), logs, within);
    watch.signal.throwIfAborted();
    return { ...found, ...read, status: 'read' };
  } catch (error) {
    watch.signal.throwIfAborted();
    if (error instanceof ToolError) return { ...found, status: statusOf[error.code] ?? 'unreachable' };
    if (timeUp.signal.aborted) return { ...found, status: 'unreachable' };
    throw error;
  } finally {
    cancel();
  }
}

/** Why the folder was not listed. CONFIG: there is no such bucket, or not here. */
const statusOf: Readonly<Partial<Record<ToolError['code'], EventLogFacts['status']>>> = {
  DENIED: 'denied',
  CONFIG: 'no_bucket',
};

function wantedSteps(
  { steps, load, schedule, configsPrefix, earlier }: RoundSteps,
  mode: 'slowest' | 'all',
): Step[] {
  const timed = steps.map((step) => {
    const identity = identifyStep(step, configsPrefix);
    const { startedMs, endedMs } = step;
    const runSeconds = startedMs === undefined || endedMs === undefined ? null : (endedMs - startedMs) / 1000;
    return { schedule, load, ...identity, id: step.id, state: step.state, runSeconds };
  });
  const byId = new Map(steps.map((step) => [step.id, step]));
  return stepsToRead(timed, earlier, mode).flatMap((id) => byId.get(id) ?? []);
}

function folderOf(
  settings: RoundSteps['settings'],
): { readonly folder: EventLogFolder; readonly uri: string } | 'no_folder' | 'not_on_s3' {
  const uri = settings?.['spark.eventLog.dir'];
  if (uri === undefined || settings?.['spark.eventLog.enabled'] === 'false') return 'no_folder';
  const [, bucket, prefix = ''] = /^s3[an]?:\/\/([^/]+)(?:\/(.*))?$/.exec(uri.trim()) ?? [];
  return bucket === undefined ? 'not_on_s3' : { folder: { bucket, prefix }, uri };
}

/** The evidence of each step, or why it has no evidence. */
async function readSteps(
  eventLogs: EventLogs,
  cluster: Cluster,
  steps: readonly Step[],
  logs: readonly FoundEventLog[],
  watch: Watch,
) {
  const evidence = new Map<string, Evidence>();
  const unread = new Map<string, UnreadReason>();
  // Of several attempts the last one counts: the logs are in that order.
  const byApplication = new Map(logs.map((log) => [log.application, log]));
  const nameless: Step[] = [];
  let done = 0;

  async function readLog(step: Step, log: FoundEventLog): Promise<void> {
    const read = await readAgain(log, eventLogs, watch.signal);
    if (read.found !== 'evidence') unread.set(step.id, read.found);
    else if (read.evidence.application !== log.application) unread.set(step.id, 'other_application');
    else evidence.set(step.id, read.evidence);
  }

  await inTurns(steps, async (step) => {
    try {
      if (watch.signal.aborted) return void unread.set(step.id, 'too_slow');
      const application = await eventLogs.applicationOf(cluster, step, watch.signal);
      const log = application === undefined ? undefined : byApplication.get(application);
      if (log !== undefined) await readLog(step, log);
      else if (application === undefined) nameless.push(step);
      else unread.set(step.id, 'no_log');
    } catch (error) {
      unread.set(step.id, whyUnread(error, watch.signal));
    }
    done += 1;
    watch.progress(done, steps.length, 'Spark event logs read');
  });
  await readByName(eventLogs, nameless, logs, watch, { evidence, unread });
  return { evidence, unread };
}

/** Steps whose stderr names no application: by the application's name and the time of its start. */
async function readByName(
  eventLogs: EventLogs,
  steps: readonly Step[],
  logs: readonly FoundEventLog[],
  watch: Watch,
  { evidence, unread }: { evidence: Map<string, Evidence>; unread: Map<string, UnreadReason> },
): Promise<void> {
  if (steps.length === 0) return;
  const taken = new Set([...evidence.values()].map(({ application }) => application));
  const from = Math.min(...steps.map((step) => step.startedMs ?? step.createdMs));
  const candidates = logs
    .filter((log) => !taken.has(log.application) && log.modifiedMs >= from)
    .slice(0, mostByName);
  const found: Evidence[] = [];
  await inTurns(candidates, async (candidate) => {
    try {
      const read = await readAgain(candidate, eventLogs, watch.signal);
      if (read.found === 'evidence') found.push(read.evidence);
    } catch (error) {
      whyUnread(error, watch.signal);
    }
  });
  for (const step of steps) {
    const own = found.filter((one) => one.name === step.name && startedWithin(step, one.startedMs));
    const last = own.toSorted((a, b) => a.attempt - b.attempt).at(-1);
    if (last) evidence.set(step.id, last);
    else unread.set(step.id, watch.signal.aborted ? 'too_slow' : 'no_application');
  }
}

/** A connection that breaks off in the middle of a body is tried once more. */
async function readAgain({ log }: FoundEventLog, eventLogs: EventLogs, signal: AbortSignal) {
  try {
    return await readEvidence(log, eventLogs, signal);
  } catch (error) {
    if (signal.aborted || !(error instanceof ToolError) || error.code !== 'UPSTREAM') throw error;
    return readEvidence(log, eventLogs, signal);
  }
}

function startedWithin({ startedMs, endedMs }: Step, atMs: number | null): boolean {
  return (
    startedMs !== undefined && endedMs !== undefined && atMs !== null && atMs >= startedMs && atMs <= endedMs
  );
}

/** @throws what is a bug */
function whyUnread(error: unknown, signal: AbortSignal): UnreadReason {
  if (signal.aborted) return 'too_slow';
  if (!(error instanceof ToolError)) throw error;
  if (error.code === 'DENIED') return 'denied';
  return error.code === 'NOT_FOUND' ? 'no_log' : 'unreachable';
}

async function inTurns<Item>(items: readonly Item[], task: (item: Item) => Promise<void>): Promise<void> {
  const queue = items.values();
  const worker = async () => {
    for (const item of queue) await task(item);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker));
}
