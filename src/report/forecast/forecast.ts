import { plural } from '../../domain/text.ts';
import { checkKey, checkName } from '../model/checkKey.ts';
import type { Forecast } from '../model/comparisonModel.ts';
import type { ComparedReport } from '../model/model.ts';
import { milli } from '../statistics/statistics.ts';
import { type Timing, timingsOf } from '../steps/checkTimes.ts';
import { inStartOrder, unmodelledSeconds } from '../steps/makespan.ts';
import { isDecided } from '../verdict/verdict.ts';
import { type ForecastModel, fittingRange, keptScores, missedBy, modelOf, totalAt } from './range.ts';
import { forecastSentence } from './text.ts';

const pointsAtMost = 16;
/** Beyond so many times the longest measured round a duration means nothing. */
const mostTimesMeasured = 100;
/** A check with so much of the round decides the forecast. */
const decisiveShare = 0.8;

interface Timed {
  readonly name: string;
  readonly check: readonly Timing[];
  readonly isScaled: boolean;
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
  if (!checks.some(({ check }) => levelsOf(check) > 1)) return nothing('no check completed at two levels');
  const known = new Set(newest.steps.map(checkKey)).size;
  const leftOut = known - checks.length;
  const without = `${leftOut} of ${plural(known, 'check')} never completed`;
  if (leftOut > known / 2) return nothing(without);
  const unmodelled = unmodelledSeconds(newest);
  const model = modelOf(checks, { slots, unmodelled, lowest, top, missedBy: missedBy(scores) });
  const all = loadsUpTo(levels, 2 * top).map((load) => pointAt(model, load));
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
    oneLevelOnly: checks.filter(({ check, isScaled }) => isScaled && levelsOf(check) === 1).length,
    decisive: decisiveCheck(model, checks, rounds, levels),
    sentence: `${forecastSentence(rest)}${leftOut > 0 ? ` Left out: ${without}.` : ''}`,
  };
}

/** Checks of the newest round that completed in any, in the order in which their steps started. */
function timedChecks(
  rounds: readonly ComparedReport[],
  newest: ComparedReport,
  isScaled: (key: string) => boolean,
): Timed[] {
  const timings = timingsOf(rounds);
  // A check whose only times are with a fixed window still takes its slot.
  const withFixed = timingsOf([{ ...newest, fixedWindows: [] }]);
  const names = new Map(inStartOrder(newest.steps).map((step) => [checkKey(step), checkName(step)]));
  return [...names].flatMap(([key, name]) => {
    const check = timings.get(key) ?? withFixed.get(key);
    return check ? [{ name, check, isScaled: isScaled(key) }] : [];
  });
}

function pointAt(model: ForecastModel, load: number): Forecast['points'][number] {
  const { seconds, low, high } = totalAt(model, load);
  return { load, makespanSeconds: milli(seconds), lowSeconds: milli(low), highSeconds: milli(high) };
}

/** The check that decides the forecast although it was seen only once at each of two levels. */
function decisiveCheck(
  model: ForecastModel,
  checks: readonly Timed[],
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

function levelsOf(check: readonly Timing[]): number {
  return new Set(check.map(({ load }) => load)).size;
}

/** Every whole load where there are few, else spread evenly by ratio; the measured levels in any case. */
function loadsUpTo(levels: readonly number[], last: number): number[] {
  const ratio = last ** (1 / (pointsAtMost - 1));
  const spread = Array.from({ length: Math.min(last, pointsAtMost) }, (_, index) =>
    last <= pointsAtMost ? index + 1 : Math.round(ratio ** index),
  );
  return [...new Set([...spread, ...levels])].sort((a, b) => a - b);
}
