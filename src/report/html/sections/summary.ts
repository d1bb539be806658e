import { costText, lostText } from '../../costText.ts';
import { formatDuration, formatMeasured, windowName } from '../../durations.ts';
import type { Report } from '../../model.ts';
import { percent } from '../../share.ts';
import type { Block } from '../pageData.ts';

type Fact = readonly [name: string, value: string];

/** Counts and runtime, and where the time went. */
export function summaryBlocks({ counts, verdict, findings, cost }: Report): Block[] {
  const { slots, bounds, tail } = findings;
  const facts: (Fact | false)[] = [
    ['Total Steps', String(counts.total)],
    ['Successful', String(counts.successful)],
    ['Failed', String(counts.failed)],
    ['Cancelled', String(counts.cancelled)],
    counts.interrupted > 0 && ['Interrupted', String(counts.interrupted)],
    counts.unfinished > 0 && ['Not finished', String(counts.unfinished)],
    ['Total Runtime', `${formatMeasured(verdict.runtimeSeconds)}${counts.unfinished > 0 ? ' so far' : ''}`],
    ['Window', `${windowName(verdict.windowSeconds)}${slackText(verdict.slackSeconds)}`],
    findings.meanRunning !== null && ['Slots', slotsText(findings)],
    findings.waitingShare !== null && ['Waiting', waitingText(findings)],
    bounds.longestStepSeconds !== null && ['No sooner than', boundsText(bounds, slots.limit)],
    (findings.startGapSeconds ?? 0) >= 60 && [
      'Before the first step started',
      formatMeasured(findings.startGapSeconds),
    ],
    (tail.seconds ?? 0) >= 60 && ['Tail', `${formatMeasured(tail.seconds)} on fewer than half of the slots`],
    findings.lostInstances.length > 0 && ['Lost', lostText(findings.lostInstances)],
    cost !== null && ['Cost', costText(cost)],
    findings.activeCapMet && [
      'Active steps',
      `${findings.peakActive} at once, the most that EMR takes is 256`,
    ],
  ];
  return [{ kind: 'facts', facts: facts.filter((fact) => fact !== false) }];
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
    ? `${mean} of ${slots.limit} used on average, ${peakRunning} at most`
    : `${mean} used on average, ${peakRunning} at most (limit not known)`;
}

function waitingText({ waitingShare, waitingLevel }: Report['findings']): string {
  const level = waitingLevel === null || waitingLevel === 'low' ? '' : ` (${waitingLevel})`;
  return `${percent(waitingShare ?? 0)} of the steps' time spent waiting for a slot${level}`;
}

function boundsText(bounds: Report['findings']['bounds'], slots: number | null): string {
  const longest = `${formatMeasured(bounds.longestStepSeconds)} (the longest step)`;
  return bounds.workOverSlotsSeconds === null || slots === null
    ? longest
    : `${formatDuration(bounds.workOverSlotsSeconds)} (work ÷ ${slots} slots), ${longest}`;
}
