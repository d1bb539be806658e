import { plural } from '../../domain/text.ts';
import { checkKey, checkName } from '../model/checkKey.ts';
import type { Forecast } from '../model/comparisonModel.ts';
import type { ComparedReport, Verdict } from '../model/model.ts';
import { isDecided, isFit } from '../model/outcomes.ts';
import { milli } from '../statistics/statistics.ts';
import { endsOf, timingsOf } from '../steps/checkTimes.ts';
import { roundStartMs } from '../steps/comparable.ts';
import { inStartOrder, unmodelledSeconds } from '../steps/makespan.ts';
import { type ForecastModel, modelOf, type TimedCheck, totalAt } from './growth.ts';
import { forecastSentence } from './text.ts';

const pointsAtMost = 16;
/** Beyond so many times the longest measured round a duration means nothing. */
const mostTimesMeasured = 100;
/** A check with so much of the round decides the forecast. */
const decisiveShare = 0.8;

interface NamedCheck extends TimedCheck {
  readonly name: string;
}

/**
 * Total runtime at other loads: each check continues as it grew, the times are replayed on the slots of the newest round, and
 * what that round took beside its steps is added. Up to twice the load at which it stops fitting, and twice the highest measured.
 *
 * @param rounds comparable ones of two levels or more, the newest among them
 * @param isScaled whether the load asks more of a check: another takes as long at every load
 */
export function forecastFrom(
  rounds: readonly ComparedReport[],
  newest: ComparedReport,
  isScaled: (key: string) => boolean,
): Forecast {
  const levels = [...new Set(rounds.map((round) => round.load))].sort((a, b) => a - b);
  const slots = newest.findings.slots.limit;
  const [lowest, top] = [levels[0], levels.at(-1)];
  const scores = keptScores(rounds);
  const nothing = (why: string) => noForecast(levels, why, scores);
  if (lowest === undefined || top === undefined || lowest === top)
    return nothing('one load was measured, and a second is needed');
  if (slots === null) return nothing('no step has run');
  const checks = timedChecks(rounds, newest, isScaled);
  if (!checks.some(({ check }) => endsOf(check) !== undefined))
    return nothing('no check completed at two levels');
  const known = new Set(newest.steps.map(checkKey)).size;
  const leftOut = known - checks.length;
  const without = `${leftOut} of ${plural(known, 'check')} never completed`;
  if (leftOut > known / 2) return nothing(without);
  const unmodelled = unmodelledSeconds(newest);
  const model = modelOf(checks, { slots, unmodelled, lowest, top, missedBy: missedBy(scores) });
  const all = loadsUpTo(levels, 2 * top).map((load) => {
    const { seconds, low, high } = totalAt(model, load);
    return { load, makespanSeconds: milli(seconds), lowSeconds: milli(low), highSeconds: milli(high) };
  });
  const range = fittingRange(rounds, all, newest.verdict.windowSeconds);
  const last = Math.max(top, Math.min(2 * top, 2 * (range.breaksBetween?.[1] ?? top)));
  const points = all.filter(({ load }) => load <= last);
  // What a round took of which many steps failed is not what the load takes.
  const measured = rounds.flatMap(({ load, verdict }) =>
    isDecided(verdict) && verdict.runtimeSeconds !== null ? [{ load, seconds: verdict.runtimeSeconds }] : [],
  );
  const longest = Math.max(...rounds.map(({ verdict }) => verdict.runtimeSeconds ?? 0));
  if (!points.every(({ highSeconds }) => highSeconds <= mostTimesMeasured * longest))
    return nothing(`it would reach beyond ${mostTimesMeasured} times the longest measured round`);
  const rest = { levels, measured, points, ...range, scores, leftOut };
  return {
    ...rest,
    repeated: rounds.length > levels.length,
    slots,
    oneLevelOnly: checks.filter(({ check, isScaled }) => isScaled && !endsOf(check)).length,
    decisive: decisiveCheck(model, checks, rounds, levels),
    sentence: `${forecastSentence(rest)}${leftOut > 0 ? ` Without ${leftOut} of ${plural(known, 'check')}, which never completed.` : ''}`,
  };
}

/** Checks of the newest round that completed in any, in the order in which their steps started. */
function timedChecks(
  rounds: readonly ComparedReport[],
  newest: ComparedReport,
  isScaled: (key: string) => boolean,
): NamedCheck[] {
  const timings = timingsOf(rounds);
  // A check whose only times are with a fixed window still takes its slot.
  const withFixed = timingsOf([{ ...newest, fixedWindows: [] }]);
  const names = new Map(inStartOrder(newest.steps).map((step) => [checkKey(step), checkName(step)]));
  return [...names].flatMap(([key, name]) => {
    const check = timings.get(key) ?? withFixed.get(key);
    return check ? [{ name, check, isScaled: isScaled(key) }] : [];
  });
}

/** The check that decides the forecast although it was seen only once at each of two levels. */
function decisiveCheck(
  model: ForecastModel,
  checks: readonly NamedCheck[],
  rounds: readonly ComparedReport[],
  levels: readonly number[],
): string | null {
  const { place, share } = totalAt(model, 2 * model.top).longest;
  const isSeenEnough = levels.length > 2 || rounds.length > 2;
  return isSeenEnough || share < decisiveShare ? null : (checks[place]?.name ?? null);
}

function noForecast(levels: number[], why: string, scores: Forecast['scores']): Forecast {
  return {
    why,
    levels,
    measured: [],
    points: [],
    scores,
    leftOut: 0,
    oneLevelOnly: 0,
    repeated: false,
    slots: null,
    decisive: null,
    highestFit: null,
    lowestMiss: null,
    fitsUpTo: null,
    breaksBetween: null,
    mostLikely: null,
    sentence: `No forecast: ${why}.`,
  };
}

/** Every whole load where there are few, else spread evenly by ratio; the measured levels in any case. */
function loadsUpTo(levels: readonly number[], last: number): number[] {
  const ratio = last ** (1 / (pointsAtMost - 1));
  const spread = Array.from({ length: Math.min(last, pointsAtMost) }, (_, index) =>
    last <= pointsAtMost ? index + 1 : Math.round(ratio ** index),
  );
  return [...new Set([...spread, ...levels])].sort((a, b) => a - b);
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
  const missed = rounds.flatMap(({ load, verdict }) => (verdict.outcome === 'missed' ? load : []));
  const lowestMiss = missed.length === 0 ? null : Math.min(...missed);
  const fitted = rounds.flatMap(({ load, verdict }) =>
    isFit(verdict) && load < (lowestMiss ?? Number.POSITIVE_INFINITY) ? load : [],
  );
  return { highestFit: fitted.length === 0 ? null : Math.max(...fitted), lowestMiss };
}

/** What earlier reports forecast for loads that were measured since, in the order of the rounds. */
function keptScores(rounds: readonly ComparedReport[]): Forecast['scores'] {
  const byTime = rounds.toSorted((a, b) => roundStartMs(a) - roundStartMs(b));
  return byTime.flatMap(({ load, verdict, round: { startedAt } }, index) => {
    const measuredSeconds = verdict.runtimeSeconds;
    if (measuredSeconds === null || measuredSeconds <= 0 || !isDecided(verdict)) return [];
    const pointIn = ({ comparison }: ComparedReport) => {
      const { levels = [], points = [] } = comparison?.forecast ?? {};
      return levels.includes(load) ? undefined : points.find((point) => point.load === load);
    };
    const point = byTime
      .slice(0, index)
      .flatMap((round) => pointIn(round) ?? [])
      .at(-1);
    if (!point || point.makespanSeconds <= 0) return [];
    const { makespanSeconds: forecastSeconds, lowSeconds, highSeconds } = point;
    return [{ load, startedAt, forecastSeconds, lowSeconds, highSeconds, measuredSeconds }];
  });
}

/** How far the worst of them missed: 0.2 is 20% too long or too short. */
export function missedBy(scores: Forecast['scores']): number {
  return scores.reduce((most, { forecastSeconds, measuredSeconds }) => {
    const ratio = measuredSeconds / forecastSeconds;
    return Math.max(most, Math.max(ratio, 1 / ratio) - 1);
  }, 0);
}
