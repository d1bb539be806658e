/** Staying inside a quota of the form "so many at once, and so many a second afterwards". */

export interface Rate {
  readonly burst: number;
  readonly perSecond: number;
}

export interface BucketClock {
  /** Milliseconds on a clock that never goes back. */
  nowMs(): number;
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** From 0 to 1. */
  random(): number;
}

export interface TokenBucket {
  /** Resolves when one more request fits; rejects with an AbortError when the signal is aborted meanwhile. */
  take(signal?: AbortSignal): Promise<void>;
}

/** A bucket that starts full. Those who wait are served in the order in which they came. */
export function tokenBucket(rate: Rate, clock: BucketClock): TokenBucket {
  let tokens = rate.burst;
  let filledMs = clock.nowMs();
  return {
    async take(signal) {
      const now = clock.nowMs();
      tokens = Math.min(rate.burst, tokens + ((now - filledMs) / 1000) * rate.perSecond);
      filledMs = now;
      // Taken at once, below zero if need be: whoever comes later waits for this one's share too.
      tokens -= 1;
      if (tokens >= 0) return;
      const waitMs = (-tokens / rate.perSecond) * 1000;
      try {
        // Others use the same quota: the jitter keeps two processes from asking in step.
        await clock.sleep(waitMs + clock.random() * 250, signal);
      } catch (error) {
        tokens += 1;
        throw error;
      }
    },
  };
}
