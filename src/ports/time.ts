/** Time, and what a long call gets: types only. */

/** Cancellation and progress of a long call. */
export interface Watch {
  readonly signal: AbortSignal;
  /** `done` of `total`, with a message; the interface throttles it, and drops it when nobody listens. */
  progress(done: number, total: number | undefined, message: string): void;
  /** False: a call to EMR fails with QuotaUsedUp at once where it would have to wait for EMR's request quota. */
  readonly mayWaitForQuota?: boolean | undefined;
  /** What the call has already changed, as a sentence: an error says this instead of "Nothing was changed." */
  readonly already?: string | undefined;
}

export interface Instant {
  /** Microseconds since the epoch. */
  readonly epochUs: number;
  readonly source: 'aws' | 'local';
  /** AWS's clock minus the local clock; 0 when unknown. */
  readonly skewSeconds: number;
}

export interface Clock {
  /** Now; by AWS's clock when the local one differs by more than 2 s. Offline, `source` is local. */
  now(): Promise<Instant>;
  localMs(): number;
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  /** Calls `due` once after `ms` of real time, without keeping the process alive. Returns what cancels it. */
  timer(ms: number, due: () => void): () => void;
}
