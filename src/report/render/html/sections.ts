import { formatMeasured, plural, ratioText } from '../../../domain/text.ts';
import { localTime, offsetName, startText } from '../../../domain/time.ts';
import type { Report } from '../../model/model.ts';
import { statusWord } from '../../steps/checkTimes.ts';
import { populationText, summaryFacts } from '../../summary/facts.ts';
import { inBrief } from '../../summary/inBrief.ts';
import { comparisonBlocks, forecastBlocks } from './comparison.ts';
import { failureBlocks } from './failures.ts';
import type { Block, Line, Sections } from './pageData.ts';
import { type Places, placesOf, stepPiece } from './pieces.ts';
import { suggestionBlocks } from './suggestions.ts';

/** The verdict, when and where, and what a reader must know before trusting the numbers. */
export function headBlocks(report: Report): Block[] {
  const { verdict, round, clusterId, cluster, schedule, warnings } = report;
  const brief = inBrief(report);
  const { headline, sentence } = verdict;
  const known = [cluster.name, cluster.state].filter((text) => text !== undefined);
  return [
    { kind: 'paragraph', line: [{ strong: headline }, sentence.slice(headline.length)] },
    ...(brief.length === 0
      ? []
      : [
          {
            kind: 'list',
            items: brief.map(([name, text]): Line => [{ strong: name }, `: ${text}`]),
          } as const,
        ]),
    {
      kind: 'facts',
      facts: [
        ['Date', `${startText(round.startedAt)} (${offsetName(round.utcOffsetMinutes)})`],
        ['Round', `${round.number ?? 'by time alone'}, ${schedule} schedule`],
        ['Cluster', known.length === 0 ? clusterId : `${clusterId} (${known.join(', ')})`],
      ],
    },
    ...warnings.map((warning): Block => ({ kind: 'notice', line: warning })),
  ];
}

/** Method, population, sources, version. */
function provenanceBlocks({ provenance, statistics, counts, round, clusterConfig }: Report): Block[] {
  const parts = [
    `audit-load-test ${provenance.version}`,
    `${plural(counts.total, 'step')} created since ${startText(round.startedAt)}`,
    provenance.stepsKnownFromDiskOnly > 0 &&
      `${provenance.stepsKnownFromDiskOnly} of them known from disk only`,
    'source: EMR ListSteps and step logs',
    `percentiles: ${statistics.method} over ${statistics.population}`,
    clusterConfig?.digest !== undefined && `cluster config ${clusterConfig.digest.slice(0, 12)}`,
    clusterConfig?.releaseLabel !== undefined && clusterConfig.releaseLabel,
    provenance.resultsUri !== undefined && `check results: ${provenance.resultsUri}`,
  ];
  return [{ kind: 'paragraph', line: `${parts.filter((part) => part !== false).join('; ')}.` }];
}

/** The sections of report.md as plain text that the page's script puts in place. */
export function sectionsOf(report: Report): Sections {
  const places = placesOf(report);
  const { comparison } = report;
  return {
    head: headBlocks(report),
    summary: summaryBlocks(report),
    slowest: slowestBlocks(report, places),
    metrics: metricsBlocks(report),
    ...(comparison && { comparison: comparisonBlocks(comparison) }),
    ...(comparison?.forecast && { forecast: forecastBlocks(comparison.forecast, report.round.startedAt) }),
    failures: failureBlocks(report, places),
    suggestions: suggestionBlocks(report),
    provenance: provenanceBlocks(report),
  };
}

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

/** The title of the column of ratios; undefined when there is nothing to compare with. */
export function ratioTitle({ comparison }: Report): string | undefined {
  if (!comparison?.comparable) return undefined;
  return comparison.varies === 'load' ? `vs ${comparison.baseline.load}x` : 'vs last time';
}

/** The slowest steps; each name leads to its step. */
function slowestBlocks(report: Report, places: Places): Block[] {
  if (report.slowest.length === 0) return [{ kind: 'paragraph', line: 'No step has run.' }];
  const title = ratioTitle(report);
  const ratios = new Map(report.comparison?.checks.map((check) => [check.check, check.ratio]));
  const rows = report.slowest.map((id, index): Line[] => {
    const step = report.steps[places.get(id) ?? -1];
    const ratio = step?.state === 'COMPLETED' ? ratios.get(step.path ?? step.check) : undefined;
    return [
      String(index + 1),
      stepPiece(report, places, id),
      formatMeasured(step?.runSeconds ?? null),
      statusWord(step?.state ?? ''),
      step?.startedAt ? localTime(Date.parse(step.startedAt), report.round.utcOffsetMinutes) : '–',
      formatMeasured(step?.queueSeconds ?? null),
      ...(title === undefined ? [] : [ratio === undefined ? '–' : ratioText(ratio)]),
    ];
  });
  const titles = ['Rank', 'Step Name', 'Elapsed', 'Status', 'Start Time', 'Waited'];
  return [{ kind: 'table', titles: title === undefined ? titles : [...titles, title], rows }];
}

export function summaryBlocks(report: Report): Block[] {
  return [{ kind: 'facts', facts: summaryFacts(report) }];
}
