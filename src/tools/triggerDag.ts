import * as z from 'zod';
import { dagIdOf } from '../checks/dagSource.ts';
import type { Schedule } from '../checks/schedules.ts';
import { ToolError } from '../errors.ts';
import { followRun, requireClusterUp, requireTriggerable } from '../facts/dagRuns.ts';
import { loadInBucket, movableRound } from '../facts/marks.ts';
import { requireNoRoundUnderWay } from '../facts/rounds.ts';
import type { Airflow, Instant, Ports } from '../ports.ts';
import { roundBegins } from '../rounds/begin.ts';
import { waitingRound } from '../rounds/choice.ts';
import { dagRunIdOf, isRunActive, triggeredRound } from '../rounds/dagRun.ts';
import type { Round, Session, SessionEvent } from '../state/session.ts';
import { localStamp } from '../state/stamps.ts';
import {
  callAgain,
  clusterIdInput,
  defineTool,
  loadOutput,
  result,
  scheduleInput,
  type ToolCall,
} from './tool.ts';
import { textOf } from './words/text.ts';
import { awaitingWords, triggeredWords, triggerQuestion } from './words/triggering.ts';

type Wanted = Pick<Ports, 'airflow' | 'store' | 'clusters' | 'sessions' | 'settings' | 'dags' | 'clock'>;

/** Clients give up after 60 s; what is not seen until then pollCluster sees. */
const wholeCallMs = 50_000;

export const triggerDag = defineTool({
  name: 'triggerDag',
  title: 'Trigger the DAG in Airflow',
  description:
    'Triggers the DAG of the schedule in Airflow, with the round marked, and follows it until its cluster exists. Only with AIRFLOW_URL; else the person triggers it by hand. Refuses while a round runs, and until Airflow has read the uploaded LOAD. It costs a cluster: set approved only when the person said so.',
  effect: 'write',
  idempotent: true,
  openWorld: true,
  asksEveryTime: true,
  input: z.strictObject({
    schedule: scheduleInput.optional().describe("else the session's"),
    clusterId: clusterIdInput.optional().describe('run on this cluster that is up; it stays up'),
    approved: z.boolean().optional().describe('true when the person said to trigger it now'),
  }),
  output: z.object({
    ...result,
    status: z.enum(['triggered', 'unchanged', 'awaiting_approval']),
    dagId: z.string(),
    load: loadOutput,
    schedule: scheduleInput,
    dagRunId: z.string().optional(),
    url: z.string().optional(),
    round: z.int().optional(),
    startedAt: z.string().optional(),
    runState: z.string().optional(),
    clusterId: z.string().optional(),
    warnings: z.array(z.string()),
    callAgain: callAgain.optional(),
  }),
  async run(input, ports: Wanted, call) {
    const untilMs = ports.clock.localMs() + wholeCallMs;
    const session = await ports.sessions.load();
    const schedule = input.schedule ?? session.schedule ?? '15m';
    const [dag] = await ports.dags.read();
    const dagId = dagIdOf(dag?.name ?? '', schedule);
    const airflow = requireAirflow(ports, dagId, waitingRound(session.rounds)?.schedule === schedule);

    const earlier = triggeredRound(session, schedule);
    const known = earlier && (await airflow.run(earlier.dagRun.dagId, earlier.dagRun.dagRunId, call));
    if (earlier !== undefined && known !== undefined && isRunActive(known.state))
      return follow(
        ports,
        airflow,
        earlier,
        { status: 'unchanged', untilMs, clusterId: input.clusterId },
        call,
      );

    await requireNoRoundUnderWay(ports, session, call);
    const { load, warnings } = await loadInBucket(ports, session);
    if (input.clusterId !== undefined) await requireClusterUp(ports, input.clusterId, call);
    await requireTriggerable(airflow, dagId, load, call);
    const wish = { dagId, load, schedule, clusterId: input.clusterId };
    // A run that Airflow never heard of keeps its id: a request that was held up on the way cannot become a second run.
    const lost = known === undefined && earlier?.clusterId === undefined ? earlier : undefined;
    const toMove = async () => lost ?? (await movableRound(ports, session, schedule, call))?.round;
    let moved = await toMove();
    const question = triggerQuestion(wish, moved?.round ?? session.rounds.length + 1);
    if (!(await isWanted(ports, question, input.approved, call)))
      return {
        ...awaitingWords(wish, ports.settings.approval, moved !== undefined),
        dagId,
        load,
        schedule,
        warnings,
      };
    // A person may take minutes to answer, and a round may have begun meanwhile.
    if (input.approved === undefined) {
      await requireNoRoundUnderWay(ports, await ports.sessions.load(), call);
      moved = await toMove();
    }
    const round = await openRound(
      ports,
      await ports.clock.now(),
      { dagId, load, schedule },
      {
        moved,
        dagRunId: lost?.dagRun.dagRunId,
      },
    );
    const done = await airflow.trigger(
      dagId,
      {
        dagRunId: round.dagRun.dagRunId,
        conf: {
          round: round.round,
          ...(input.clusterId === undefined ? {} : { cluster_id: input.clusterId }),
        },
        note: `audit-load-test: round ${round.round}, ${load}x ${schedule}`,
      },
      call,
    );
    const status = done === 'triggered' ? ('triggered' as const) : ('unchanged' as const);
    const told = await follow(ports, airflow, round, { status, untilMs, clusterId: input.clusterId }, call);
    return { ...told, warnings: [...warnings, ...told.warnings] };
  },
  render: (output) => textOf(output, { round: () => [] }),
});

/** @throws ToolError CONFIG without AIRFLOW_URL */
function requireAirflow({ airflow }: Wanted, dagId: string, isMarked: boolean): Airflow {
  if (airflow !== undefined) return airflow;
  const mark = isMarked ? '' : 'markRound; then ';
  throw new ToolError('CONFIG', 'AIRFLOW_URL is not set, so nothing can be triggered from here.', {
    next: `${mark}the person triggers ${dagId} by hand in the Airflow UI, then pollCluster. Or set AIRFLOW_URL and its credentials in .env.`,
  });
}

/** The person's yes, in the call or asked through the client; with APPROVAL=terminal nobody's word counts here. */
async function isWanted(
  { settings }: Wanted,
  question: string,
  approved: boolean | undefined,
  call: ToolCall,
): Promise<boolean> {
  if (settings.approval === 'terminal') return false;
  if (approved !== undefined) return approved;
  return settings.approval === 'ask' && (await call.ask(question)) === 'accepted';
}

type TriggeredRound = Round & { readonly dagRun: NonNullable<Round['dagRun']> };

/** Marks the round as markRound does, together with the run that is about to be asked for. */
async function openRound(
  ports: Wanted,
  now: Instant,
  { dagId, load, schedule }: { dagId: string; load: number; schedule: Schedule },
  { moved, dagRunId }: { moved: Round | undefined; dagRunId: string | undefined },
): Promise<TriggeredRound> {
  const startedAt = localStamp(now.epochUs);
  const clock = { source: now.source, skewSeconds: now.skewSeconds };
  const facts = { load, schedule, startedAt, clock };
  const numberIn = (session: Session) => moved?.round ?? session.rounds.length + 1;
  let dagRun: TriggeredRound['dagRun'] | undefined;
  let number = 0;
  const after = await ports.sessions.record((latest): SessionEvent[] => {
    number = numberIn(latest);
    dagRun = { dagId, dagRunId: dagRunId ?? dagRunIdOf(number, startedAt) };
    return [
      roundBegins(latest, moved && { round: moved, unbound: true }, facts, 'triggerDag'),
      { type: 'dagTriggered', round: number, ...dagRun },
    ];
  });
  const round = after.rounds[number - 1];
  if (round === undefined || dagRun === undefined) throw new RangeError(`round ${number} was not recorded`);
  return { ...round, dagRun };
}

/** @throws ToolError UPSTREAM when the run ended before it had a cluster */
async function follow(
  ports: Wanted,
  airflow: Airflow,
  { round, dagRun, load, schedule, startedAt }: TriggeredRound,
  {
    status,
    untilMs,
    clusterId,
  }: { status: 'triggered' | 'unchanged'; untilMs: number; clusterId: string | undefined },
  call: ToolCall,
) {
  const url = airflow.runUrl(dagRun.dagId, dagRun.dagRunId);
  const followed = await followRun(ports, airflow, { round, dagRun, givenCluster: clusterId }, untilMs, call);
  if (followed.clusterId === undefined && followed.runState !== undefined && !isRunActive(followed.runState))
    throw new ToolError(
      'UPSTREAM',
      `The run of round ${round} ended (${followed.runState}) before it had a cluster or a step. Nothing else was changed.`,
      { next: `read the log of its failed task in Airflow (${url}), then call triggerDag again.` },
    );
  return {
    ...triggeredWords({ dagId: dagRun.dagId, load }, round, status, followed),
    dagId: dagRun.dagId,
    load,
    schedule,
    dagRunId: dagRun.dagRunId,
    url,
    round,
    startedAt,
    ...(followed.runState === undefined ? {} : { runState: followed.runState }),
    ...(followed.clusterId === undefined ? {} : { clusterId: followed.clusterId }),
  };
}
