import type { ReportStep } from '../model/model.ts';
import { bucketOf } from './checkTimes.ts';

/** How many steps were running, waiting and active between one event and the next. */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
  readonly running: number;
  readonly waiting: number;
}

/**
 * The round as spans of constant occupancy, in time order. A step waits from its creation to its start (or, when
 * it was cancelled before it started, to its end) and runs from its start to its end; one without an end counts
 * to `untilMs`.
 */
export function occupancy(steps: readonly ReportStep[], untilMs: number): Span[] {
  const changes = new Map<number, { running: number; waiting: number }>();
  const change = (atMs: number, running: number, waiting: number) => {
    const at = changes.get(atMs) ?? { running: 0, waiting: 0 };
    changes.set(atMs, { running: at.running + running, waiting: at.waiting + waiting });
  };
  for (const step of steps) {
    const { createdMs, startedMs, endedMs } = stampsOf(step);
    const from = Math.min(createdMs, startedMs ?? createdMs);
    const over = Math.max(endedMs ?? untilMs, from);
    const start = Math.min(startedMs ?? over, over);
    change(from, 0, 1);
    change(start, 1, -1);
    change(over, -1, 0);
  }
  const times = [...changes.keys()].sort((a, b) => a - b);
  const spans: Span[] = [];
  let running = 0;
  let waiting = 0;
  for (const [index, fromMs] of times.entries()) {
    running += changes.get(fromMs)?.running ?? 0;
    waiting += changes.get(fromMs)?.waiting ?? 0;
    const toMs = times[index + 1];
    if (toMs !== undefined) spans.push({ fromMs, toMs, running, waiting });
  }
  return spans;
}

/** The stamps of a step in milliseconds. */
interface Stamps {
  readonly createdMs: number;
  readonly startedMs: number | null;
  readonly endedMs: number | null;
}

/** A report asks for the stamps of each step a dozen times, and reading a date is most of what drawing a large round costs. */
const known = new WeakMap<ReportStep, Stamps>();

export function stampsOf(step: ReportStep): Stamps {
  const before = known.get(step);
  if (before) return before;
  const stamps = {
    createdMs: Date.parse(step.createdAt),
    startedMs: step.startedAt === null ? null : Date.parse(step.startedAt),
    endedMs: step.endedAt === null ? null : Date.parse(step.endedAt),
  };
  known.set(step, stamps);
  return stamps;
}

/** The step that set the end of the round; undefined while steps are active, because then nothing has. */
export function lastEnded(steps: readonly ReportStep[]): ReportStep | undefined {
  if (steps.some((step) => step.endedAt === null && bucketOf(step.state) === 'unfinished')) return undefined;
  let last: ReportStep | undefined;
  for (const step of steps) if (step.endedAt !== null && step.endedAt > (last?.endedAt ?? '')) last = step;
  return last;
}

export interface RoundTimes {
  /** The first creation or start of a step, whichever is earlier: EMR has stamped creations after starts. */
  readonly firstCreatedMs: number;
  readonly firstStartedMs: number | null;
  /** The last stamp of a step; while steps are active, the last moment that is known of the round. */
  readonly lastMs: number;
}

/** When the round began and ended; undefined for a round without steps. */
export function roundTimes(steps: readonly ReportStep[], observedMs?: number): RoundTimes | undefined {
  let firstCreatedMs = Number.POSITIVE_INFINITY;
  let firstStartedMs: number | null = null;
  let lastMs = Number.NEGATIVE_INFINITY;
  let someActive = false;
  for (const step of steps) {
    const { createdMs, startedMs, endedMs } = stampsOf(step);
    firstCreatedMs = Math.min(firstCreatedMs, createdMs, startedMs ?? createdMs);
    if (startedMs !== null) firstStartedMs = Math.min(firstStartedMs ?? startedMs, startedMs);
    lastMs = Math.max(lastMs, createdMs, startedMs ?? createdMs, endedMs ?? createdMs);
    // A step that was cancelled with its cluster may have no end, and is no reason to wait for one.
    someActive ||= endedMs === null && bucketOf(step.state) === 'unfinished';
  }
  if (steps.length === 0) return undefined;
  if (someActive && observedMs !== undefined) lastMs = Math.max(lastMs, observedMs);
  return { firstCreatedMs, firstStartedMs, lastMs };
}
