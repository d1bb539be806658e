import type { Forecast } from './comparisonModel.ts';
import { formatDuration } from './durations.ts';

type Answer = Pick<
  Forecast,
  'highestFit' | 'lowestMiss' | 'fitsUpTo' | 'breaksBetween' | 'mostLikely' | 'points'
>;

/**
 * The answer in one sentence, with what was measured told apart from what is forecast: "Fits at 2x (measured); breaks between
 * 2x and 4x, most likely at 3x (forecast 15m 40s, 80% band 14m 2s to 17m 10s)."
 */
export function forecastSentence(answer: Answer, largestMeasured: number): string {
  const { lowestMiss, fitsUpTo, breaksBetween } = answer;
  if (fitsUpTo === null && lowestMiss === 1) return 'Misses already at 1x (measured).';
  const upTo = answer.points.at(-1)?.load ?? largestMeasured;
  const fits = fitsText(answer);
  if (breaksBetween) {
    const [from, to] = breaksBetween;
    const missed = to === lowestMiss ? `${to}x missed (measured)` : undefined;
    if (fitsUpTo === null && to > 1)
      return `${missed ?? `Misses at ${to}x (forecast)`}; ${belowText(answer)}.`;
    if (fitsUpTo === null && lowestMiss === null) return 'Misses at every load (forecast).';
    if (fitsUpTo === null)
      return `${lowestMiss}x missed (measured); misses at ${lowestMiss === 2 ? '1x' : 'every load below'}, too (forecast).`;
    if (to - from === 1) return `${fits}; ${missed ?? `breaks at ${to}x (${forecastText(answer, to)})`}.`;
    // Where a round missed there is nothing left to forecast.
    const likely = answer.mostLikely === lowestMiss ? `; ${to}x missed (measured)` : likelyText(answer);
    return `${fits}; breaks between ${from}x and ${to}x${likely}.`;
  }
  if (fitsUpTo === upTo) return `${fits}, as far as rounds up to ${largestMeasured}x allow a forecast.`;
  const next = answer.points.find(({ load }) => load > (fitsUpTo ?? 0))?.load ?? upTo;
  const range = next === upTo ? `at ${upTo}x` : `from ${next}x to ${upTo}x`;
  return `${fits === '' ? 'No' : `${fits}; no`} certain answer ${range}: the window lies inside the forecast’s band${likelyText(answer)}.`;
}

function fitsText({ highestFit, fitsUpTo }: Answer): string {
  if (fitsUpTo === null) return '';
  if (highestFit === null) return `Fits up to ${fitsUpTo}x (forecast)`;
  const beyond = fitsUpTo > highestFit ? ` and up to ${fitsUpTo}x (forecast)` : '';
  return `Fits at ${highestFit}x (measured)${beyond}`;
}

/** Nothing fits for certain, and `to` misses: what of the loads below? */
function belowText({ breaksBetween, mostLikely, points }: Answer): string {
  const below = (breaksBetween?.[1] ?? 1) - 1;
  const which = below === 1 ? 'at 1x' : `from 1x to ${below}x`;
  const first = points.find((point) => point.load === mostLikely && point.load <= below);
  return `${which} the window lies inside the forecast’s band${first ? likelyText({ mostLikely, points }) : ''}`;
}

function likelyText({ mostLikely, points }: Pick<Answer, 'mostLikely' | 'points'>): string {
  if (mostLikely === null || !points.some(({ load }) => load === mostLikely)) return '';
  return `, most likely at ${mostLikely}x (${forecastText({ points }, mostLikely)})`;
}

function forecastText({ points }: Pick<Answer, 'points'>, load: number): string {
  const point = points.find((one) => one.load === load);
  if (!point) return 'forecast';
  const { makespanSeconds, lowSeconds, highSeconds } = point;
  return `forecast ${formatDuration(makespanSeconds)}, 80% band ${formatDuration(lowSeconds)} to ${formatDuration(highSeconds)}`;
}
