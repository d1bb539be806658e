export type FailureClass =
  | 'capacity'
  | 'data'
  | 'configuration'
  | 'infrastructure'
  | 'permission'
  | 'code'
  | 'unknown';

/** What a known failure looks like in a log, and what to do about it. */
export interface Signature {
  readonly id: string;
  readonly title: string;
  readonly class: FailureClass;
  /** Tried on one line at a time. No nested repetition: log lines are foreign and long. */
  readonly pattern: RegExp;
  /** A line that matches this too is no proof. */
  readonly unless?: RegExp;
  /** The setting to change and which way, where one setting is the usual answer. */
  readonly remedy?: {
    readonly setting: string;
    readonly to: string;
    /** Only the check itself can be mended: its query, or the table that it reads. */
    readonly ofQuery?: true;
    /** A size in memory that is to be doubled: with the present size known, both are given in MiB. */
    readonly doubles?: true;
  };
}

/** Fails in the same way on a larger cluster, so that advice on capacity would mislead. */
export function isDeterministic(failureClass: string): boolean {
  return ['data', 'configuration', 'permission', 'code'].includes(failureClass);
}
