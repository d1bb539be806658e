import { plural } from '../../domain/text.ts';
import { localTime, logDeliveryMs } from '../../domain/time.ts';
import { groupBy } from '../model/checkKey.ts';
import type { Report, ReportStep, StepFailure } from '../model/model.ts';

/**
 * Steps whose logs are read where there are too many to read all: one of each check before a second of any, and of
 * too many checks those that lie evenly over the round. What fails at its end may not be what fails at its start.
 */
export function sampleAcrossChecks<T extends { readonly name: string }>(
  steps: readonly T[],
  most: number,
): T[] {
  if (steps.length <= most) return [...steps];
  const checks = [...groupBy(steps, (step) => step.name).values()];
  const rank = new Map(checks.flatMap((same) => same.map((step, index) => [step, index] as const)));
  const byRank = groupBy(
    steps.toSorted((a, b) => (rank.get(a) ?? 0) - (rank.get(b) ?? 0)),
    (step) => String(rank.get(step) ?? 0),
  );
  const sample: T[] = [];
  for (const same of byRank.values()) sample.push(...spread(same, most - sample.length));
  return sample;
}

function spread<T>(items: readonly T[], most: number): readonly T[] {
  if (items.length <= most) return items;
  return Array.from({ length: most }, (_, index) => items[Math.floor((index * items.length) / most)] as T);
}

const words: Readonly<Record<StepFailure['log'], string>> = {
  log: 'read',
  not_delivered_yet: 'not delivered yet',
  none: 'none found',
  denied: 'may not be read',
  unreadable: 'neither gzip nor text',
  not_read: 'not read',
};

/** What became of a failed step's log: "read, cut; the driver's own: not delivered yet …". */
export function logStatus(failure: StepFailure): string {
  return [
    words[failure.log],
    failure.logCut ? ', cut' : '',
    failure.logNotGzip ? ', not gzip' : '',
    failure.driverLog ? `; the driver’s own: ${words[failure.driverLog]}` : '',
  ].join('');
}

/** The failed steps whose logs were still on their way, and when all of them are there. */
export function pendingLogs(steps: readonly ReportStep[]): Report['logsPending'] {
  const pending = steps.filter(
    ({ failure }) => failure?.log === 'not_delivered_yet' || failure?.driverLog === 'not_delivered_yet',
  );
  if (pending.length === 0) return null;
  const lastMs = Math.max(...pending.map(({ endedAt, createdAt }) => Date.parse(endedAt ?? createdAt)));
  return { steps: pending.length, buildAgainAt: new Date(lastMs + logDeliveryMs).toISOString() };
}

/** " (capacity, driver)": of what is known. */
export function kindText({ kind, side }: Pick<Report['failures'][number], 'kind' | 'side'>): string {
  const known = [...(kind === 'unknown' ? [] : [kind]), ...(side === 'none' ? [] : [side])];
  return known.length === 0 ? '' : ` (${known.join(', ')})`;
}

/** When to build the report again, at the round's own offset; nothing where no log is awaited. */
export function pendingText({ logsPending, round }: Pick<Report, 'logsPending' | 'round'>): string[] {
  if (logsPending === null) return [];
  const { steps, buildAgainAt } = logsPending;
  const time = localTime(Date.parse(buildAgainAt), round.utcOffsetMinutes);
  return [
    `The logs of ${plural(steps, 'failed step')} were not delivered yet: build the report again after ${time}.`,
  ];
}
