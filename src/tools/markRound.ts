import * as z from 'zod';
import { dagIdOf } from '../dag/source.ts';
import { ToolError } from '../domain/errors.ts';
import type { Schedule } from '../domain/schedules.ts';
import { wholeStamp } from '../domain/time.ts';
import type { Ports } from '../ports/ports.ts';
import { roundBegins, roundInputs } from '../rounds/begin.ts';
import { waitingRound } from '../rounds/choice.ts';
import type { SeenRun } from '../rounds/otherRuns.ts';
import type { Round, Session, SessionEvent } from '../state/session.ts';
import { missedWarnings, shareDeadline } from '../workflow/deadline.ts';
import {
  beginningAt,
  loadInBucket,
  type Marking,
  movableRound,
  namedRun,
  refuseWhileRunning,
  requireStepsKept,
  startOfMark,
} from '../workflow/marks.ts';
import { possibleRunFields } from '../workflow/otherRuns.ts';
import { requireRound } from '../workflow/rounds.ts';
import {
  clockWarnings,
  knownRunText,
  loadDiffersWarning,
  markedText,
  markRoundLines,
  markRoundResult,
  noRunWarning,
  notedText,
  ownedRunText,
  whichRunText,
} from './markRound.text.ts';
import { clusterIdInput, defineTool, givenIn, scheduleInput, type ToolCall } from './tool.ts';

const input = z.strictObject({
  schedule: scheduleInput.optional(),
  already: z.boolean().default(false),
  clusterId: clusterIdInput.optional().describe('the run that counts'),
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
    'Marks the start of a new round: right before the user triggers the DAG ("I am going to run another round"), or after it with already: true ("I just ran the hourly dag"): the start moves back to the run that no round owns.',
  effect: 'write',
  idempotent: false,
  openWorld: true,
  input,
  output: markRoundResult,
  run: runMarkRound,
  lines: markRoundLines,
});

/** All looks at AWS together: the clock and the bucket come on top, and clients give up after 60 s. */
const looksMs = 25_000;

async function runMarkRound({ at, ...rest }: Input, ports: MarkRoundPorts, call: ToolCall) {
  const given = { ...rest, at: at === undefined ? undefined : requireStamp(at) };
  const session = await ports.sessions.load();
  const round = given.round === undefined ? undefined : requireRound(session, { round: given.round });
  if (round !== undefined && isNoteOnly(given)) return addNote(ports, round, given.note);
  // The stamp comes first: what follows may take its time.
  const now = await ports.clock.now();
  const marking = { given, now, deadline: shareDeadline(ports.clock, call, looksMs) };
  return round === undefined ? markNew(marking, ports, session) : edit(marking, ports, session, round);
}

/** Marks a round for a DAG run that is about to begin, or that began already. */
async function markNew(marking: Marking, ports: MarkRoundPorts, before: Session) {
  const { given, now, deadline } = marking;
  const isNow = given.at === undefined && !given.already && given.clusterId === undefined;
  const running = isNow
    ? await deadline.look('whether a round is running', (watch) =>
        refuseWhileRunning(ports, before, given.schedule, watch),
      )
    : [];
  // That observation may have recorded the end of a round.
  const session = isNow ? await ports.sessions.load() : before;
  const bucket = await loadInBucket(ports, session);
  const named = await scheduleOf(marking, ports, session);
  if (named.owner !== undefined)
    return { ...(await addNote(ports, named.owner, given.note)), ...ownedRunText(named.owner) };
  const { schedule } = named;
  const movable = await deadline.look('whether the open round has steps', (watch) =>
    movableRound(ports, session, schedule, watch),
  );
  const start = await startOfMark(marking, ports, session, {
    schedule,
    moved: movable?.round,
    run: named.run,
  });
  if ('known' in start)
    return {
      ...(await addNote(ports, start.known, given.note)),
      ...knownRunText(start.known, missedWarnings(deadline)),
    };
  if ('undecided' in start) return whichRun(start.undecided, given, bucket.load, schedule);

  const load = start.run?.load ?? bucket.load;
  const facts = {
    ...beginningAt(now, { load, schedule }, start.startedAt),
    ...runFields(start.run),
    ...noteOf(given),
  };
  const after = await ports.sessions.record((latest) => [roundBegins(latest, movable, facts, 'markRound')]);
  const marked = { ...facts, round: movable?.round.round ?? after.rounds.length };
  return {
    status: movable === undefined ? ('marked' as const) : ('moved' as const),
    ...(await describe(ports, marked, isNow)),
    warnings: [
      ...(running ?? []),
      ...bucket.warnings,
      ...loadDiffersWarning(load, bucket.load),
      ...(start.isUnseen ? [noRunWarning(movable?.round)] : []),
      ...missedWarnings(deadline),
      ...clockWarnings(now),
    ],
  };
}

/** The schedule of the round to mark, and the named run; or the round that owns that run. */
async function scheduleOf(
  { given, deadline }: Marking,
  ports: MarkRoundPorts,
  session: Session,
): Promise<{ schedule: Schedule; run?: SeenRun; owner?: undefined } | { owner: Round }> {
  const waiting = waitingRound(session.rounds);
  // A round that waits for its run keeps its schedule, unless another one is named.
  const kept = given.already ? waiting?.schedule : undefined;
  const schedule = given.schedule ?? kept ?? session.schedule ?? '15m';
  const { clusterId } = given;
  if (clusterId === undefined) return { schedule };
  const found = await deadline.look(`what ran on ${clusterId}`, (watch) =>
    namedRun(ports, session, clusterId, waiting, watch),
  );
  if (found === undefined) throw notLookedAt(clusterId);
  return found.owner === undefined
    ? { schedule: found.run.schedule, run: found.run }
    : { owner: found.owner };
}

function notLookedAt(clusterId: string): ToolError {
  return new ToolError('UPSTREAM', `AWS did not answer in time about ${clusterId}. Nothing was marked.`, {
    next: 'call markRound again in a minute, or give at instead of clusterId.',
  });
}

/** Asks which of several runs the round is for. Nothing is marked. */
function whichRun(runs: readonly SeenRun[], given: Input, load: number, schedule: Schedule) {
  const { clusterId } = runs[0] ?? {};
  return {
    status: 'needs_decision' as const,
    ...whichRunText(runs),
    load,
    schedule,
    possibleRuns: runs.map(possibleRunFields),
    callAgain: { tool: 'markRound', arguments: givenIn({ ...given, clusterId }) },
    warnings: [],
  };
}

/** Changes the start, the schedule or the run of a round; refused if that would leave it without its steps. */
async function edit(
  { given, now, deadline }: Marking,
  ports: MarkRoundPorts,
  session: Session,
  round: Round,
) {
  const { clusterId } = given;
  const named =
    clusterId === undefined
      ? undefined
      : await deadline.look(`what ran on ${clusterId}`, (watch) =>
          namedRun(ports, session, clusterId, round, watch),
        );
  if (clusterId !== undefined && named === undefined) throw notLookedAt(clusterId);
  if (named?.owner !== undefined)
    return { ...(await addNote(ports, round, given.note)), ...ownedRunText(named.owner) };
  const run = named?.run;
  const schedule = given.schedule ?? run?.schedule ?? round.schedule;
  const start = await startOfMark({ given, now, deadline }, ports, session, { schedule, moved: round, run });
  if ('known' in start)
    return {
      ...(await addNote(ports, round, given.note)),
      ...knownRunText(start.known, missedWarnings(deadline)),
    };
  if ('undecided' in start) return whichRun(start.undecided, given, round.load, schedule);
  const load = start.run?.load ?? round.load;
  const facts = {
    ...beginningAt(now, { load, schedule }, start.startedAt),
    ...runFields(start.run),
    ...noteOf(given),
  };
  if (start.run === undefined)
    await deadline.look('whether the round keeps its steps', (watch) =>
      requireStepsKept(ports, session, round, { ...round, schedule, startedAt: start.startedAt }, watch),
    );
  await ports.sessions.record((latest): SessionEvent[] => [
    {
      type: 'roundMoved',
      round: round.round,
      ...facts,
      ...(round.schedule === schedule ? {} : roundInputs(latest, latest.dag, facts)),
      unbound: false,
    },
  ]);
  const isAhead = given.at === undefined && !given.already && clusterId === undefined;
  return {
    status: 'moved' as const,
    ...(await describe(ports, { ...facts, round: round.round }, isAhead)),
    warnings: [
      ...(start.isUnseen ? [noRunWarning(round)] : []),
      ...missedWarnings(deadline),
      ...clockWarnings(now),
    ],
  };
}

/** The run that the round is bound to from now on. */
function runFields(run: SeenRun | undefined) {
  if (run === undefined) return {};
  const { clusterId, runId } = run;
  return { clusterId, ...(runId === undefined ? {} : { runId }) };
}

function isNoteOnly({ at, schedule, already, clusterId }: Input): boolean {
  return at === undefined && schedule === undefined && clusterId === undefined && !already;
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
    clusterId,
  }: Pick<Round, 'round' | 'load' | 'schedule' | 'startedAt' | 'clock' | 'clusterId'>,
  isAhead: boolean,
) {
  const [dag] = await ports.dags.read();
  const dagId = dagIdOf(dag?.name ?? '', schedule);
  const answer = markedText(
    { round, load, schedule, startedAt, ...(clusterId && { clusterId }) },
    dagId,
    isAhead,
  );
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
