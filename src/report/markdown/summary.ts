import { costText, lostText } from '../costText.ts';
import { formatDuration, formatMeasured, windowName } from '../durations.ts';
import type { Report } from '../model.ts';
import { percent } from '../share.ts';
import { plain } from './escape.ts';

/** Counts and runtime under the names that the report always had, then what they mean for the window. */
export function summarySection(report: Report): string {
  const { counts, verdict, findings } = report;
  const { slots, bounds } = findings;
  const lines = [
    `- Total Steps: ${counts.total}`,
    `- Successful: ${counts.successful}`,
    `- Failed: ${counts.failed}`,
    `- Cancelled: ${counts.cancelled}`,
    counts.interrupted > 0 && `- Interrupted: ${counts.interrupted}`,
    counts.unfinished > 0 && `- Not finished: ${counts.unfinished}`,
    `- Total Runtime: ${formatMeasured(verdict.runtimeSeconds)}${counts.unfinished > 0 ? ' so far' : ''}`,
    `- Window: ${windowName(verdict.windowSeconds)}${slackText(verdict.slackSeconds)}`,
    findings.meanRunning !== null && `- Slots: ${slotsText(findings)}`,
    findings.waitingShare !== null &&
      `- Waiting: ${percent(findings.waitingShare)} of the steps' time was spent waiting for a slot${levelText(findings)}`,
    bounds.longestStepSeconds !== null &&
      `- No sooner than: ${boundsText(bounds, slots.limit)}${restText(report)}`,
    (findings.startGapSeconds ?? 0) >= 60 &&
      `- Before the first step started: ${formatMeasured(findings.startGapSeconds)}`,
    (findings.tail.seconds ?? 0) >= 60 &&
      `- Tail: the last ${formatMeasured(findings.tail.seconds)} ran on fewer than half of the slots`,
    findings.lostInstances.length > 0 && `- Lost: ${plain(lostText(findings.lostInstances))}`,
    report.cost !== null && `- Cost: ${plain(costText(report.cost))}`,
    findings.activeCapMet && `- Active steps: ${findings.peakActive} at once, the most that EMR takes is 256`,
  ];
  return ['## Summary', ...lines.filter((line) => line !== false)].join('\n');
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
    : `${mean} used on average, ${peakRunning} at most (the cluster's limit is not known)`;
}

function levelText({ waitingLevel }: Report['findings']): string {
  return waitingLevel === null || waitingLevel === 'low' ? '' : ` (${waitingLevel})`;
}

function boundsText(bounds: Report['findings']['bounds'], slots: number | null): string {
  const longest = `${formatMeasured(bounds.longestStepSeconds)} (the longest step)`;
  return bounds.workOverSlotsSeconds === null || slots === null
    ? longest
    : `${formatDuration(bounds.workOverSlotsSeconds)} (work ÷ ${slots} slots), ${longest}`;
}

function restText({ verdict, findings }: Report): string {
  const bound = Math.max(findings.bounds.workOverSlotsSeconds ?? 0, findings.bounds.longestStepSeconds ?? 0);
  const rest = (verdict.runtimeSeconds ?? 0) - bound;
  return rest >= 60 ? `; ${formatDuration(rest)} went to the start, gaps and the tail` : '';
}
