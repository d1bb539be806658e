/** Rounds that may still be running when a new level is scaled. */
import type { Ports } from '../ports/ports.ts';
import type { Watch } from '../ports/time.ts';
import type { Session } from '../state/session.ts';
import { roundUnderWay } from './rounds.ts';

type OpenRoundsPorts = Pick<Ports, 'clusters' | 'sessions' | 'settings' | 'dags'>;

/** Numbers of the rounds that were neither seen to finish nor abandoned. */
function openRounds(session: Session): number[] {
  return session.rounds
    .filter((round) => round.finished === undefined && !round.abandoned)
    .map((round) => round.round);
}

/**
 * The rounds that `abandon` gives up: those not seen to finish, and one that finished but whose cluster runs again (an
 * unmarked run). Works without AWS: a failed lookup does not keep a round.
 */
export async function roundsToLeave(
  ports: OpenRoundsPorts,
  session: Session,
  watch: Watch,
): Promise<number[]> {
  const running = await roundUnderWay(ports, session, watch).catch(() => undefined);
  return [...new Set([...openRounds(session), ...(running === undefined ? [] : [running.round.round])])];
}

/** What is said of abandoned rounds, before and after they are. */
export function leavingWarnings(rounds: readonly number[], isDone: boolean): string[] {
  if (rounds.length === 0) return [];
  const [noun, pronoun] = rounds.length === 1 ? ['round', 'it'] : ['rounds', 'them'];
  const named = `${noun} ${rounds.join(', ')}`;
  if (!isDone) return [`Would abandon ${named}.`];
  return [`Abandoned ${named}: uploads no longer wait for ${pronoun}.`];
}

/** Warns of a running round before scaling; files on disk do not affect it. */
export async function roundWarnings(
  ports: OpenRoundsPorts,
  session: Session,
  watch: Watch,
): Promise<string[]> {
  if (session.rounds.length === 0) return [];
  // Scaling also works offline, so a failed AWS lookup does not stop it.
  const running = await roundUnderWay(ports, session, watch).catch(() => undefined);
  if (running === undefined) return [];
  return [
    `Round ${running.round.round} (${running.load}x ${running.round.schedule}) is still running on ${running.cluster.id}; uploads wait until it is done.`,
  ];
}

/** Scaling replaces a reported level on disk before its configs are committed. */
export function uncommittedWarning(session: Session, nextLoad: number): string[] {
  const onDisk = session.level?.load;
  const missed = session.rounds.findLast(
    (round) => round.load === onDisk && round.report !== undefined && !round.committed && !round.abandoned,
  );
  if (missed === undefined || onDisk === nextLoad) return [];
  return [
    `Round ${missed.round} (${missed.load}x ${missed.schedule}) has a report but is not committed. commitResults commits the level on disk: to commit these configs, scale to ${missed.load}x again first.`,
  ];
}
