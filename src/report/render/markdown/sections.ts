import { formatMeasured, ratioText } from '../../../domain/text.ts';
import { localTime } from '../../../domain/time.ts';
import type { Report, ReportStep } from '../../model/model.ts';
import { statusWord } from '../../steps/checkTimes.ts';
import { populationText, summaryFacts } from '../../summary/facts.ts';

/**
 * Foreign text as one piece of a markdown line or table cell: nothing in it is markup, HTML, a link or the end of
 * the cell. Underscores inside words stay as they are: no renderer reads them as emphasis, and every check's name
 * is full of them.
 */
export function plain(text: string): string {
  return oneLine(text)
    .replace(/[\\`*[\]|~]/g, '\\$&')
    .replace(/(?<![\p{L}\p{N}_])_|_(?![\p{L}\p{N}_])/gu, '\\_')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/:\/\//g, '\\://');
}

/** Foreign text as code outside a table, with a fence longer than any run of backticks in it. */
export function code(text: string): string {
  const line = oneLine(text);
  if (line === '') return '';
  const longest = (line.match(/`+/g) ?? []).reduce((most, run) => Math.max(most, run.length), 0);
  const fence = '`'.repeat(longest + 1);
  const pad = line.startsWith('`') || line.endsWith('`') ? ' ' : '';
  return `${fence}${pad}${line}${pad}${fence}`;
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

/** A table; its cells are already escaped. */
export function table(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const rule = `|${titles.map((title) => '-'.repeat(title.length + 2)).join('|')}|`;
  return [line(titles), rule, ...rows.map(line)].join('\n');
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

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

/**
 * The seed's five columns, then how long the step waited and, where a lower level is at hand, how many times as long
 * as there it ran.
 *
 * @param ratioOf a step's elapsed ÷ that of the same check at the level before; null where it cannot be said
 */
export function slowestSection(
  report: Report,
  ratio: { title: string; of(step: ReportStep): number | null } | undefined,
): string {
  const byId = new Map(report.steps.map((step) => [step.id, step]));
  const rows = report.slowest.flatMap((id, index) => {
    const step = byId.get(id);
    return step ? [rowOf(step, index + 1, report.round.utcOffsetMinutes, ratio)] : [];
  });
  const titles = ['Rank', 'Step Name', 'Elapsed', 'Status', 'Start Time', 'Waited'];
  const body =
    rows.length === 0 ? 'No step has run.' : table(ratio ? [...titles, ratio.title] : titles, rows);
  return `## Top 20 Slowest Steps\n${body}`;
}

function rowOf(
  step: ReportStep,
  rank: number,
  offsetMinutes: number,
  ratio: { of(step: ReportStep): number | null } | undefined,
): string[] {
  const cells = [
    String(rank),
    plain(step.name),
    formatMeasured(step.runSeconds),
    plain(statusWord(step.state)),
    step.startedAt === null ? '–' : localTime(Date.parse(step.startedAt), offsetMinutes),
    formatMeasured(step.queueSeconds),
  ];
  const times = ratio?.of(step) ?? null;
  return ratio ? [...cells, times === null ? '–' : ratioText(times)] : cells;
}

export function summarySection(report: Report): string {
  const lines = summaryFacts(report).map(([name, value]) => `- ${name}: ${plain(value)}`);
  return ['## Summary', ...lines].join('\n');
}
