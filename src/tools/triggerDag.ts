import * as z from 'zod';
import { dagIdOf, hasLoadTag } from '../dag/source.ts';
import { ToolError } from '../domain/errors.ts';
import type { Schedule } from '../domain/schedules.ts';
import type { Airflow } from '../ports/airflow.ts';
import type { Ports } from '../ports/ports.ts';
import {
  clusterConfigDigest,
  dagRunIdOf,
  isRunActive,
  roundBegins,
  triggeredRound,
} from '../rounds/begin.ts';
import { waitingRound } from '../rounds/choice.ts';
import type { Round, Session, SessionEvent } from '../state/session.ts';
import { followRun, requireClusterUp, requireTriggerable, type TriggeredRound } from '../workflow/dags.ts';
import { beginningAt, loadInBucket, movableRound } from '../workflow/marks.ts';
import { readOutlook } from '../workflow/reporting.ts';
import { requireNoRoundUnderWay } from '../workflow/rounds.ts';
import { type Answer, clusterIdInput, defineTool, scheduleInput, type ToolCall } from './tool.ts';
import {
  type RunRequest,
  triggerAwaitingText,
  triggerDagLines,
  triggerDagResult,
  triggeredText,
  triggerQuestion,
} from './triggerDag.text.ts';

/** Below the time limit of a call, so that it never ends in an error; pollCluster finds a cluster that appears later. */
const wholeCallMs = 45_000;

const input = z.strictObject({
  schedule: scheduleInput.optional().describe("default: the session's"),
  clusterId: clusterIdInput.optional().describe('run on this running cluster; it stays up'),
  approved: z.boolean().optional().describe('true if the user said to trigger it now'),
});

type Input = z.output<typeof input>;
type TriggerDagPorts = Pick<
  Ports,
  'airflow' | 'store' | 'clusters' | 'sessions' | 'settings' | 'dags' | 'clock' | 'reports'
>;

export const triggerDag = defineTool({
  name: 'triggerDag',
  title: 'Trigger the DAG in Airflow',
  description:
    "Marks the round, triggers the schedule's DAG in Airflow, and follows the run until its cluster exists. Needs AIRFLOW_URL; without it the user triggers the DAG by hand. Refuses while a round runs and until Airflow has read the uploaded LOAD. It costs a cluster: set approved only if the user said so.",
  effect: 'write',
  openWorld: true,
  asksEveryTime: true,
  input,
  output: triggerDagResult,
  run: runTriggerDag,
  lines: triggerDagLines,
});

async function runTriggerDag(given: Input, ports: TriggerDagPorts, call: ToolCall) {
  let untilMs = ports.clock.localMs() + wholeCallMs;
  const session = await ports.sessions.load();
  const schedule = given.schedule ?? session.schedule ?? '15m';
  const [dag] = await ports.dags.read();
  const dagId = dagIdOf(dag?.name ?? '', schedule);
  const airflow = requireAirflow(ports, dagId, waitingRound(session.rounds)?.schedule === schedule);
  const { active, lost } = await earlierRun(airflow, session, schedule, call);
  if (active !== undefined)
    return follow(ports, airflow, active, 'unchanged', given.clusterId, untilMs, call);

  await requireNoRoundUnderWay(ports, session, call);
  const { load, warnings: bucketWarnings } = await loadInBucket(ports, session);
  const requireReady = async () => {
    if (given.clusterId !== undefined) await requireClusterUp(ports, given.clusterId, call);
    const hasTag = hasLoadTag(dag?.bytes.toString('utf8') ?? '');
    return requireTriggerable(airflow, { dagId, load, hasTag }, call);
  };
  const tagWarnings = await requireReady();
  const { outlook, warnings: unread } = await outlookInBucket(ports, session, { load, schedule });
  const warnings = [...bucketWarnings, ...tagWarnings, ...unread];
  const request: RunRequest = { dagId, load, schedule, clusterId: given.clusterId };
  const toMove = async () => lost ?? (await movableRound(ports, session, schedule, call))?.round;
  let moved = await toMove();
  const question = triggerQuestion(request, moved?.round ?? session.rounds.length + 1, outlook?.outlook);
  const { answer, tookMs } = await timed(ports, () => confirm(ports, question, given.approved, call));
  if (answer !== 'accepted')
    return { ...awaiting(ports, request, moved !== undefined, answer), ...outlook, warnings };
  untilMs += tookMs;
  // The user may take minutes to answer; a round may have begun meanwhile.
  if (given.approved === undefined) {
    await requireNoRoundUnderWay(ports, await ports.sessions.load(), call);
    await requireReady();
    moved = await toMove();
  }
  const round = await openRound(ports, request, moved, lost?.dagRun.dagRunId);
  const status = await trigger(airflow, request, round, call);
  const followed = await follow(ports, airflow, round, status, given.clusterId, untilMs, call);
  return { ...followed, ...outlook, warnings: [...warnings, ...followed.warnings] };
}

function awaiting({ settings }: TriggerDagPorts, request: RunRequest, isMarked: boolean, answer: Answer) {
  return triggerAwaitingText(request, {
    mode: settings.approval,
    isMarked,
    isDeclined: answer === 'declined',
  });
}

/** The time that the user takes to answer does not count. */
async function timed<Result>({ clock }: Pick<Ports, 'clock'>, work: () => Promise<Result>) {
  const fromMs = clock.localMs();
  const answer = await work();
  return { answer, tookMs: clock.localMs() - fromMs };
}

/** With the cluster config of this session's last upload; without one where the bucket has another LOAD than that. */
function outlookInBucket(
  ports: TriggerDagPorts,
  session: Session,
  { load, schedule }: Pick<Round, 'load' | 'schedule'>,
) {
  const { dag } = session;
  const clusterConfig = dag?.load === load ? clusterConfigDigest(dag.files, schedule) : undefined;
  return readOutlook(ports, session, { load, schedule, clusterConfig });
}

/** @throws ToolError CONFIG without AIRFLOW_URL */
function requireAirflow({ airflow }: TriggerDagPorts, dagId: string, isMarked: boolean): Airflow {
  if (airflow !== undefined) return airflow;
  const mark = isMarked ? '' : 'call markRound, then ';
  throw new ToolError('CONFIG', 'AIRFLOW_URL is not set. Nothing was triggered.', {
    next: `${mark}ask the user to trigger ${dagId} by hand in the Airflow UI, then call pollCluster. Or set AIRFLOW_URL and its credentials in .env.`,
  });
}

interface EarlierRun {
  /** The schedule's newest triggered round, while its run is active. */
  readonly active?: TriggeredRound;
  /** The same round, if Airflow never received its run. Its run id is reused: a delayed request cannot become a second run. */
  readonly lost?: TriggeredRound;
}

async function earlierRun(
  airflow: Airflow,
  session: Session,
  schedule: Schedule,
  call: ToolCall,
): Promise<EarlierRun> {
  const earlier = triggeredRound(session, schedule);
  if (earlier === undefined) return {};
  const known = await airflow.run(earlier.dagRun.dagId, earlier.dagRun.dagRunId, call);
  if (known !== undefined) return isRunActive(known.state) ? { active: earlier } : {};
  return earlier.clusterId === undefined ? { lost: earlier } : {};
}

/** The user's yes, in the call or given through the client. With APPROVAL=terminal neither counts. */
async function confirm(
  { settings }: TriggerDagPorts,
  question: string,
  approved: boolean | undefined,
  call: ToolCall,
): Promise<Answer> {
  if (settings.approval === 'terminal') return 'unanswered';
  if (approved !== undefined) return approved ? 'accepted' : 'unanswered';
  return settings.approval === 'ask' ? call.ask(question) : 'unanswered';
}

/** Marks the round as markRound does, and records the run that is about to be requested. */
async function openRound(
  ports: TriggerDagPorts,
  { dagId, load, schedule }: RunRequest,
  moved: Round | undefined,
  lostRunId: string | undefined,
): Promise<TriggeredRound> {
  const beginning = beginningAt(await ports.clock.now(), { load, schedule });
  let dagRun: TriggeredRound['dagRun'] | undefined;
  let number = 0;
  const after = await ports.sessions.record((latest): SessionEvent[] => {
    number = moved?.round ?? latest.rounds.length + 1;
    dagRun = { dagId, dagRunId: lostRunId ?? dagRunIdOf(number, beginning.startedAt) };
    return [
      roundBegins(latest, moved && { round: moved, unbound: true }, beginning, 'triggerDag'),
      { type: 'dagTriggered', round: number, ...dagRun },
    ];
  });
  const round = after.rounds[number - 1];
  if (round === undefined || dagRun === undefined) throw new RangeError(`round ${number} was not recorded`);
  return { ...round, dagRun };
}

async function trigger(
  airflow: Airflow,
  { dagId, load, schedule, clusterId }: RunRequest,
  { round, dagRun }: TriggeredRound,
  call: ToolCall,
): Promise<'triggered' | 'unchanged'> {
  const conf = { round, ...(clusterId === undefined ? {} : { cluster_id: clusterId }) };
  const note = `audit-load-test: round ${round}, ${load}x ${schedule}`;
  const done = await airflow.trigger(dagId, { dagRunId: dagRun.dagRunId, conf, note }, call);
  return done === 'triggered' ? 'triggered' : 'unchanged';
}

/** @throws ToolError UPSTREAM if the run ended before it had a cluster */
async function follow(
  ports: TriggerDagPorts,
  airflow: Airflow,
  triggered: TriggeredRound,
  status: 'triggered' | 'unchanged',
  givenCluster: string | undefined,
  untilMs: number,
  call: ToolCall,
) {
  const { round, dagRun, load, schedule, startedAt } = triggered;
  const url = airflow.runUrl(dagRun.dagId, dagRun.dagRunId);
  const followed = await followRun(ports, airflow, triggered, givenCluster, untilMs, call);
  const { clusterId, runState } = followed;
  if (clusterId === undefined && runState !== undefined && !isRunActive(runState))
    throw new ToolError(
      'UPSTREAM',
      `The run of round ${round} ended (${runState}) before it had a cluster or a step. Nothing else was changed.`,
      { next: `read the log of its failed task in Airflow (${url}), then call triggerDag again.` },
    );
  return {
    status,
    ...triggeredText({ dagId: dagRun.dagId, load }, round, status, followed),
    dagId: dagRun.dagId,
    load,
    schedule,
    dagRunId: dagRun.dagRunId,
    url,
    round,
    startedAt,
    runState,
    clusterId,
  };
}
