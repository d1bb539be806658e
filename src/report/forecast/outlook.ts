/** What a run is likely to take, cost and fail at, as the earlier reports of its campaign say: told before it is paid for. */
import type { Schedule } from '../../domain/schedules.ts';
import { formatDuration } from '../../domain/text.ts';
import { checkKey, checkName } from '../model/checkKey.ts';
import type { Report } from '../model/model.ts';
import { isDecided, outcomesOf } from '../model/outcomes.ts';
import { roundStartMs } from '../steps/comparable.ts';
import { aboutText } from './text.ts';

/** The run that somebody is about to pay for. */
export interface PlannedRun {
  readonly load: number;
  readonly schedule: Schedule;
  /** Of its checks; undefined where no upload of them is known. */
  readonly baseCommit: string | undefined;
  /** Digest of its cluster config; undefined where the bucket's is not known. */
  readonly clusterConfig: string | undefined;
  /** Whether a check is still what it was in the round of a report. */
  isUnchanged(check: string, report: Report): boolean;
}

/** Seconds of a level, and what its instances cost. */
interface LevelCost {
  readonly seconds: number;
  readonly usd?: number;
  /** The day of the prices, and whether they are the shipped example. */
  readonly pricesOf?: string;
  readonly examplePrices?: true;
  /** Whether both were scaled from one baseline is not known. */
  readonly baselineUnknown?: true;
}

export interface Outlook {
  /** One sentence. */
  readonly outlook: string;
  /** Of this load: forecast, or as its last round took. */
  readonly expected?: LevelCost & { readonly lowSeconds?: number; readonly highSeconds?: number };
  /** Of another load, where this one was not forecast. */
  readonly lastLevel?: LevelCost & { readonly load: number };
  /** Checks that failed and are run again as they were, on the same cluster config. */
  readonly knownFailures?: KnownFailure[];
  /** Where the list is cut. */
  readonly knownFailuresTotal?: number;
}

export interface KnownFailure {
  readonly check: string;
  readonly load: number;
  readonly cause: string;
}

/** Nobody reads more or longer names than this. */
const namesShown = 5;
const nameLength = 120;

/** undefined where no earlier report says anything about the run. */
export function outlookOf(reports: readonly Report[], planned: PlannedRun): Outlook | undefined {
  const { load, schedule, baseCommit } = planned;
  const whole = reports
    .filter((one) => one.schedule === schedule && !one.round.partOf && !one.round.partial)
    .toSorted((a, b) => roundStartMs(a) - roundStartMs(b));
  const campaign = whole.filter((one) => baseCommit !== undefined && one.baseCommit === baseCommit);
  const unknown = whole.filter((one) => baseCommit === undefined || one.baseCommit === null);
  const level = levelOutlook(campaign, planned) ?? levelOutlook(unknown, planned, true);
  const failures = knownFailures(campaign, planned);
  if (level === undefined && failures.length === 0) return undefined;
  const { text = `${load}x ${schedule}`, ...data } = level ?? {};
  return {
    outlook: `${[text, ...failureText(failures)].join('; ')}.`,
    ...data,
    ...(failures.length > 0 && { knownFailures: failures.slice(0, namesShown) }),
    ...(failures.length > namesShown && { knownFailuresTotal: failures.length }),
  };
}

type LevelOutlook = Pick<Outlook, 'expected' | 'lastLevel'> & { readonly text: string };

/**
 * What the level took if it ran, else its forecast, else what the newest level took. With `baselineUnknown` the reports
 * may be of several campaigns, so that only one of them is told, and no forecast.
 */
function levelOutlook(
  reports: readonly Report[],
  { load, schedule, clusterConfig }: PlannedRun,
  baselineUnknown = false,
) {
  const decided = reports.filter(({ verdict }) => isDecided(verdict));
  const before = (report: Report) => caveatsText(report, clusterConfig, baselineUnknown);
  const cost = (report: Report, seconds = report.verdict.runtimeSeconds ?? 0): LevelCost => ({
    seconds,
    ...usdOf(report, seconds),
    ...(baselineUnknown && { baselineUnknown }),
  });
  const same = decided.findLast((report) => report.load === load);
  if (same) {
    const expected = cost(same);
    const text = `${load}x ${schedule}: last time${before(same)} ${formatDuration(expected.seconds)}${priceText(expected)}`;
    return { text, expected } satisfies LevelOutlook;
  }
  const points = (baselineUnknown ? [] : reports).flatMap((report) => {
    const point = report.comparison?.forecast?.points.find((one) => one.load === load);
    return point ? [{ report, point }] : [];
  });
  const forecast = points.at(-1);
  if (forecast) {
    const { makespanSeconds, lowSeconds, highSeconds } = forecast.point;
    const expected = { ...cost(forecast.report, makespanSeconds), lowSeconds, highSeconds };
    const range = `(${aboutText(lowSeconds)} to ${aboutText(highSeconds)})`;
    const text = `${load}x ${schedule}: about ${aboutText(makespanSeconds)} ${range}${priceText(expected)}${before(forecast.report)}`;
    return { text, expected } satisfies LevelOutlook;
  }
  const last = decided.at(-1);
  if (!last) return undefined;
  const lastLevel = { load: last.load, ...cost(last) };
  const text = `${load}x ${schedule} was not forecast; ${last.load}x took ${formatDuration(lastLevel.seconds)}${priceText(lastLevel)}${before(last)}`;
  return { text, lastLevel } satisfies LevelOutlook;
}

/** ` (with another cluster config)`: why the run may take another time than the report says. */
function caveatsText(report: Report, clusterConfig: string | undefined, baselineUnknown: boolean): string {
  const digest = report.clusterConfig?.digest;
  const isConfigKnown = clusterConfig !== undefined && digest !== undefined;
  const caveats = [
    ...(isConfigKnown ? [] : ['perhaps with another cluster config']),
    ...(isConfigKnown && digest !== clusterConfig ? ['with another cluster config'] : []),
    ...(baselineUnknown ? ['perhaps from another baseline'] : []),
  ];
  return caveats.length === 0 ? '' : ` (${caveats.join(', ')})`;
}

/** At the rate of the report's round; nothing where a machine of it has no price. */
function usdOf({ cost, verdict: { runtimeSeconds } }: Report, seconds: number): Omit<LevelCost, 'seconds'> {
  if (cost?.currency !== 'USD' || cost.notPriced.length > 0) return {};
  if (cost.total === null || !runtimeSeconds) return {};
  return {
    usd: Math.round((100 * cost.total * seconds) / runtimeSeconds) / 100,
    ...(cost.pricesOf !== null && { pricesOf: cost.pricesOf }),
    ...(cost.examplePrices && { examplePrices: true }),
  };
}

/** `, about 27 USD (prices of 2025-12-01)`. */
function priceText({ usd, pricesOf, examplePrices }: LevelCost): string {
  if (usd === undefined) return '';
  const from = `${examplePrices ? 'example prices' : 'prices'} of ${pricesOf}`;
  return `, about ${usd < 10 ? usd.toFixed(2) : Math.round(usd)} USD (${from})`;
}

/** Failures at this load or a lower one that no later run of at least that load has refuted. */
function knownFailures(campaign: readonly Report[], planned: PlannedRun): KnownFailure[] {
  const known = new Map<string, KnownFailure & { readonly report: Report }>();
  for (const report of campaign) {
    const outcome = outcomesOf(report);
    const causes = causesOf(report);
    for (const step of report.steps) {
      const key = checkKey(step);
      const { kind } = outcome(key);
      const { load } = report;
      const cause = causes.get(step.id);
      if (load < (known.get(key)?.load ?? 0)) continue;
      if (kind === 'completed') known.delete(key);
      if (kind === 'failed' && load <= planned.load && cause !== undefined)
        known.set(key, { check: checkName(step), load, cause, report });
    }
  }
  return [...known.values()].flatMap(({ report, ...failure }) =>
    planned.clusterConfig !== undefined &&
    report.clusterConfig?.digest === planned.clusterConfig &&
    planned.isUnchanged(failure.check, report)
      ? { ...failure, check: failure.check.slice(0, nameLength) }
      : [],
  );
}

/** By the id of a failed step; a lost machine or an unread log says nothing about the next run. */
function causesOf({ failures }: Report): Map<string, string> {
  return new Map(
    failures.flatMap(({ kind, title, steps }) =>
      kind === 'infrastructure' || kind === 'unknown' ? [] : steps.map((id) => [id, title] as const),
    ),
  );
}

function failureText(failures: readonly KnownFailure[]): string[] {
  if (failures.length === 0) return [];
  const shown = failures
    .slice(0, namesShown)
    .map(({ check, load, cause }) => `${check} failed at ${load}x (${cause})`);
  const more = failures.length > namesShown ? [`${failures.length - namesShown} more failed`] : [];
  const whose = failures.length === 1 ? 'it' : 'these checks';
  return [`${[...shown, ...more].join(', ')}, and neither ${whose} nor the cluster config changed since`];
}
