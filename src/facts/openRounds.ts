/** Rounds that are not known to be over, as a new level meets them. */
import type { Ports, Watch } from '../ports.ts';
import type { Session } from '../state/session.ts';
import { roundUnderWay } from './rounds.ts';

type Wanted = Pick<Ports, 'clusters' | 'sessions' | 'settings' | 'dags'>;

/** Numbers of the rounds that were neither seen to be finished nor abandoned. */
function openRounds(session: Session): number[] {
  return session.rounds
    .filter((round) => round.finished === undefined && !round.abandoned)
    .map((round) => round.round);
}

/**
 * The rounds that `abandon` leaves behind: those that are not known to be over, and the one that is under way although
 * it was seen to end (a run that nobody marked, on its cluster). An AWS that does not answer is no reason to stay.
 */
export async function roundsToLeave(ports: Wanted, session: Session, watch: Watch): Promise<number[]> {
  const running = await roundUnderWay(ports, session, watch).catch(() => undefined);
  return [...new Set([...openRounds(session), ...(running === undefined ? [] : [running.round.round])])];
}

/** What to say of rounds that are left behind: nothing is as long as nothing was written. */
export function leavingWarnings(rounds: readonly number[], isDone: boolean): string[] {
  if (rounds.length === 0) return [];
  if (!isDone) return [`Round ${rounds.join(', ')} would be left behind.`];
  return [
    `Left behind: round ${rounds.join(', ')}. Nobody waits for ${rounds.length === 1 ? 'it' : 'them'} any more.`,
  ];
}

/** What to say before a scaling. A running round is only warned about: files on disk do not disturb it. */
export async function roundWarnings(ports: Wanted, session: Session, watch: Watch): Promise<string[]> {
  if (session.rounds.length === 0) return [];
  // Scaling works offline, too: an AWS that does not answer is no reason not to scale.
  const running = await roundUnderWay(ports, session, watch).catch(() => undefined);
  if (running === undefined) return [];
  return [
    `Round ${running.round.round} (${running.load}x ${running.round.schedule}) is still running on ${running.cluster.id}; uploads wait until it is done.`,
  ];
}

/** A level that was reported and not committed loses its place on disk to the next one: its configs miss the commit. */
export function uncommittedWarning(session: Session, nextLoad: number): string[] {
  const onDisk = session.level?.load;
  const missed = session.rounds.findLast(
    (round) => round.load === onDisk && round.report !== undefined && !round.committed && !round.abandoned,
  );
  if (missed === undefined || onDisk === nextLoad) return [];
  return [
    `Round ${missed.round} (${missed.load}x ${missed.schedule}) is reported but not committed: commitResults takes the configs of the level on disk, so scale to ${missed.load}x again to commit them.`,
  ];
}
