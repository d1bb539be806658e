/**
 * The SDK's standard retry strategy with three differences: throttling is retried more often than an outage (EMR's quotas
 * are small, a dead network should be reported soon), there is no retry quota shared between calls, and tests can shorten
 * the wait.
 */

export interface Retries {
  /** Attempts in total when the service throttles. */
  readonly throttledAttempts: number;
  /** Attempts in total when the connection or the service fails. */
  readonly transientAttempts: number;
  /** Milliseconds before attempt number `attempt` (2, 3, …). */
  delayMs(attempt: number, throttled: boolean): number;
}

/** Exponential backoff with full jitter, at most 20 s, as in AWS's "Exponential Backoff and Jitter". */
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

/** A retry strategy in the shape of the SDK's RetryStrategyV2; the SDK waits, and stops waiting on abort. */
export function retryStrategy(retries: Retries) {
  return {
    acquireInitialRetryToken: async (_scope: string): Promise<Token> => token(0, 0),
    refreshRetryTokenForRetry: async (
      last: Token,
      failure: { errorType: string; error?: unknown; retryAfterHint?: Date },
    ): Promise<Token> => {
      if (isFinalAnswer(failure.error)) throw new Error('not retried');
      const throttled = failure.errorType === 'THROTTLING';
      const retryable = throttled || failure.errorType === 'TRANSIENT';
      const attempt = last.getRetryCount() + 2;
      if (!retryable || attempt > (throttled ? retries.throttledAttempts : retries.transientAttempts))
        throw new Error('not retried');
      return token(attempt - 1, retries.delayMs(attempt, throttled));
    },
    recordSuccess: (_token: Token): void => {},
  };
}

/**
 * Responses that a retry cannot change. While the SDK corrects for a clock that is four minutes off, it classifies every
 * error as transient, including "not found".
 */
function isFinalAnswer(error: unknown): boolean {
  const status = (error as { $metadata?: { httpStatusCode?: number } } | undefined)?.$metadata
    ?.httpStatusCode;
  return status === 404 || status === 412;
}
