import type { StepFailure } from '../../model/model.ts';

/** What a known failure looks like in a log, and what to do about it. */
export interface Signature {
  readonly id: string;
  readonly title: string;
  readonly class: NonNullable<StepFailure['cause']>['class'];
  /** Tried on one line at a time. No nested repetition: log lines are foreign and long. */
  readonly pattern: RegExp;
  /** A line that also matches this is no proof. */
  readonly unless?: RegExp;
  /** More data, more steps at once or a longer round may bring it about, whatever its class. */
  readonly dependsOnLoad?: true;
  /** The setting to change and which way, where one setting is the usual answer. */
  readonly remedy?: {
    readonly setting: string;
    readonly to: string;
    /** Only the check itself can be fixed: its query, or the table that it reads. */
    readonly ofQuery?: true;
    /** A size in memory that is to be doubled: with the present size known, both are given in MiB. */
    readonly doubles?: true;
  };
}
