import { formatMeasured } from '../../domain/text.ts';
import type { Report } from '../model/model.ts';
import { populationText } from '../summary/facts.ts';

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
  return ['## Performance Metrics', ...lines, '', populationText(statistics)].join('\n');
}
