import { plural } from '../../../domain/text.ts';
import { offsetName, startText } from '../../../domain/time.ts';
import type { Report, ReportStep } from '../../model/model.ts';
import { inBrief } from '../../summary/inBrief.ts';
import { comparisonSection, forecastSection } from './comparison.ts';
import { failedSection } from './failures.ts';
import { code, metricsSection, plain, slowestSection, summarySection } from './sections.ts';
import { suggestionsSection } from './suggestions.ts';

/** Pictures that lie beside report.md, each with what it says for somebody who cannot see it. */
export interface Pictures {
  readonly timeline?: Picture;
  readonly distribution?: Picture;
  readonly growth?: Picture;
  readonly forecast?: Picture;
}

interface Picture {
  readonly path: string;
  readonly alt: string;
}

/** report.md: the verdict first, then the sections in the order in which an engineer asks. */
export function renderMarkdown(report: Report, pictures: Pictures = {}): string {
  return `${[
    headSection(report),
    summarySection(report) + pictureText(pictures.timeline),
    slowestSection(report, ratioColumn(report)),
    metricsSection(report) + pictureText(pictures.distribution),
    ...(report.comparison ? [comparisonSection(report.comparison) + pictureText(pictures.growth)] : []),
    ...(report.comparison?.forecast
      ? [forecastSection(report.comparison.forecast, report.round.startedAt) + pictureText(pictures.forecast)]
      : []),
    failedSection(report),
    suggestionsSection(report),
    provenanceSection(report),
  ].join('\n\n')}\n`;
}

/** How many times as long as at the level before; only where the two may be compared. */
function ratioColumn({
  comparison,
}: Report): { title: string; of(step: ReportStep): number | null } | undefined {
  if (!comparison?.comparable) return undefined;
  const ratios = new Map(comparison.checks.map((check) => [check.check, check.ratio]));
  const title = comparison.varies === 'load' ? `vs ${comparison.baseline.load}x` : 'vs last time';
  return {
    title,
    of: (step) => (step.state === 'COMPLETED' ? (ratios.get(step.path ?? step.check) ?? null) : null),
  };
}

function pictureText(picture: Picture | undefined): string {
  return picture ? `\n\n![${plain(picture.alt)}](${picture.path})` : '';
}

function headSection(report: Report): string {
  const { round, verdict, cluster } = report;
  const provisional = round.partial ? ' (*provisional*)' : '';
  const lines = [
    `# Load Test Report - ${report.load}x Load${provisional}`,
    `Date: ${startText(round.startedAt)} (${offsetName(round.utcOffsetMinutes)})`,
    `Cluster: ${plain(report.clusterId)}${clusterText(cluster)}`,
    `Round: ${round.number ?? 'by time alone'}, ${report.schedule} schedule`,
  ];
  const { headline, sentence } = verdict;
  const brief = inBrief(report).map(([name, text]) => `- ${name}: ${plain(text)}`);
  return [
    // Two blanks end a line in markdown without ending the paragraph.
    lines[0],
    lines.slice(1).join('  \n'),
    '',
    `**${headline}**${sentence.slice(headline.length)}`,
    ...(brief.length === 0 ? [] : ['', ...brief]),
    ...report.warnings.map((warning) => `\n> ${plain(warning)}`),
  ].join('\n');
}

function clusterText({ name, state }: Report['cluster']): string {
  const known = [name, state].filter((text) => text !== undefined).map(plain);
  return known.length === 0 ? '' : ` (${known.join(', ')})`;
}

function provenanceSection({ statistics, provenance, counts, round, clusterConfig }: Report): string {
  const parts = [
    `audit-load-test ${provenance.version}`,
    `${plural(counts.total, 'step')} created since ${startText(round.startedAt)}`,
    provenance.stepsKnownFromDiskOnly > 0 &&
      `${provenance.stepsKnownFromDiskOnly} of them known from disk only`,
    'source: EMR ListSteps and step logs',
    `percentiles: ${statistics.method} over ${statistics.population}`,
    clusterConfig?.digest !== undefined && `cluster config ${clusterConfig.digest.slice(0, 12)}`,
    clusterConfig?.releaseLabel !== undefined && plain(clusterConfig.releaseLabel),
    provenance.resultsUri !== undefined && `check results: ${code(provenance.resultsUri)}`,
  ];
  return `---\n${parts.filter((part) => part !== false).join('; ')}.`;
}
