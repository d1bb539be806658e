import { formatMeasured } from '../../../domain/text.ts';
import type { Report } from '../../model/model.ts';
import { populationText } from '../../summary/facts.ts';
import type { Block } from '../pageData.ts';

/** Average and percentiles of the time that steps ran and waited, with what they are of. */
export function metricsBlocks({ statistics }: Report): Block[] {
  const note = { kind: 'paragraph', line: populationText(statistics) } as const;
  if (statistics.n === 0) return [note];
  return [
    {
      kind: 'table',
      titles: ['Time', 'Average', 'Median (P50)', 'P95', 'P99'],
      rows: [
        ['Elapsed', ...fourOf(statistics)],
        ['Waited', ...fourOf(statistics.waiting)],
      ],
    },
    note,
  ];
}

function fourOf(figures: Report['statistics']['waiting']): string[] {
  return [figures.averageSeconds, figures.p50Seconds, figures.p95Seconds, figures.p99Seconds].map(
    formatMeasured,
  );
}
