/** How often AWS is called: retries after a failure, and the quotas of EMR's API. */
import { ToolError } from '../../domain/errors.ts';
import { machineClock, type WaitingClock } from '../waiting.ts';
import { statusOf } from './awsErrors.ts';

/** Milliseconds before attempt number `attempt` (2, 3, …). */
export type RetryDelay = (attempt: number, throttled: boolean) => number;

/** Attempts in total when the connection or the service fails. */
const transientAttempts = 5;

/**
 * A retry strategy in the shape of the SDK's RetryStrategyV2; the SDK waits, and stops waiting on abort. It differs
 * from the SDK's standard strategy: throttling is retried more often than an outage, because EMR's quotas are small
 * and a dead network should be reported soon; calls share no retry quota; tests can shorten the wait.
 * @param throttledAttempts attempts in total when the service throttles
 */
export function retryStrategy(throttledAttempts: number, delayMs: RetryDelay) {
  return {
    acquireInitialRetryToken: async (_scope: string): Promise<Token> => token(0, 0),
    refreshRetryTokenForRetry: async (
      last: Token,
      failure: { errorType: string; error?: unknown; retryAfterHint?: Date },
    ): Promise<Token> => {
      if (isFinalAnswer(failure.error)) throw new Error('not retried');
      const throttled = failure.errorType === 'THROTTLING';
      const retryable = throttled || failure.errorType === 'TRANSIENT' || isConflict(failure.error);
      const attempt = last.getRetryCount() + 2;
      if (!retryable || attempt > (throttled ? throttledAttempts : transientAttempts))
        throw new Error('not retried');
      return token(attempt - 1, delayMs(attempt, throttled));
    },
    recordSuccess: (_token: Token): void => {},
  };
}

interface Token {
  getRetryCount(): number;
  getRetryDelay(): number;
}

const token = (retries: number, delayMs: number): Token => ({
  getRetryCount: () => retries,
  getRetryDelay: () => delayMs,
});

/**
 * Errors of our own, and responses that a retry cannot change. While the SDK corrects for a clock that is four minutes
 * off, it classifies every error as transient, including "not found".
 */
function isFinalAnswer(error: unknown): boolean {
  if (error instanceof ToolError) return true;
  const status = statusOf(error);
  return status === 404 || status === 412;
}

/** Another request for the same object was under way: S3's error list says to try again, the SDK does not. */
function isConflict(error: unknown): boolean {
  const { name } = (error ?? {}) as { name?: string };
  return name === 'ConditionalRequestConflict' || name === 'OperationAborted';
}

/** Exponential backoff with full jitter, at most 20 s, as in AWS's "Exponential Backoff and Jitter". */
export function backoffMs(attempt: number, throttled: boolean): number {
  const base = throttled ? 500 : 100;
  return Math.floor(Math.random() * Math.min(20_000, base * 2 ** (attempt - 2)));
}

export type EmrOperation = 'ListSteps' | 'DescribeCluster' | 'ListClusters' | 'ListInstances';

export interface EmrQuota {
  /** Waits until the quota allows one more request of this operation. */
  take(operation: EmrOperation, signal?: AbortSignal): Promise<void>;
  /** Takes one more request if the quota allows it now; otherwise nothing, and false. */
  takeNow(operation: EmrOperation): boolean;
}

interface Rate {
  readonly burst: number;
  readonly perSecond: number;
}

/**
 * The quotas of EMR's API, per account and region, from "Amazon EMR endpoints and quotas": one bucket for each
 * operation, and one for all together. In tests, `clock` does not really wait.
 */
export function emrQuota(clock: WaitingClock = machineClock): EmrQuota {
  const buckets = {
    ListSteps: tokenBucket({ burst: 10, perSecond: 0.5 }, clock),
    DescribeCluster: tokenBucket({ burst: 10, perSecond: 1 }, clock),
    ListClusters: tokenBucket({ burst: 20, perSecond: 0.5 }, clock),
    ListInstances: tokenBucket({ burst: 10, perSecond: 0.5 }, clock),
  };
  const together = tokenBucket({ burst: 25, perSecond: 5 }, clock);
  return {
    async take(operation, signal) {
      await buckets[operation].take(signal);
      await together.take(signal);
    },
    takeNow(operation) {
      return together.hasToken() && buckets[operation].takeNow() && together.takeNow();
    },
  };
}

/**
 * A quota with a burst and a refill rate. The bucket starts full and serves waiting callers in order: `take` resolves
 * when the quota allows one more request, and rejects with an AbortError when the signal is aborted.
 */
export function tokenBucket(rate: Rate, clock: WaitingClock) {
  let tokens = rate.burst;
  let filledMs = clock.nowMs();
  const refill = () => {
    const now = clock.nowMs();
    tokens = Math.min(rate.burst, tokens + ((now - filledMs) / 1000) * rate.perSecond);
    filledMs = now;
  };
  const hasToken = () => {
    refill();
    return tokens >= 1;
  };
  return {
    hasToken,
    takeNow(): boolean {
      if (!hasToken()) return false;
      tokens -= 1;
      return true;
    },
    async take(signal?: AbortSignal): Promise<void> {
      refill();
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
