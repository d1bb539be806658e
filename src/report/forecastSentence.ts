import type { Forecast } from './comparisonModel.ts';

/** The answer in one sentence: "Fits up to 5x; breaks between 5x and 7x." */
export function forecastSentence(
  { fitsUpTo, breaksBetween, points }: Pick<Forecast, 'fitsUpTo' | 'breaksBetween' | 'points'>,
  largestMeasured: number,
): string {
  const last = points.at(-1)?.load ?? largestMeasured;
  if (fitsUpTo === null)
    return breaksBetween
      ? `Does not fit for certain at any load; breaks below ${breaksBetween[1]}x.`
      : `No load up to ${last}x fits for certain, none misses for certain.`;
  if (breaksBetween)
    return `Fits up to ${fitsUpTo}x; breaks between ${breaksBetween[0]}x and ${breaksBetween[1]}x.`;
  if (fitsUpTo === last)
    return `Fits up to ${last}x, which is as far as ${largestMeasured}x allows a forecast.`;
  return `Fits up to ${fitsUpTo}x; above that the window lies inside the forecast's band.`;
}
