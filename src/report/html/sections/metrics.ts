import { formatMeasured } from '../../durations.ts';
import type { Report } from '../../model.ts';
import type { Block } from '../pageData.ts';

/** Average and percentiles of the time that steps ran and waited, with what they are of. */
export function metricsBlocks({ statistics }: Report): Block[] {
  const { n, waiting, method, population } = statistics;
  if (n === 0) return [{ kind: 'paragraph', line: `n = 0 ${population}: nothing to measure.` }];
  const near = n < 100 ? '; below n = 100 the P99 lies near the maximum' : '';
  return [
    {
      kind: 'table',
      titles: ['Time', 'Average', 'Median (P50)', 'P95', 'P99'],
      rows: [
        ['Elapsed', ...fourOf(statistics)],
        ['Waited', ...fourOf(waiting)],
      ],
    },
    { kind: 'paragraph', line: `n = ${n} ${population}; ${method}${near}.` },
  ];
}

function fourOf(figures: Report['statistics']['waiting']): string[] {
  return [figures.averageSeconds, figures.p50Seconds, figures.p95Seconds, figures.p99Seconds].map(
    formatMeasured,
  );
}
