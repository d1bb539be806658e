/** reports/README.md: every round of every load in one table, for people. */
import { coverageText } from '../../domain/coverage.ts';
import { maskSecrets } from '../../domain/foreignText.ts';
import { formatMeasured } from '../../domain/text.ts';
import type { StoredReport } from '../choose.ts';
import type { Report } from '../model/model.ts';
import { capacityText } from '../summary/inBrief.ts';
import { plain } from './markdown.ts';

/** @param given oldest first; the newest stands at the top */
export function recordPage(given: readonly StoredReport[]): string {
  const newestFirst = maskSecrets([...given]).toReversed();
  const [newest] = newestFirst;
  return `${[
    '# Load tests',
    'Each build of a report rewrites this page, except for what stands below `## Notes` at its end.',
    table(newestFirst),
    ...(newest === undefined ? [] : ['## For a pull request', pullRequest(newest)]),
  ].join('\n\n')}\n`;
}

const titles = ['Load', 'Schedule', 'Report', 'Runtime', 'Verdict', 'Failed', 'Coverage', 'Cost', 'Capacity'];

function table(stored: readonly StoredReport[]): string {
  const rows = stored.map(({ directory, report }) =>
    [
      `${report.load}x`,
      report.schedule,
      `[${directory}](${directory}/report.md)`,
      ...factsOf(report).map(([, value]) => plain(value)),
    ].join(' | '),
  );
  const head = [titles.join(' | '), titles.map(() => '---').join(' | ')];
  return [...head, ...rows].map((row) => `| ${row} |`).join('\n');
}

function factsOf(report: Report): [string, string][] {
  const { verdict, steps, coverage, cost } = report;
  const failed = steps.filter(({ failure }) => failure !== undefined).length;
  const example = cost?.examplePrices ? ' (example prices)' : '';
  const price =
    cost?.total == null ? 'not known' : `${cost.total.toFixed(2)} ${cost.currency ?? ''}${example}`.trim();
  return [
    ['Runtime', formatMeasured(verdict.runtimeSeconds)],
    ['Verdict', `${verdict.headline}${report.round.partial ? ' (provisional)' : ''}`],
    ['Failed', `${failed} of ${steps.length}`],
    ['Coverage', coverage === null ? 'not recorded' : coverageText(coverage)],
    ['Cost', price],
    ['Capacity', capacityText(report) ?? 'not known'],
  ];
}

/** Five lines. */
function pullRequest({ directory, report }: StoredReport): string {
  const facts = new Map(factsOf(report));
  return [
    `Load test ${report.load}x ${report.schedule}: ${plain(report.verdict.headline)}`,
    `- Runtime: ${facts.get('Runtime')}; failed: ${facts.get('Failed')}`,
    `- Coverage: ${facts.get('Coverage')}`,
    `- Cost: ${facts.get('Cost')}; capacity: ${plain(facts.get('Capacity') ?? '')}`,
    `- Report: ${directory}/report.md`,
  ].join('\n');
}
