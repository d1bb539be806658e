import * as z from 'zod';
import { dagIdOf } from '../dag/source.ts';
import { ToolError } from '../domain/errors.ts';
import type { Schedule } from '../domain/schedules.ts';
import { localStamp, parseStamp, wholeStamp } from '../domain/time.ts';
import type { Ports } from '../ports/ports.ts';
import type { Instant } from '../ports/time.ts';
import { roundBegins, roundInputs } from '../rounds/begin.ts';
import { waitingRound } from '../rounds/choice.ts';
import type { Round, Session, SessionEvent } from '../state/session.ts';
import {
  beginningAt,
  loadInBucket,
  movableRound,
  refuseWhileRunning,
  requireStepsKept,
  roundOfKnownRun,
  unmarkedRunMs,
} from '../workflow/marks.ts';
import { requireRound } from '../workflow/rounds.ts';
import {
  clockWarnings,
  knownRunText,
  markedText,
  markRoundLines,
  markRoundResult,
  noRunWarning,
  notedText,
} from './markRound.text.ts';
import { defineTool, scheduleInput, type ToolCall } from './tool.ts';

const input = z.strictObject({
  schedule: scheduleInput.optional().describe("default: the session's"),
  already: z.boolean().default(false),
  at: z.string().max(60).optional().describe('2025-12-08T15:30:00-05:00'),
  round: z.int().min(1).max(1_000_000).optional().describe('edit this round'),
  note: z.string().max(300).optional(),
});

type Input = z.output<typeof input>;
type MarkRoundPorts = Pick<Ports, 'store' | 'clusters' | 'sessions' | 'settings' | 'dags' | 'clock'>;

export const markRound = defineTool({
  name: 'markRound',
  title: 'Mark the start of a round',
  description:
    'Marks the start of a new round. Call it right before the user triggers the DAG ("I am going to run another round"), or right after with already: true ("I just ran the hourly dag"): the start moves back before the first step of no earlier round.',
  effect: 'write',
  idempotent: false,
  openWorld: true,
  input,
  output: markRoundResult,
  run: runMarkRound,
  lines: markRoundLines,
});

async function runMarkRound({ at, ...rest }: Input, ports: MarkRoundPorts, call: ToolCall) {
  const given = { ...rest, at: at === undefined ? undefined : requireStamp(at) };
  const session = await ports.sessions.load();
  if (given.round === undefined) return markNew(given, ports, session, call);
  const round = requireRound(session, { round: given.round });
  return isNoteOnly(given) ? addNote(ports, round, given.note) : edit(given, ports, session, round, call);
}

/** Marks a round for a DAG run that is about to begin, or that began already. */
async function markNew(given: Input, ports: MarkRoundPorts, before: Session, call: ToolCall) {
  // A round that waits for its run keeps its schedule, unless another one is named.
  const waiting = given.already ? waitingRound(before.rounds)?.schedule : undefined;
  const schedule = given.schedule ?? waiting ?? before.schedule ?? '15m';
  const isNow = given.at === undefined && !given.already;
  const running = isNow ? await refuseWhileRunning(ports, before, given.schedule, call) : [];
  // That observation may have recorded the end of a round.
  const session = isNow ? await ports.sessions.load() : before;
  const bucket = await loadInBucket(ports, session);
  const movable = await movableRound(ports, session, schedule, call);
  const now = await ports.clock.now();
  const start = await startOf(given, ports, session, { schedule, moved: movable?.round, now }, call);
  if (start.known !== undefined)
    return { ...(await addNote(ports, start.known, given.note)), ...knownRunText(start.known) };

  const facts = {
    ...beginningAt(now, { load: bucket.load, schedule }, start.startedAt),
    ...noteOf(given),
  };
  const after = await ports.sessions.record((latest) => [roundBegins(latest, movable, facts, 'markRound')]);
  const marked = { ...facts, round: movable?.round.round ?? after.rounds.length };
  return {
    status: movable === undefined ? ('marked' as const) : ('moved' as const),
    ...(await describe(ports, marked, isNow)),
    warnings: [...running, ...bucket.warnings, ...start.warnings, ...clockWarnings(now)],
  };
}

/** Changes the start or schedule of a round; refused if that would leave it without its steps. */
async function edit(given: Input, ports: MarkRoundPorts, session: Session, round: Round, call: ToolCall) {
  const schedule = given.schedule ?? round.schedule;
  const now = await ports.clock.now();
  const start = await startOf(given, ports, session, { schedule, moved: round, now }, call);
  const facts = {
    ...beginningAt(now, { load: round.load, schedule }, start.startedAt),
    ...noteOf(given),
  };
  await requireStepsKept(ports, session, round, { ...round, schedule, startedAt: start.startedAt }, call);
  await ports.sessions.record((latest): SessionEvent[] => [
    {
      type: 'roundMoved',
      round: round.round,
      ...facts,
      ...(round.schedule === schedule ? {} : roundInputs(latest, latest.dag, facts)),
      unbound: false,
    },
  ]);
  const isAhead = given.at === undefined && !given.already;
  return {
    status: 'moved' as const,
    ...(await describe(ports, { ...facts, round: round.round }, isAhead)),
    warnings: [...start.warnings, ...clockWarnings(now)],
  };
}

function isNoteOnly({ at, schedule, already }: Input): boolean {
  return at === undefined && schedule === undefined && !already;
}

/** Adds a note without moving the round, which would lose its steps. */
async function addNote(ports: MarkRoundPorts, round: Round, note: string | undefined) {
  if (note !== undefined)
    await ports.sessions.record(() => [{ type: 'roundNoted', round: round.round, note }]);
  return {
    status: 'noted' as const,
    ...(await describe(ports, round, false)),
    ...notedText(round, note),
    warnings: [],
  };
}

/** Left out of the event when it is not given: the round keeps its note. */
function noteOf({ note }: Input) {
  return note === undefined ? {} : { note };
}

async function describe(
  ports: MarkRoundPorts,
  {
    round,
    load,
    schedule,
    startedAt,
    clock,
  }: Pick<Round, 'round' | 'load' | 'schedule' | 'startedAt' | 'clock'>,
  isAhead: boolean,
) {
  const [dag] = await ports.dags.read();
  const dagId = dagIdOf(dag?.name ?? '', schedule);
  const answer = markedText({ round, load, schedule, startedAt }, dagId, isAhead);
  return { ...answer, round, startedAt, clock, load, schedule, dagId };
}

/** Checked first: an invalid stamp is wrong for any round. @throws ToolError BAD_INPUT */
function requireStamp(at: string): string {
  const startedAt = wholeStamp(at);
  if (startedAt !== undefined) return startedAt;
  throw new ToolError(
    'BAD_INPUT',
    `${JSON.stringify(at)} is not a valid date and time with a UTC offset. Nothing was marked.`,
    { next: 'give at as in 2025-12-08T15:30:00.123456-05:00.' },
  );
}

/** How far in the future a start may be, in milliseconds: the clocks of two machines may differ that much. */
const futureMs = 5 * 60_000;

/** @throws ToolError BAD_INPUT */
function refuseFuture(startedAt: string, now: Instant): void {
  if ((parseStamp(startedAt) ?? 0) <= now.epochUs / 1000 + futureMs) return;
  throw new ToolError('BAD_INPUT', `${startedAt} is more than 5 minutes in the future. Nothing was marked.`, {
    next: `give the time at which the DAG was triggered; it is now ${localStamp(now.epochUs)}.`,
  });
}

interface Start {
  readonly startedAt: string;
  readonly warnings: string[];
  /** The running round that the reported run belongs to. */
  readonly known?: Round;
}

async function startOf(
  { at, already, round }: Input,
  ports: MarkRoundPorts,
  session: Session,
  { schedule, moved, now }: { schedule: Schedule; moved: Round | undefined; now: Instant },
  call: ToolCall,
): Promise<Start> {
  if (at !== undefined) {
    refuseFuture(at, now);
    return { startedAt: at, warnings: [] };
  }
  const edited = round === undefined ? undefined : moved;
  if (!already) return { startedAt: edited?.startedAt ?? localStamp(now.epochUs), warnings: [] };
  const nowMs = Math.floor(now.epochUs / 1000);
  const firstMs = await unmarkedRunMs(ports, session, schedule, moved, nowMs, call);
  // A second before the first sign: EMR rounds its stamps.
  if (firstMs !== undefined) return { startedAt: localStamp((firstMs - 1000) * 1000), warnings: [] };
  const known = moved === undefined ? await roundOfKnownRun(ports, session, schedule, call) : undefined;
  if (known !== undefined) return { startedAt: known.startedAt, warnings: [], known };
  return { startedAt: moved?.startedAt ?? localStamp(now.epochUs), warnings: [noRunWarning(moved)] };
}
