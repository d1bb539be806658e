/**
 * When a request is tried again. The SDK's own standard strategy with three differences: throttling may be met
 * more often than an outage (EMR's quotas are small, a dead network should be told at once), one slow service
 * does not use up the other calls' tries, and the wait can be shortened by a test.
 */

export interface Retries {
  /** Tries altogether when the service says "slow down". */
  readonly throttledAttempts: number;
  /** Tries altogether when the connection breaks or the service fails. */
  readonly brokenAttempts: number;
  /** Milliseconds before try number `attempt` (2, 3, …). */
  delayMs(attempt: number, throttled: boolean): number;
}

/** Exponential with full jitter, 20 s at most, as in AWS's "Exponential Backoff and Jitter". */
export function backoffMs(attempt: number, throttled: boolean): number {
  const base = throttled ? 500 : 100;
  return Math.floor(Math.random() * Math.min(20_000, base * 2 ** (attempt - 2)));
}

interface Token {
  getRetryCount(): number;
  getRetryDelay(): number;
}

const token = (retries: number, delayMs: number): Token => ({
  getRetryCount: () => retries,
  getRetryDelay: () => delayMs,
});

/** A retry strategy in the shape of the SDK's RetryStrategyV2; the SDK itself waits, and stops waiting on abort. */
export function retryStrategy(retries: Retries) {
  return {
    acquireInitialRetryToken: async (_scope: string): Promise<Token> => token(0, 0),
    refreshRetryTokenForRetry: async (
      last: Token,
      failure: { errorType: string; error?: unknown; retryAfterHint?: Date },
    ): Promise<Token> => {
      if (isDefinite(failure.error)) throw new Error('not tried again');
      const throttled = failure.errorType === 'THROTTLING';
      const retryable = throttled || failure.errorType === 'TRANSIENT';
      const attempt = last.getRetryCount() + 2;
      if (!retryable || attempt > (throttled ? retries.throttledAttempts : retries.brokenAttempts))
        throw new Error('not tried again');
      return token(attempt - 1, retries.delayMs(attempt, throttled));
    },
    recordSuccess: (_token: Token): void => {},
  };
}

/**
 * Answers that no further try changes. The SDK calls every error transient while it corrects for a clock that is four
 * minutes off, a plain "not found" included.
 */
function isDefinite(error: unknown): boolean {
  const status = (error as { $metadata?: { httpStatusCode?: number } } | undefined)?.$metadata
    ?.httpStatusCode;
  return status === 404 || status === 412;
}
