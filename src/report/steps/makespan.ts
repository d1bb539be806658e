import type { Report, ReportStep } from '../model/model.ts';

/**
 * Seconds of a round that a replay of its steps leaves out: the wait for the first start, and gaps between steps. Every replay adds
 * them, so that it compares with the measured runtime; 0 where nothing was replayed.
 */
export function unmodelledSeconds({ verdict, findings }: Pick<Report, 'verdict' | 'findings'>): number {
  const runtime = verdict.runtimeSeconds ?? 0;
  return Math.max(0, runtime - (findings.model.makespanSeconds ?? runtime));
}

/**
 * How long a set of steps takes on a number of slots, by list scheduling: each step in turn goes to the slot
 * that is free first (Graham 1969: at most 2 − 1/slots times the optimum).
 *
 * @param runSeconds in the order in which the steps are started
 */
export function makespan(runSeconds: ArrayLike<number>, slots: number): number {
  const freeAt = new Array<number>(Math.max(1, Math.min(slots, runSeconds.length))).fill(0);
  let last = 0;
  for (let step = 0; step < runSeconds.length; step++) {
    const end = (freeAt[0] ?? 0) + (runSeconds[step] ?? 0);
    last = Math.max(last, end);
    sinkFirst(freeAt, end);
  }
  return last;
}

/** Replaces the smallest value of a binary heap. */
function sinkFirst(heap: number[], value: number): void {
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= heap.length) break;
    const right = heap[child + 1];
    if (right !== undefined && right < (heap[child] ?? 0)) child++;
    const smaller = heap[child] ?? 0;
    if (smaller >= value) break;
    heap[at] = smaller;
    at = child;
  }
  heap[at] = value;
}

/** No schedule ends sooner than the work shared out evenly, nor sooner than the longest step. */
export function lowerBounds(
  runSeconds: readonly number[],
  slots: number,
): { workOverSlotsSeconds: number; longestStepSeconds: number } {
  return {
    workOverSlotsSeconds: runSeconds.reduce((work, seconds) => work + seconds, 0) / slots,
    longestStepSeconds: runSeconds.reduce((longest, seconds) => Math.max(longest, seconds), 0),
  };
}

/** The order in which the steps were really started; those that never were come first. */
export function inStartOrder(steps: readonly ReportStep[]): ReportStep[] {
  const startOf = (step: ReportStep) => (step.startedAt === null ? 0 : Date.parse(step.startedAt));
  const starts = new Map(steps.map((step) => [step, startOf(step)]));
  return steps.toSorted((a, b) => (starts.get(a) ?? 0) - (starts.get(b) ?? 0));
}
