/** A token bucket: a quota with a burst and a refill rate. */

export interface Rate {
  readonly burst: number;
  readonly perSecond: number;
}

export interface BucketClock {
  /** Milliseconds on a monotonic clock. */
  nowMs(): number;
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** From 0 to 1. */
  random(): number;
}

export interface TokenBucket {
  /** Resolves when the quota allows one more request; rejects with an AbortError if the signal is aborted first. */
  take(signal?: AbortSignal): Promise<void>;
}

/** A bucket that starts full and serves waiting callers in order. */
export function tokenBucket(rate: Rate, clock: BucketClock): TokenBucket {
  let tokens = rate.burst;
  let filledMs = clock.nowMs();
  return {
    async take(signal) {
      const now = clock.nowMs();
      tokens = Math.min(rate.burst, tokens + ((now - filledMs) / 1000) * rate.perSecond);
      filledMs = now;
      // Taken immediately, below zero if necessary, so that later callers wait for this one's token as well.
      tokens -= 1;
      if (tokens >= 0) return;
      const waitMs = (-tokens / rate.perSecond) * 1000;
      try {
        // Other processes share the quota: jitter keeps them from sending in step.
        await clock.sleep(waitMs + clock.random() * 250, signal);
      } catch (error) {
        tokens += 1;
        throw error;
      }
    },
  };
}
