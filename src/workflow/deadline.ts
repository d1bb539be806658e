/** Time limits: AWS's quotas can keep one look waiting for minutes, and an answer without it is worth more. */
import { QuotaUsedUp, ToolError } from '../domain/errors.ts';
import type { Clock, Watch } from '../ports/time.ts';

type Timer = Pick<Clock, 'timer'>;

/** What a look found in time; `late` when it was stopped, so that the answer can say what was not looked at. */
export type Look<Found> = { readonly found: Found; readonly late?: never } | { readonly late: true };

/**
 * Looks for at most `ms`. The look's own signal is aborted then, so nothing of it goes on.
 * @throws what the look throws before its time is up, and the caller's own cancellation
 */
export async function lookWithin<Found>(
  clock: Timer,
  watch: Watch,
  ms: number,
  look: (watch: Watch) => Promise<Found>,
): Promise<Look<Found>> {
  const timeUp = new AbortController();
  const cancel = clock.timer(ms, () => timeUp.abort());
  try {
    return { found: await look({ ...watch, signal: AbortSignal.any([watch.signal, timeUp.signal]) }) };
  } catch (error) {
    watch.signal.throwIfAborted();
    if (timeUp.signal.aborted) return { late: true };
    throw error;
  } finally {
    cancel();
  }
}

/** Looks of one call that share a time limit: what was not seen is named, and the call goes on. */
export interface SharedDeadline {
  /** What could not be looked at and why, in the order of the looks. */
  readonly missed: readonly string[];
  readonly watch: Watch;
  /** True once the time is up, unless the caller cancelled. */
  isLate(): boolean;
  /** undefined if AWS did not answer in time or could not be asked; any other failure is thrown. */
  look<Found>(what: string, task: (watch: Watch) => Promise<Found>): Promise<Found | undefined>;
}

/** @param ms for all looks together */
export function shareDeadline(clock: Timer, call: Watch, ms: number): SharedDeadline {
  const timeUp = new AbortController();
  clock.timer(ms, () => timeUp.abort());
  const watch: Watch = { ...call, signal: AbortSignal.any([call.signal, timeUp.signal]) };
  const isLate = () => timeUp.signal.aborted && !call.signal.aborted;
  const missed: string[] = [];
  return {
    missed,
    watch,
    isLate,
    async look(what, task) {
      try {
        watch.signal.throwIfAborted();
        return await task(watch);
      } catch (error) {
        if (isLate()) missed.push(`${what} (AWS did not answer in time)`);
        else if (error instanceof QuotaUsedUp) missed.push(`${what} (EMR's request quota is used up)`);
        else if (error instanceof ToolError && cannotBeAsked.has(error.code))
          missed.push(`${what} (${error.code})`);
        else throw error;
        return undefined;
      }
    },
  };
}

/** In milliseconds. */
const shortLooksMs = 10_000;

/** Looks for what is told or asked before something else is done: nothing waits longer for them. */
export function shortLooks(clock: Timer, call: Watch): SharedDeadline {
  return shareDeadline(clock, call, shortLooksMs);
}

const cannotBeAsked: ReadonlySet<string> = new Set(['UPSTREAM', 'DENIED', 'CONFIG']);

/** What could not be looked at, as a warning. */
export function missedWarnings({ missed }: Pick<SharedDeadline, 'missed'>): string[] {
  if (missed.length === 0) return [];
  return [`This could not be looked at: ${missed.join('; ')}.`];
}
