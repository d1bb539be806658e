/** Which file belongs to which schedule, and what a load does to it: the one table that everything else reads. */

export const schedules = ['15m', 'hourly', 'daily'] as const;
export type Schedule = (typeof schedules)[number];

/** The unit whose values a load multiplies. */
export type IntervalUnit = 'hour' | 'day';

export interface FileRule {
  readonly suffix: string;
  readonly schedule: Schedule;
  /** Absent when the file is uploaded unscaled. */
  readonly scales?: IntervalUnit;
  /** Copied from the production prefix; files of this kind in the target repository are ignored. */
  readonly fromProduction?: true;
}

export const fileRules: readonly FileRule[] = [
  { suffix: '_15m.yml', schedule: '15m', scales: 'hour' },
  { suffix: '_15min.yml', schedule: '15m' },
  { suffix: '_freshness.yml', schedule: '15m' },
  { suffix: '_hourly.yml', schedule: 'hourly' },
  { suffix: '_uniqueness.yml', schedule: 'hourly' },
  { suffix: '_table_metrics.yml', schedule: 'hourly', fromProduction: true },
  { suffix: '_daily.yml', schedule: 'daily', scales: 'day' },
];

/** Finds the rule for a check file by the suffix of its name; undefined for an unknown suffix. */
export function ruleFor(path: string): FileRule | undefined {
  return fileRules.find((rule) => path.endsWith(rule.suffix));
}

/** Seconds between two runs of a schedule: how long a round may take, unless a setting says otherwise. */
export const periodSeconds: Readonly<Record<Schedule, number>> = { '15m': 900, hourly: 3600, daily: 86_400 };
