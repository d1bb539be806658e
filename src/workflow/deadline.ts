/** Time limits: AWS's quotas can keep one look waiting for minutes, and an answer without it is worth more. */
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
