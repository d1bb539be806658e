import type { Report } from './model/model.ts';

/** What the average and the percentiles are of, and how they were taken. */
export function populationText({ n, method, population }: Report['statistics']): string {
  if (n === 0) return `n = 0 ${population}: nothing to measure.`;
  const near = n < 100 ? '; below n = 100 the P99 lies near the maximum' : '';
  const what = n === 1 ? population.replace(/\bsteps\b/, 'step') : population;
  return `n = ${n} ${what}; ${method}${near}.`;
}
