import { coverageText, shortCauses, unscaledText } from '../../domain/coverage.ts';
import { formatDuration, formatMeasured, percent, plural, windowName } from '../../domain/text.ts';
import { logsReadText } from '../evidence/text.ts';
import type { Cost, LostInstances } from '../model/findings.ts';
import type { Report } from '../model/model.ts';
import { isBroken } from '../steps/comparable.ts';
import { leftOut } from '../steps/cost.ts';

/** In words, not escaped: "2.41 USD for 5 instances, 1.14 instance-hours within the round (prices of 2025-12-01)". */
function costText(cost: Cost, usdWithStart: number | undefined): string {
  const count = cost.instances.reduce((sum, one) => sum + one.count, 0);
  const used = `${plural(count, 'instance')}, ${cost.hours.toFixed(2)} instance-hours within the round`;
  if (cost.currency === null) return `not priced: no price table was read (${used})`;
  const left = cost.notPriced.length === 0 ? '' : `; not priced: ${cost.notPriced.join(', ')}`;
  const total = cost.total === null ? 'not priced' : `${cost.total.toFixed(2)} ${cost.currency}`;
  const table = cost.examplePrices ? 'example prices' : 'prices';
  const up =
    cost.upPerHour === null
      ? ''
      : `; the cluster was still up: ${cost.upPerHour.toFixed(2)} ${cost.currency} an hour`;
  const start =
    usdWithStart === undefined || usdWithStart.toFixed(2) === cost.total?.toFixed(2)
      ? ''
      : `; ${usdWithStart.toFixed(2)} ${cost.currency} with the start of the cluster`;
  return `${total} for ${used} (${table} of ${cost.pricesOf ?? ''}${left})${start}; without ${leftOut}${up}`;
}

/** In words, not escaped: "2 instances lost during the round: m6i.2xlarge SPOT (Instance failure) …". */
function lostText(lost: LostInstances): string {
  const shown = lost.slice(0, 5).map((one) => `${one.type} ${one.market} (${one.reason})`);
  const more = lost.length > shown.length ? ` and ${lost.length - shown.length} more` : '';
  const spot = lost.filter((one) => one.market === 'SPOT').length;
  return `${plural(lost.length, 'instance')} lost during the round, ${spot} of them spot: ${shown.join(', ')}${more}`;
}

/** Why there is no suggestion. Where nothing was measured, no number could have asked for one. */
export function noneText(
  report: Pick<Report, 'cluster' | 'counts' | 'statistics' | 'toFit'>,
): string | undefined {
  const { counts, statistics, toFit } = report;
  if (counts.total === 0) return 'Not measured: the round has no steps.';
  if (statistics.n === 0) return 'Not measured: no step completed with a start and an end.';
  if (isBroken(report)) return 'None: most of the round failed, so its numbers say nothing about settings.';
  const isAsked = toFit !== null && (toFit.options.length > 0 || toFit.saving?.savesUsdPerDay !== undefined);
  return isAsked ? undefined : 'None: no number of this round asks for a change.';
}

/** What the average and the percentiles are of, and how they were taken. */
export function populationText({ n, method, population }: Report['statistics']): string {
  if (n === 0) return `n = 0 ${population}: nothing to measure.`;
  const near = n < 100 ? '; below n = 100 the P99 lies near the maximum' : '';
  const what = n === 1 ? population.replace(/\bsteps\b/, 'step') : population;
  return `n = ${n} ${what}; ${method}${near}.`;
}

/** With the start of the cluster, which every round pays that makes one; it is not in the runtime. */
function runtimeText({ verdict, counts, cluster: { startUp } }: Report): string {
  const soFar = counts.unfinished > 0 ? ' so far' : '';
  const start = startUp
    ? ` (${formatDuration(startUp.totalSeconds)} from the creation of the cluster, which was ready after ${formatDuration(startUp.readySeconds)})`
    : '';
  return `${formatMeasured(verdict.runtimeSeconds)}${soFar}${start}`;
}

/** A name and its value, or several; they may contain foreign text and are not escaped. */
type SummaryFact = readonly [name: string, value: string | readonly string[]];

/** Counts and runtime under the names that the report always had, then what they mean for the window. */
export function summaryFacts(report: Report): SummaryFact[] {
  const { counts, verdict, findings, cost, eventLogs } = report;
  const facts: (SummaryFact | false)[] = [
    ['Total Steps', String(counts.total)],
    ['Successful', String(counts.successful)],
    ['Failed', String(counts.failed)],
    ['Cancelled', String(counts.cancelled)],
    counts.interrupted > 0 && ['Interrupted', String(counts.interrupted)],
    counts.unfinished > 0 && ['Not finished', String(counts.unfinished)],
    ['Checks', checksText(report.integrity)],
    ['Load', loadText(report)],
    ['Total Runtime', runtimeText(report)],
    ['Window', `${windowName(verdict.windowSeconds)}${slackText(verdict.slackSeconds)}`],
    findings.meanRunning !== null && ['Slots', slotsText(findings)],
    findings.waitingShare !== null && [
      'Waiting',
      `${percent(findings.waitingShare)} of the steps' time was spent waiting for a slot`,
    ],
    findings.bounds.longestStepSeconds !== null && ['Lower bound', boundsTexts(report)],
    (findings.startGapSeconds ?? 0) >= 60 && [
      'Before the first step started',
      formatMeasured(findings.startGapSeconds),
    ],
    (findings.tail.seconds ?? 0) >= 60 && [
      'Tail',
      `the last ${formatMeasured(findings.tail.seconds)} ran on fewer than half of the slots`,
    ],
    findings.lostInstances.length > 0 && ['Lost', lostText(findings.lostInstances)],
    eventLogs?.status === 'read' && ['Event logs', logsReadText(eventLogs)],
    cost !== null && ['Cost', costText(cost, report.toFit?.now.usdPerRound)],
    findings.activeCapMet && [
      'Active steps',
      `${findings.peakActive} at once, the most that EMR takes is 256`,
    ],
  ];
  return facts.filter((fact) => fact !== false);
}

function busySlots(limit: number, from: Report['findings']['slots']['from']): string {
  if (from !== 'cluster') return `as many slots as were busy at once (${limit})`;
  return limit === 1 ? 'the one slot' : `all ${limit} slots`;
}

/** Where the time beyond the work of all slots went; the parts add up to it. */
function idleText({ lost }: Report['findings'], rest: number): string | false {
  if (lost === null) return false;
  const [before, gaps] = [Math.round(lost.beforeFirstStartSeconds), Math.round(lost.gapsSeconds)];
  // What rounding leaves over goes to the longest part by far.
  const parts = [
    [before, 'before the first step started'],
    [gaps, 'of idle slots in between'],
    [Math.round(lost.tailSeconds) >= 1 ? rest - before - gaps : 0, 'of idle slots at the end'],
  ] as const;
  const named = parts
    .filter(([seconds]) => seconds >= 1)
    .map(([seconds, what]) => `${formatDuration(seconds)} ${what}`);
  return `${formatDuration(rest)} beyond the work: ${named.join(', ')}`;
}

/** The step that ended last, and whether it waited or ran long. */
function lastText({ findings: { lost }, steps }: Report): string | false {
  if (lost === null) return false;
  const { step, startedAfterSeconds, runSeconds } = lost.last;
  const name = steps.find(({ id }) => id === step)?.name ?? step;
  return `${name} ended last: it started after ${formatDuration(startedAfterSeconds)} and ran ${formatDuration(runSeconds)}`;
}

/** What was uploaded against what was found. */
function checksText({ expected, missing, duplicate, foreign }: Report['integrity']): string {
  const more = [
    duplicate.length > 0 && `${duplicate.length} of them more than one`,
    foreign.length > 0 && `${plural(foreign.length, 'step')} of another load, schedule or upload`,
  ].filter((text) => text !== false);
  const found =
    expected === null
      ? 'not compared with the uploaded ones, which were not listed'
      : expected === 0
        ? 'none is uploaded for this schedule and load'
        : `${expected - missing.length} of ${plural(expected, 'uploaded check')} ${expected === 1 ? 'has' : 'have'} a step in this round`;
  return [found, ...more].join('; ');
}

const namesShown = 12;

/** `23 of 31 15m checks scaled; 8 run at 1x: names`. */
function loadText({ load, coverage }: Report): string {
  if (load === 1) return '1x: the baseline';
  if (coverage === null) return 'not recorded: which of these checks were scaled is not known';
  const { unscaledTotal, narrows, missing } = coverage;
  const names = unscaledTotal === 0 ? '' : `: ${unscaledText(coverage, namesShown)}`;
  const less = narrows.length === 0 ? '' : `; read less: ${narrows.slice(0, namesShown).join(', ')}`;
  const files = missing.reduce((sum, { total }) => sum + total, 0);
  const left = missing.map(({ cause, total }) => `${total} ${shortCauses[cause]}`).join(', ');
  const out = files === 0 ? '' : `; ${plural(files, 'file')} not run (${left})`;
  return `${coverageText(coverage)}${names}${less}${out}`;
}

function slackText(slackSeconds: number | null): string {
  if (slackSeconds === null) return '';
  return slackSeconds >= 0
    ? `, slack ${formatDuration(slackSeconds)}`
    : `, over by ${formatDuration(-slackSeconds)}`;
}

function slotsText({ slots, meanRunning, peakRunning }: Report['findings']): string {
  const mean = (meanRunning ?? 0).toFixed(1);
  return slots.from === 'cluster'
    ? `${mean} of ${slots.limit} busy on average, ${peakRunning} at most (a slot runs one step at a time)`
    : `${mean} busy on average, ${peakRunning} at most (a slot runs one step at a time; how many there are is not known)`;
}

/** The two lower bounds, and what the round took beyond the higher of them: at most three short texts. */
export function boundsTexts(report: Report): string[] {
  const { verdict, findings } = report;
  const { bounds, slots } = findings;
  const { workOverSlotsSeconds: work, longestStepSeconds: longest } = bounds;
  const highest = Math.max(work ?? 0, longest ?? 0);
  const rest = Math.round(verdict.runtimeSeconds ?? 0) - Math.round(highest);
  const parts = [
    work !== null &&
      slots.limit !== null &&
      `${formatDuration(work)} with ${busySlots(slots.limit, slots.from)} busy to the end`,
    `${formatMeasured(longest)} for the longest step alone`,
  ].filter((text) => text !== false);
  const never = highest > verdict.windowSeconds ? ': no order of these steps fits the window' : '';
  const isSetByWork = (work ?? 0) > (longest ?? 0);
  return [
    `${parts.join(', ')}${never}`,
    rest >= 60 && isSetByWork && idleText(findings, rest),
    rest >= 60 && lastText(report),
  ].filter((text) => text !== false);
}
