/** The text of a forecast: our own words and numbers, and names of checks, which are foreign text. */

import { formatDuration, plural } from '../../domain/text.ts';
import type { Forecast } from '../model/comparisonModel.ts';

type Point = Forecast['points'][number];

export const forecastTitles = ['Load', 'Measured', 'Forecast', 'Range'] as const;

/** Rounded to minutes above ten minutes: `1h 2m`, `9m 40s`. */
export function aboutText(seconds: number): string {
  if (seconds < 600) return formatDuration(seconds);
  return formatDuration(60 * Math.round(seconds / 60)).replace(/ 0s$/, '');
}

/** `8x: about 1h 2m (46m to 1h 23m)`. */
export function pointText({ load, makespanSeconds, lowSeconds, highSeconds }: Point): string {
  return `${load}x: about ${aboutText(makespanSeconds)} (${rangeText({ lowSeconds, highSeconds })})`;
}

function rangeText({ lowSeconds, highSeconds }: Pick<Point, 'lowSeconds' | 'highSeconds'>): string {
  return `${aboutText(lowSeconds)} to ${aboutText(highSeconds)}`;
}

type Answer = Pick<
  Forecast,
  'highestFit' | 'lowestMiss' | 'fitsUpTo' | 'breaksBetween' | 'mostLikely' | 'points' | 'levels'
>;

/** `Fits at 2x (measured); breaks at about 6x (5x to 8x); 8x: about 1h 2m (46m to 1h 23m).` */
export function forecastSentence(answer: Answer): string {
  const last = answer.points.at(-1);
  const isForecast = last !== undefined && !answer.levels.includes(last.load);
  const text = [measuredText(answer), breaksText(answer), isForecast ? pointText(last) : '']
    .filter((part) => part !== '')
    .join('; ');
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

function measuredText({ highestFit, lowestMiss }: Answer): string {
  const parts = [
    highestFit !== null && `fits at ${highestFit}x`,
    lowestMiss !== null && `misses at ${lowestMiss}x`,
  ].filter((text) => text !== false);
  return parts.length === 0 ? '' : `${parts.join(', ')} (measured)`;
}

function breaksText(answer: Answer): string {
  const { highestFit, lowestMiss, fitsUpTo, breaksBetween, mostLikely, points } = answer;
  const last = points.at(-1)?.load ?? 0;
  const next = points.find(({ load }) => load > (fitsUpTo ?? 0))?.load;
  if (breaksBetween === null) {
    if (fitsUpTo !== null && fitsUpTo >= last) return `fits up to ${last}x (forecast)`;
    const likely = mostLikely === null ? '' : `, most likely at ${mostLikely}x`;
    return `may break from ${next ?? last}x on${likely} (forecast)`;
  }
  const [, to] = breaksBetween;
  const from = next ?? to;
  if (from < to) return `breaks at about ${mostLikely ?? to}x (${from}x to ${to}x)`;
  const fits = fitsUpTo === null || fitsUpTo === highestFit ? '' : `fits up to ${fitsUpTo}x (forecast)`;
  // Neighbouring levels that were both measured leave nothing to forecast.
  if (to === lowestMiss) return fits;
  const misses = `${fitsUpTo === null ? 'misses' : 'breaks'} at ${to}x (forecast)`;
  return [fits, misses].filter((text) => text !== '').join('; ');
}

/** How the forecast was made, in one line, and what it leaves open. */
export function methodText(forecast: Forecast): string {
  const { levels, repeated, slots, oneLevelOnly } = forecast;
  const why = repeated ? 'because measurements are noisy' : 'because one round a level is noisy';
  const oneLevel = `${plural(oneLevelOnly, 'check')} completed at one level only and ${oneLevelOnly === 1 ? 'is' : 'are'} taken to grow in proportion.`;
  const method = `Each check continues as it grew from ${levels[0]}x to ${levels.at(-1)}x, part-way to proportional ${why}; replayed on ${plural(slots ?? 0, 'slot')}. In simulated tests about 8 of 10 rounds ended in such a range, fewer than 1 in 10 later.`;
  return oneLevelOnly === 0 ? method : `${method} ${oneLevel}`;
}

/** What would make the forecast safer, where one check decides it. */
export function decisiveText({ decisive, levels }: Forecast): string | undefined {
  if (decisive === null) return undefined;
  return `${decisive} decides this forecast: if it grows faster still, the round takes longer. One repeat at ${levels.at(-1)}x tells.`;
}

/** `Forecast 1h 2m (46m to 1h 23m), measured 1h 3m 48s.` of the round that started then; undefined where none was forecast. */
export function scoreText({ scores }: Forecast, startedAt: string): string | undefined {
  const score = scores.find((one) => one.startedAt === startedAt);
  if (!score) return undefined;
  return `Forecast ${aboutText(score.forecastSeconds)} (${rangeText(score)}), measured ${formatDuration(score.measuredSeconds)}.`;
}

/** A row for each load: a level that was measured is a fact and has no forecast beside it. */
export function forecastRows({ points, measured }: Forecast): string[][] {
  return points.map((point) => {
    const rounds = measured.filter(({ load }) => load === point.load);
    const isMeasured = rounds.length > 0;
    return [
      `${point.load}x`,
      isMeasured ? rounds.map(({ seconds }) => formatDuration(seconds)).join(', ') : '–',
      isMeasured ? '–' : aboutText(point.makespanSeconds),
      isMeasured ? '–' : rangeText(point),
    ];
  });
}
