export type FailureKind =
  | 'capacity'
  | 'data'
  | 'configuration'
  | 'infrastructure'
  | 'permission'
  | 'code'
  | 'unknown';

/** What ended: the driver (with deploy mode cluster the application master), a task or its executor, or nothing ran. */
export type Side = 'driver' | 'executor' | 'none';

/** The setting to change and which way, where one setting is the usual answer. */
export interface Remedy {
  readonly setting: string;
  readonly to: string;
  /** Only the check itself can be fixed: its query, or the table that it reads. */
  readonly ofQuery?: true;
  /** A size in memory that is to be doubled: with the present size known, both are given in MiB. */
  readonly doubles?: true;
}

/** What a known failure looks like in a log, and what to do about it. */
export interface Signature {
  readonly id: string;
  readonly title: string;
  readonly kind: FailureKind;
  /** Tried on an exception's line with the lines of its message. No nested repetition: logs are foreign and long. */
  readonly pattern: RegExp;
  /** A message that also matches this is no proof. */
  readonly unless?: RegExp;
  /** Nor is it one where the whole block, with every cause in it, matches this. */
  readonly unlessBlock?: RegExp;
  /** And only where the whole block matches this. */
  readonly inBlock?: RegExp;
  /** Where this always happens, whatever the log says. */
  readonly side?: Side;
  /** Holds on this side only: the same words mean another cause on the other. */
  readonly onlyOn?: Side;
  /** More data, more steps at once or a longer round may bring it about, whatever its kind. */
  readonly dependsOnLoad?: true;
  /** Ends a driver or an executor, and so explains what is reported afterwards. */
  readonly isDeath?: true;
  /** YARN's word about the application master is final: the driver could not log it. */
  readonly isDecidedByYarn?: true;
  /** Something on the same side died first: that is then the cause. */
  readonly followsDeath?: true;
  /** Says only that something failed: any other exception says more. */
  readonly isGeneric?: true;
  readonly remedy?: Remedy;
  /** Where the driver ended; `remedy` is then for the other sides. */
  readonly driverRemedy?: Remedy;
  /** What to do where no setting is the answer. */
  readonly advice?: string;
}
