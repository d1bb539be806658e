/** How a round begins. */
import type { Schedule } from '../checks/schedules.ts';
import type { Round, Session, SessionEvent } from '../state/session.ts';
import { ranWith } from './ranWith.ts';

/** A round that a mark moves, and whether it is to forget its cluster, which ended without a step of it. */
export interface MovableRound {
  readonly round: Round;
  readonly unbound: boolean;
}

interface Beginning extends Pick<Round, 'load' | 'schedule' | 'startedAt' | 'clock'> {
  readonly note?: string;
}

/** The event with which a round begins now: a round without a step is moved, else one more is opened. */
export function roundBegins(
  session: Parameters<typeof ranWith>[0] & { readonly dag?: Parameters<typeof ranWith>[1] },
  moved: MovableRound | undefined,
  facts: Beginning,
  by: 'uploadDags' | 'markRound' | 'triggerDag',
): SessionEvent {
  const ran = ranWith(session, session.dag, facts);
  if (moved === undefined) return { type: 'roundOpened', ...facts, by, ...ran };
  return { type: 'roundMoved', round: moved.round.round, ...facts, ...ran, unbound: moved.unbound };
}

/**
 * The checks that this session uploaded last for the schedule and load are not those of its newest round: what is
 * under test changed although the DAG folder did not. Told by their review, because no clock has to be trusted for it.
 */
export function lacksRound(
  session: Pick<Session, 'uploads' | 'rounds'>,
  under: { readonly load: number; readonly schedule: Schedule },
): boolean {
  const { reviewId } = ranWith(session, undefined, under);
  const newest = session.rounds.findLast(
    (round) => round.schedule === under.schedule && round.load === under.load,
  );
  return reviewId !== undefined && newest?.reviewId !== reviewId;
}
