import type { Forecast } from '../model/comparisonModel.ts';
import type { ComparedReport, Verdict } from '../model/model.ts';
import { stepNoise } from '../statistics/noise.ts';
import type { Timing } from '../steps/checkTimes.ts';
import { makespan } from '../steps/makespan.ts';
import { isDecided } from '../verdict/verdict.ts';
import { type Growth, growthOf, secondsAt } from './growth.ts';

/** What a round still varies by at a load that was measured. */
const leastWidth = 0.1;
/** The P80 of the error a doubling beyond what was measured: of many like checks, and what one check adds that is all of the round. */
const [widthOfMany, widthOfOne] = [0.15, 0.2];

export interface ForecastModel {
  /** In the order in which the steps start. */
  readonly growths: readonly Growth[];
  readonly slots: number;
  /** Seconds of a round beside its steps. */
  readonly unmodelled: number;
  /** The lowest and the highest load that were measured. */
  readonly lowest: number;
  readonly top: number;
  /** How far earlier forecasts of this campaign missed: 0.2 is 20%. */
  readonly missedBy: number;
}

export interface TotalRange {
  readonly seconds: number;
  readonly low: number;
  readonly high: number;
  /** The check that takes longest, by its place among the growths, and its share of the replay. */
  readonly longest: { readonly place: number; readonly share: number };
}

/** The model of checks in the order in which their steps start. */
export function modelOf(
  checks: readonly { readonly check: readonly Timing[]; readonly isScaled: boolean }[],
  round: Omit<ForecastModel, 'growths'>,
): ForecastModel {
  const noise = stepNoise(checks.map(({ check }) => check));
  const { top } = round;
  return {
    ...round,
    growths: checks.map(({ check, isScaled }) => growthOf(check, { noise, top, isScaled })),
  };
}

/** The total runtime at a load with its range, in seconds and in closed form: no draws, no seed. */
export function totalAt(model: ForecastModel, load: number): TotalRange {
  const { growths, slots, unmodelled, lowest, top, missedBy } = model;
  const runs = growths.map((growth) => secondsAt(growth, load / top));
  const replayed = makespan(runs, slots);
  const place = runs.reduce((most, seconds, index) => (seconds > (runs[most] ?? 0) ? index : most), 0);
  const share = Math.min(1, (runs[place] ?? 0) / replayed);
  const doublings = Math.max(0, Math.log2(load / top), Math.log2(lowest / load));
  const width = Math.max(leastWidth, (widthOfMany + widthOfOne * share) * doublings, Math.min(1, missedBy));
  const seconds = unmodelled + replayed;
  return { seconds, low: seconds / (1 + width), high: seconds * (1 + width), longest: { place, share } };
}

type Range = Pick<Forecast, 'highestFit' | 'lowestMiss' | 'fitsUpTo' | 'breaksBetween' | 'mostLikely'>;
type Measured = { readonly load: number; readonly verdict: Pick<Verdict, 'outcome'> };

/**
 * Up to which load the schedule fits, and between which it stops fitting. A measured level is a fact: the forecast's range decides
 * in between and beyond only.
 *
 * @param points in rising order of load
 */
export function fittingRange(
  rounds: readonly Measured[],
  points: Forecast['points'],
  windowSeconds: number,
): Range {
  const { highestFit, lowestMiss } = measuredRange(rounds);
  const open = points.filter(
    ({ load }) => load > (highestFit ?? 0) && load < (lowestMiss ?? Number.POSITIVE_INFINITY),
  );
  const unsafe = open.findIndex((point) => point.highSeconds > windowSeconds);
  const safe = open.slice(0, unsafe < 0 ? open.length : unsafe);
  const fitsUpTo = safe.at(-1)?.load ?? highestFit;
  const firstOver = (secondsOf: (point: Forecast['points'][number]) => number) =>
    open.find((point) => point.load > (fitsUpTo ?? 0) && secondsOf(point) > windowSeconds)?.load ??
    lowestMiss;
  const breaks = firstOver(({ lowSeconds }) => lowSeconds);
  const likely = firstOver(({ makespanSeconds }) => makespanSeconds);
  return {
    highestFit,
    lowestMiss,
    fitsUpTo,
    breaksBetween: breaks === null ? null : [fitsUpTo ?? 0, breaks],
    mostLikely: likely === null ? null : Math.min(likely, breaks ?? likely),
  };
}

/** A level fits when each of its rounds fits, and each round below it; one round that missed is a miss. */
function measuredRange(rounds: readonly Measured[]): Pick<Range, 'highestFit' | 'lowestMiss'> {
  const loads = (outcome: string) =>
    rounds.filter((round) => round.verdict.outcome === outcome).map((round) => round.load);
  const missed = loads('missed');
  const lowestMiss = missed.length === 0 ? null : Math.min(...missed);
  const fitted = loads('fits').filter((load) => load < (lowestMiss ?? Number.POSITIVE_INFINITY));
  return { highestFit: fitted.length === 0 ? null : Math.max(...fitted), lowestMiss };
}

/** What earlier reports forecast for loads that were measured since, in the order of the rounds. */
export function keptScores(rounds: readonly ComparedReport[]): Forecast['scores'] {
  const byTime = rounds.toSorted((a, b) => startOf(a) - startOf(b));
  return byTime.flatMap(({ load, verdict, ...round }, index) => {
    const measuredSeconds = verdict.runtimeSeconds;
    if (measuredSeconds === null || measuredSeconds <= 0 || !isDecided(verdict)) return [];
    const predicting = byTime.slice(0, index).findLast(({ comparison }) => {
      const { levels = [], points = [] } = comparison?.forecast ?? {};
      return !levels.includes(load) && points.some((point) => point.load === load);
    });
    const point = predicting?.comparison?.forecast?.points.find((one) => one.load === load);
    if (!point || point.makespanSeconds <= 0) return [];
    const { makespanSeconds, lowSeconds, highSeconds } = point;
    const startedAt = round.round.startedAt;
    return [{ load, startedAt, forecastSeconds: makespanSeconds, lowSeconds, highSeconds, measuredSeconds }];
  });
}

/** How far the worst of them missed: 0.2 is 20% too long or too short. */
export function missedBy(scores: Forecast['scores']): number {
  return scores.reduce((most, { forecastSeconds, measuredSeconds }) => {
    const ratio = measuredSeconds / forecastSeconds;
    return Math.max(most, Math.max(ratio, 1 / ratio) - 1);
  }, 0);
}

function startOf(report: ComparedReport): number {
  return Date.parse(report.round.startedAt);
}
