import { formatMeasured } from '../durations.ts';
import type { Report } from '../model.ts';

/** Average and percentiles of the time that steps ran, with what they are of. */
export function metricsSection({ statistics }: Report): string {
  const { n, waiting } = statistics;
  const lines = [
    `- Average: ${formatMeasured(statistics.averageSeconds)}`,
    `- Median (P50): ${formatMeasured(statistics.p50Seconds)}`,
    `- P95: ${formatMeasured(statistics.p95Seconds)}`,
    `- P99: ${formatMeasured(statistics.p99Seconds)}`,
    n > 0 &&
      `- Waited: ${formatMeasured(waiting.averageSeconds)} on average, ${formatMeasured(waiting.p50Seconds)} median, ${formatMeasured(waiting.p95Seconds)} P95`,
  ].filter((line) => line !== false);
  return ['## Performance Metrics', ...lines, '', note(statistics)].join('\n');
}

function note({ n, method, population }: Report['statistics']): string {
  if (n === 0) return `n = 0 ${population}: nothing to measure.`;
  const near = n < 100 ? '; below n = 100 the P99 lies near the maximum' : '';
  return `n = ${n} ${population}; ${method}${near}.`;
}
