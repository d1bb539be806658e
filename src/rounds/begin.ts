/** How a round begins. */
import type { Schedule } from '../domain/schedules.ts';
import type { Round, Session, SessionEvent } from '../state/session.ts';
import { roundInputs } from './ranWith.ts';

/** A round whose start a mark moves; `unbound` drops its cluster, which ended without one of its steps. */
export interface MovableRound {
  readonly round: Round;
  readonly unbound: boolean;
}

interface Beginning extends Pick<Round, 'load' | 'schedule' | 'startedAt' | 'clock'> {
  readonly note?: string;
}

/** The event that begins a round now: moves a round without steps, otherwise opens another. */
export function roundBegins(
  session: Parameters<typeof roundInputs>[0] & { readonly dag?: Parameters<typeof roundInputs>[1] },
  moved: MovableRound | undefined,
  facts: Beginning,
  by: 'uploadDags' | 'markRound' | 'triggerDag',
): SessionEvent {
  const inputs = roundInputs(session, session.dag, facts);
  if (moved === undefined) return { type: 'roundOpened', ...facts, by, ...inputs };
  return { type: 'roundMoved', round: moved.round.round, ...facts, ...inputs, unbound: moved.unbound };
}

/**
 * True if the newest round of the schedule and load did not run the checks uploaded last: the test changed although
 * the DAG folder did not. Compares review ids, which do not depend on a clock.
 */
export function lacksRound(
  session: Pick<Session, 'uploads' | 'rounds'>,
  under: { readonly load: number; readonly schedule: Schedule },
): boolean {
  const { reviewId } = roundInputs(session, undefined, under);
  const newest = session.rounds.findLast(
    (round) => round.schedule === under.schedule && round.load === under.load,
  );
  return reviewId !== undefined && newest?.reviewId !== reviewId;
}
