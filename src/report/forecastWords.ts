import type { Forecast } from './comparisonModel.ts';
import { formatDuration } from './durations.ts';
import { counted } from './words.ts';

/** How the forecast was made, and how wrong it is on what was measured; our own words and numbers. */
export function modelSentence(forecast: Forecast): string {
  const errors = forecast.errors.map(
    ({ load, error }) => `${error >= 0 ? '+' : ''}${Math.round(error * 100)}% at ${load}x`,
  );
  const exponent = forecast.exponent.toFixed(2);
  const model = exponent === '1.00' ? 'a + b·load' : `a + b·load^p, p ${exponent} or near it`;
  const { extrapolated, steady } = forecast;
  const open = forecast.levels.filter((load) => !forecast.measured.some((one) => one.load === load));
  const held =
    errors.length === 0
      ? 'could not be held against a round: no verdict is decided'
      : `is off by ${errors.join(', ')}, against the rounds that were measured`;
  return [
    `The model (${model} for each check, scheduled on the observed slots) ${held}.`,
    ...(extrapolated > 0
      ? [`${counted(extrapolated, 'check')} measured at one load only: taken to grow as the others do.`]
      : []),
    ...(steady > 0 ? [`${counted(steady, 'check')} taken to need as long at every load.`] : []),
    ...(open.length > 0
      ? [
          `Not decided at ${open.map((load) => `${load}x`).join(' and ')}: the times of the checks there count, the total runtime does not.`,
        ]
      : []),
    ...(forecast.levels.length < 3
      ? [
          `Two levels cannot show whether growth bends: p is presumed, and the band allows for more and for less.`,
        ]
      : []),
  ].join(' ');
}

/** Load, what was measured there, the forecast and its band: a row for each load. */
export function forecastRows({ points, measured }: Forecast): string[][] {
  return points.map(({ load, makespanSeconds, lowSeconds, highSeconds }) => {
    const rounds = measured.filter((one) => one.load === load).map(({ seconds }) => formatDuration(seconds));
    return [
      `${load}x`,
      rounds.length === 0 ? '–' : rounds.join(', '),
      formatDuration(makespanSeconds),
      `${formatDuration(lowSeconds)} to ${formatDuration(highSeconds)}`,
    ];
  });
}

export const forecastTitles = ['Load', 'Measured', 'Forecast', '80% Band'] as const;
