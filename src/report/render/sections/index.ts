import { formatMeasured, plural, ratioText } from '../../../domain/text.ts';
import { localTime, offsetName, startText } from '../../../domain/time.ts';
import { whyText } from '../../evidence/text.ts';
import { checkName } from '../../model/checkKey.ts';
import type { Report, ReportStep } from '../../model/model.ts';
import { statusWord } from '../../steps/checkTimes.ts';
import { boundsTexts, populationText, summaryFacts } from '../../summary/facts.ts';
import { briefLists, inBrief } from '../../summary/inBrief.ts';
import { verdictStart } from '../../verdict/verdict.ts';
import {
  type Block,
  type Fact,
  factList,
  type Line,
  list,
  type Medium,
  paragraphs,
  type Section,
  stepsById,
} from './blocks.ts';
import { comparisonSection, forecastSection } from './comparison.ts';
import { failureBlocks } from './failures.ts';
import { suggestionBlocks, toFitBlocks, toFitTitle } from './suggestions.ts';

/** The sections of a report, in the order in which an engineer asks. */
export function sectionsOf(report: Report, medium: Medium): Section[] {
  const { comparison, round } = report;
  const toFit = medium === 'page' ? toFitBlocks(report) : [];
  return [
    ...(toFit.length === 0 ? [] : [{ id: 'to-fit', title: toFitTitle(report), blocks: toFit }]),
    { id: 'summary', title: 'Summary', picture: 'timeline', blocks: summaryBlocks(report) },
    { id: 'slowest', title: 'Top 20 Slowest Steps', blocks: slowestBlocks(report) },
    {
      id: 'metrics',
      title: 'Performance Metrics',
      picture: 'distribution',
      blocks: metricsBlocks(report, medium),
    },
    ...(comparison ? [comparisonSection(comparison)] : []),
    ...(comparison?.forecast ? [forecastSection(comparison.forecast, round.startedAt)] : []),
    { id: 'failures', title: 'Failed Steps', blocks: failureBlocks(report, medium) },
    { id: 'suggestions', title: 'Optimization Suggestions', blocks: suggestionBlocks(report, medium) },
  ];
}

/** The verdict, and what a reader must know before trusting the numbers. */
export function headBlocks(report: Report): Block[] {
  return [...verdictBlocks(report), ...briefBlocks(report), ...noticeBlocks(report)];
}

export function verdictBlocks(report: Report): Block[] {
  return paragraphs(verdictLine(report));
}

/** For a reader who stops there. */
function briefBlocks(report: Report): Block[] {
  return factList(inBrief(report));
}

/** The same for the page: what has several answers is a list, and it says where the time went, which report.md does just below. */
export function pageBriefBlocks(report: Report): Block[] {
  const { longestStepSeconds } = report.findings.bounds;
  const [bounds = '', ...beyond] = boundsTexts(report);
  return factList([
    ...briefLists(report).map(([name, texts]) => itemsFact(name, texts)),
    ...(longestStepSeconds === null ? [] : [itemsFact('Time', [`At least ${bounds}`, ...beyond])]),
  ]);
}

function itemsFact(name: string, texts: readonly string[]): Fact {
  return [name, texts.map((item) => ({ item }))];
}

export function noticeBlocks({ warnings }: Report): Block[] {
  return warnings.map((line) => ({ kind: 'notice', line }));
}

/** `4x 15m: **missed** the 15-minute window by 7m 19s`. */
function verdictLine(report: Report): Line {
  const { headline, sentence } = report.verdict;
  const start = verdictStart(report);
  return [start, { strong: headline }, sentence.slice(start.length + headline.length)];
}

/** When and where the round ran. */
export function roundFacts({ round, clusterId, cluster, schedule }: Report) {
  const known = [cluster.name, cluster.state].filter((text) => text !== undefined);
  return {
    Date: `${startText(round.startedAt)} (${offsetName(round.utcOffsetMinutes)})`,
    Round: `${round.number ?? 'by time alone'}, ${schedule} schedule`,
    Cluster: known.length === 0 ? clusterId : `${clusterId} (${known.join(', ')})`,
  };
}

export function summaryBlocks(report: Report): Block[] {
  return factList(
    summaryFacts(report).map(([name, value]) =>
      typeof value === 'string' ? [name, value] : itemsFact(name, value),
    ),
  );
}

/** The slowest steps; each name leads to its step. */
function slowestBlocks(report: Report): Block[] {
  if (report.slowest.length === 0) return paragraphs('No step has run.');
  const steps = stepsById(report);
  const ratios = ratiosOf(report);
  const rows = report.slowest.flatMap((id, index): Line[][] => {
    const found = steps.get(id);
    if (!found) return [];
    const { name, step } = found;
    const ratio = ratios?.of(step);
    return [
      [
        String(index + 1),
        name,
        formatMeasured(step.runSeconds),
        statusWord(step.state),
        step.startedAt === null ? '–' : localTime(Date.parse(step.startedAt), report.round.utcOffsetMinutes),
        formatMeasured(step.queueSeconds),
        ...(ratios ? [ratio === undefined ? '–' : ratioText(ratio)] : []),
      ],
    ];
  });
  const titles = ['Rank', 'Step Name', 'Elapsed', 'Status', 'Start Time', 'Waited'];
  return [
    { kind: 'table', titles: ratios ? [...titles, ratios.title] : titles, rows, numbers: [0, 2, 4, 5, 6] },
    ...whyBlocks(report, ratios?.of),
  ];
}

const whyShown = 10;

/** What the event logs say of the slowest steps. */
function whyBlocks(report: Report, ratioOf: ((step: ReportStep) => number | undefined) | undefined): Block[] {
  const steps = new Map(report.steps.map((step) => [step.id, step]));
  const grown = new Map(report.eventLogs?.rows?.checks.map((one) => [one.check, one]));
  const lines = report.slowest.flatMap((id): Line[] => {
    const step = steps.get(id);
    if (!step?.evidence) return [];
    return [`${step.name}: ${whyText(step.evidence, grown.get(checkName(step)), ratioOf?.(step))}`];
  });
  if (lines.length === 0) return [];
  return [...paragraphs('Why, by their Spark event logs:'), ...list(lines.slice(0, whyShown))];
}

/** How many times as long a completed step ran as at the level before; undefined where the two may not be compared. */
export function ratiosOf({ comparison }: Report) {
  if (!comparison?.comparable) return undefined;
  const ratios = new Map(comparison.checks.map(({ check, ratio }) => [check, ratio]));
  return {
    title: comparison.varies === 'load' ? `vs ${comparison.baseline.load}x` : 'vs last time',
    of: (step: ReportStep) => (step.state === 'COMPLETED' ? ratios.get(step.path ?? step.check) : undefined),
  };
}

/** Average and percentiles of the time that steps ran and waited, with what they are of. */
export function metricsBlocks({ statistics }: Report, medium: Medium): Block[] {
  const figuresOf = (figures: Report['statistics']['waiting']) =>
    [figures.averageSeconds, figures.p50Seconds, figures.p95Seconds, figures.p99Seconds].map(formatMeasured);
  const names = ['Average', 'Median (P50)', 'P95', 'P99'];
  const elapsed = figuresOf(statistics);
  const waited = figuresOf(statistics.waiting);
  const note = paragraphs(populationText(statistics));
  if (medium === 'page') {
    const rows = [
      ['Elapsed', ...elapsed],
      ['Waited', ...waited],
    ];
    return statistics.n === 0
      ? note
      : [{ kind: 'table', titles: ['Time', ...names], rows, numbers: [1, 2, 3, 4] }, ...note];
  }
  const [average, median, p95] = waited;
  const facts = names.map((name, index): Fact => [name, elapsed[index] ?? '']);
  if (statistics.n > 0) facts.push(['Waited', `${average} on average, ${median} median, ${p95} P95`]);
  return [...factList(facts), ...note];
}

/** Version, population, sources and method. */
export function provenanceBlocks(report: Report, medium: Medium): Block[] {
  const { provenance, statistics, counts, round, clusterConfig } = report;
  const { version, stepsKnownFromDiskOnly: fromDisk, resultsUri } = provenance;
  const parts = [
    `audit-load-test ${version}`,
    `${plural(counts.total, 'step')} created since ${startText(round.startedAt)}`,
    fromDisk > 0 && `${fromDisk} of them known from disk only`,
    report.eventLogs?.status === 'read'
      ? 'source: EMR ListSteps, step logs and Spark event logs'
      : 'source: EMR ListSteps and step logs',
    `percentiles: ${statistics.method} over ${statistics.population}`,
    clusterConfig?.digest !== undefined && `cluster config ${clusterConfig.digest.slice(0, 12)}`,
    clusterConfig?.releaseLabel,
  ].filter((part) => typeof part === 'string');
  const results =
    resultsUri === undefined
      ? []
      : ['; check results: ', medium === 'page' ? resultsUri : { code: resultsUri }];
  return paragraphs([parts.join('; '), ...results, '.']);
}
