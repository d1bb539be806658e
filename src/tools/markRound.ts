import * as z from 'zod';
import { dagIdOf } from '../checks/dagSource.ts';
import type { Schedule } from '../checks/schedules.ts';
import { ToolError } from '../errors.ts';
import {
  loadInBucket,
  movableRound,
  refuseWhileRunning,
  requireStepsKept,
  roundOfKnownRun,
  unmarkedRunMs,
} from '../facts/marks.ts';
import { requireRound } from '../facts/rounds.ts';
import type { Instant, Ports } from '../ports.ts';
import { roundBegins } from '../rounds/begin.ts';
import { waitingRound } from '../rounds/choice.ts';
import { roundInputs } from '../rounds/ranWith.ts';
import type { Round, Session, SessionEvent } from '../state/session.ts';
import { localStamp, parseStamp, wholeStamp } from '../state/stamps.ts';
import { defineTool, loadOutput, result, scheduleInput, type ToolCall } from './tool.ts';
import { textOf } from './words/text.ts';

type Wanted = Pick<Ports, 'store' | 'clusters' | 'sessions' | 'settings' | 'dags' | 'clock'>;

export const markRound = defineTool({
  name: 'markRound',
  title: 'Mark the start of a test round',
  description:
    'Marks where a new round begins. Call it right before the person triggers the DAG ("I am going to run another round"), or right after with already: true ("I just ran the hourly dag"): then the start moves back before the first step that no earlier round owns.',
  effect: 'write',
  idempotent: false,
  openWorld: true,
  input: z.strictObject({
    schedule: scheduleInput.optional().describe("else the session's"),
    already: z.boolean().default(false),
    at: z.string().max(60).optional().describe('2025-12-08T15:30:00-05:00'),
    round: z.int().min(1).max(1_000_000).optional().describe('amend this round'),
    note: z.string().max(300).optional(),
  }),
  output: z.object({
    ...result,
    status: z.enum(['marked', 'moved', 'noted']),
    round: z.int(),
    startedAt: z.string(),
    clock: z.object({ source: z.enum(['aws', 'local']), skewSeconds: z.number() }),
    load: loadOutput,
    schedule: scheduleInput,
    dagId: z.string(),
    warnings: z.array(z.string()),
  }),
  async run(input, ports: Wanted, call) {
    const at = input.at === undefined ? undefined : stampOf(input.at);
    let session = await ports.sessions.load();
    const amended = input.round === undefined ? undefined : requireRound(session, { round: input.round });
    // A round that waits for its run keeps its schedule, unless another one is named.
    const waiting = input.already ? waitingRound(session.rounds)?.schedule : undefined;
    const schedule = input.schedule ?? amended?.schedule ?? waiting ?? session.schedule ?? '15m';
    if (amended !== undefined && isNoteAlone(input)) return noteRound(ports, amended, input.note);
    const isPlain = amended === undefined && at === undefined && !input.already;
    const running = isPlain ? await refuseWhileRunning(ports, session, input.schedule, call) : [];
    // That look may have recorded the end of a round.
    if (isPlain) session = await ports.sessions.load();
    const bucket =
      amended === undefined ? await loadInBucket(ports, session) : { load: amended.load, warnings: [] };
    const movable = amended === undefined ? await movableRound(ports, session, schedule, call) : undefined;
    const moved = amended ?? movable?.round;
    const now = await ports.clock.now();
    const start = await startOf({ ...input, at }, ports, session, { schedule, amended, moved, now }, call);
    if (start.known !== undefined) return knownRun(ports, start.known, input.note);
    if (amended !== undefined)
      await requireStepsKept(
        ports,
        session,
        amended,
        { ...amended, schedule, startedAt: start.startedAt },
        call,
      );

    const clock = { source: now.source, skewSeconds: now.skewSeconds };
    const facts = {
      load: bucket.load,
      schedule,
      startedAt: start.startedAt,
      clock,
      ...(input.note === undefined ? {} : { note: input.note }),
    };
    const after = await ports.sessions.record((latest): SessionEvent[] => [
      amended === undefined
        ? roundBegins(latest, movable, facts, 'markRound')
        : {
            type: 'roundMoved',
            round: amended.round,
            ...facts,
            ...(amended.schedule === schedule ? {} : roundInputs(latest, latest.dag, facts)),
            unbound: false,
          },
    ]);
    const round = moved?.round ?? after.rounds.length;
    const [dag] = await ports.dags.read();
    const dagId = dagIdOf(dag?.name ?? '', schedule);
    const warnings = [...running, ...bucket.warnings, ...start.warnings, ...clockWarnings(now)];
    return {
      status: moved === undefined ? ('marked' as const) : ('moved' as const),
      summary: `Round ${round} (${facts.load}x ${schedule}) starts at ${facts.startedAt}.`,
      nextSteps:
        input.already || input.at !== undefined
          ? ['pollCluster shows how far the round is.']
          : [`The person triggers ${dagId} in Airflow now.`, 'Then pollCluster until it is done.'],
      round,
      startedAt: facts.startedAt,
      clock,
      load: facts.load,
      schedule,
      dagId,
      warnings,
    };
  },
  render: (output) =>
    textOf(output, {
      round: () => [],
      startedAt: () => [],
      clock: ({ source, skewSeconds }) => [
        source === 'aws'
          ? `Clock: AWS's; this machine's differs by ${skewSeconds} s`
          : "Clock: this machine's, not compared with AWS's",
      ],
    }),
});

function isNoteAlone(asked: Asked & { note?: string | undefined; schedule?: string | undefined }): boolean {
  return asked.at === undefined && asked.schedule === undefined && !asked.already;
}

/** The person tells of a run that has its round: another one would have no step. */
async function knownRun(ports: Wanted, round: Round, note: string | undefined) {
  const noted = await noteRound(ports, round, note);
  return {
    ...noted,
    summary: `Round ${round.round} (${round.load}x ${round.schedule}) is running, and no other run is to be seen: that run has its round. Nothing was marked.`,
    nextSteps: [
      'pollCluster shows how far the round is.',
      'If the DAG was triggered once more: markRound with already: true again when its cluster is there.',
    ],
  };
}

/** A note does not move the round: its steps would be lost. */
async function noteRound(ports: Wanted, round: Round, note: string | undefined) {
  if (note !== undefined)
    await ports.sessions.record(() => [{ type: 'roundNoted', round: round.round, note }]);
  const [dag] = await ports.dags.read();
  return {
    status: 'noted' as const,
    summary: `${note === undefined ? 'Nothing to change in' : 'Noted on'} round ${round.round} (${round.load}x ${round.schedule}); its start stays at ${round.startedAt}.`,
    nextSteps: ['pollCluster shows how far the round is.'],
    round: round.round,
    startedAt: round.startedAt,
    clock: round.clock,
    load: round.load,
    schedule: round.schedule,
    dagId: dagIdOf(dag?.name ?? '', round.schedule),
    warnings: [],
  };
}

/** Looked at before anything else: a stamp that is none is wrong whatever round it is for. @throws ToolError BAD_INPUT */
function stampOf(at: string): string {
  const startedAt = wholeStamp(at);
  if (startedAt !== undefined) return startedAt;
  throw new ToolError(
    'BAD_INPUT',
    `${JSON.stringify(at)} is not a time with an offset, of a day that there is. Nothing was marked.`,
    { next: 'give at as in 2025-12-08T15:30:00.123456-05:00.' },
  );
}

/** How far a start may lie in the future, in milliseconds: the clocks of two machines differ that much. */
const futureMs = 5 * 60_000;

function refuseFuture(startedAt: string, now: Instant): void {
  if ((parseStamp(startedAt) ?? 0) <= now.epochUs / 1000 + futureMs) return;
  throw new ToolError('BAD_INPUT', `${startedAt} is more than 5 minutes in the future. Nothing was marked.`, {
    next: `it is ${localStamp(now.epochUs)} now; give the moment at which the DAG was triggered.`,
  });
}

interface Asked {
  readonly already: boolean;
  readonly at?: string | undefined;
}

async function startOf(
  asked: Asked,
  ports: Wanted,
  session: Session,
  {
    schedule,
    amended,
    moved,
    now,
  }: { schedule: Schedule; amended: Round | undefined; moved: Round | undefined; now: Instant },
  call: ToolCall,
): Promise<{ startedAt: string; warnings: string[]; known?: Round }> {
  if (asked.at !== undefined) {
    refuseFuture(asked.at, now);
    return { startedAt: asked.at, warnings: [] };
  }
  if (!asked.already) return { startedAt: amended?.startedAt ?? localStamp(now.epochUs), warnings: [] };
  const nowMs = Math.floor(now.epochUs / 1000);
  const firstMs = await unmarkedRunMs(ports, session, schedule, moved, nowMs, call);
  // A second before the first sign: EMR rounds its stamps.
  if (firstMs !== undefined) return { startedAt: localStamp((firstMs - 1000) * 1000), warnings: [] };
  const known = moved === undefined ? await roundOfKnownRun(ports, session, schedule, call) : undefined;
  if (known !== undefined) return { startedAt: known.startedAt, warnings: [], known };
  return {
    startedAt: moved?.startedAt ?? localStamp(now.epochUs),
    warnings: [
      `No step or cluster of a run that no earlier round owns is to be seen yet, so the start is ${moved === undefined ? 'now' : `still that of round ${moved.round}`}; call markRound with already: true again once the cluster is up.`,
    ],
  };
}

function clockWarnings(now: Instant): string[] {
  if (now.source === 'local')
    return [
      "AWS did not answer, so the start is by this machine's clock; check it before trusting the round's edges.",
    ];
  if (Math.abs(now.skewSeconds) > 2)
    return [`This machine's clock is ${now.skewSeconds} s away from AWS's; the start is by AWS's clock.`];
  return [];
}
