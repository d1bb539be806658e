import type { RoundFacts } from './facts.ts';
import type { Integrity, ReportStep } from './model.ts';
import { counted } from './words.ts';

/** What a reader must know before trusting the numbers; our own words. */
export function warn(
  facts: RoundFacts,
  load: number,
  integrity: Integrity,
  steps: readonly ReportStep[],
): string[] {
  const { missing, duplicate, foreign, runIds } = integrity;
  const backwards = steps.filter(
    (step) =>
      step.startedAt !== null &&
      (step.queueSeconds === null || (step.endedAt !== null && step.runSeconds === null)),
  ).length;
  return [
    ...facts.warnings,
    load !== facts.load &&
      `The steps ran at ${load}x, the round was marked as ${facts.load}x: this report is of ${load}x.`,
    missing.length > 0 && `${counted(missing.length, 'uploaded check')} did not run in this round.`,
    duplicate.length > 0 &&
      `${counted(duplicate.length, 'check')} ran more than once in this round; every run counts.`,
    foreign.length > 0 &&
      `${counted(foreign.length, 'step')} of another load, schedule or upload ran in this round; they count, because they took slots.`,
    runIds.length > 1 && `Steps of ${runIds.length} DAG runs lie in this round's time: rounds overlap.`,
    backwards > 0 &&
      `${counted(backwards, 'step')} ended before it started by EMR's stamps; no time was taken from it.`,
    facts.knownFromDiskOnly > 0 &&
      `EMR shows only the last 1,000 steps: ${counted(facts.knownFromDiskOnly, 'step')} came from what earlier looks kept on disk.`,
  ].filter((text) => text !== false);
}
