import type { RoundFacts } from '../model/facts.ts';
import type { Findings } from '../model/findings.ts';
import type { ReportStep } from '../model/model.ts';
import { milli, sum } from '../statistics/statistics.ts';
import { bucketOf } from './checkTimes.ts';
import { lostInstances } from './cost.ts';
import { inStartOrder, lowerBounds, makespan } from './makespan.ts';
import { occupancy, type RoundTimes, roundTimes, type Span, stampsOf } from './occupancy.ts';

/** EMR takes at most this many PENDING and RUNNING steps a cluster. */
export const activeStepCap = 256;

interface FindingFacts extends Pick<RoundFacts, 'observedMs' | 'instances'> {
  readonly steps: readonly ReportStep[];
  readonly stepConcurrencyLevel: number | undefined;
  /** Fixed seconds of a step, where several loads were measured. */
  readonly fittedOverheadSeconds: number | undefined;
}

/** Where the round's time went, from what EMR's API says alone. */
export function findFrom(facts: FindingFacts): Findings {
  const { steps } = facts;
  const times = roundTimes(steps, facts.observedMs);
  const spans = times ? occupancy(steps, times.lastMs) : [];
  const ran = inStartOrder(steps.filter((step) => step.runSeconds !== null));
  const runs = ran.map((step) => step.runSeconds ?? 0);
  const work = sum(runs);
  const peakRunning = spans.reduce((peak, span) => Math.max(peak, span.running), 0);
  const slots = slotsOf(facts.stepConcurrencyLevel, peakRunning);
  const count = slots.limit ?? 1;
  const bounds = lowerBounds(runs, count);
  const modelled = runs.length > 0 && slots.limit !== null;
  // A step that still runs has no time yet: a bound without it is not that of the round.
  const isOver = steps.every((step) => bucketOf(step.state) !== 'unfinished');
  const peakActive = spans.reduce((peak, span) => Math.max(peak, span.running + span.waiting), 0);
  return {
    slots,
    peakRunning,
    meanRunning: meanRunning(spans, times),
    workSeconds: milli(work),
    waitingShare: waitingShare(ran, work),
    startGapSeconds:
      times && times.firstStartedMs !== null
        ? milli(Math.max(0, times.firstStartedMs - times.firstCreatedMs) / 1000)
        : null,
    bounds: {
      workOverSlotsSeconds: modelled && isOver ? milli(bounds.workOverSlotsSeconds) : null,
      longestStepSeconds: runs.length > 0 && isOver ? milli(bounds.longestStepSeconds) : null,
    },
    lost: isOver ? lostTime(spans, steps, times, slots.limit) : null,
    tail: tailOf(spans, steps, times, slots.limit),
    peakActive,
    activeCapMet: peakActive >= activeStepCap,
    overhead: overheadOf(facts, runs, work),
    model: modelOf(runs, count, times, modelled),
    lostInstances: lostInstances(facts.instances ?? [], times),
    notMeasured: notMeasured(slots, facts),
  };
}

function slotsOf(level: number | undefined, peakRunning: number): Findings['slots'] {
  if (level !== undefined) return { limit: level, from: 'cluster' };
  return peakRunning > 0 ? { limit: peakRunning, from: 'observed peak' } : { limit: null, from: 'unknown' };
}

function meanRunning(spans: readonly Span[], times: RoundTimes | undefined): number | null {
  if (!times || times.firstStartedMs === null || times.lastMs <= times.firstStartedMs) return null;
  const busyMs = spans.reduce((total, span) => total + span.running * (span.toMs - span.fromMs), 0);
  return milli(busyMs / (times.lastMs - times.firstStartedMs));
}

function waitingShare(ran: readonly ReportStep[], work: number): number | null {
  const queued = sum(ran.map((step) => step.queueSeconds ?? 0));
  return queued + work === 0 ? null : milli(queued / (queued + work));
}

/** Idle slots before the first start, in between, and from the last moment at which all slots were busy. */
function lostTime(
  spans: readonly Span[],
  steps: readonly ReportStep[],
  times: RoundTimes | undefined,
  slots: number | null,
): Findings['lost'] {
  const last = lastToEnd(steps);
  if (!times || slots === null || times.firstStartedMs === null || last === undefined) return null;
  const { firstStartedMs, firstCreatedMs } = times;
  const fullUntilMs = spans.findLast((span) => span.running >= slots)?.toMs ?? times.lastMs;
  const idleSeconds = (fromMs: number, toMs: number) =>
    spans.reduce((total, span) => {
      const ms = Math.min(span.toMs, toMs) - Math.max(span.fromMs, fromMs);
      return total + Math.max(0, ms) * (1 - Math.min(1, span.running / slots));
    }, 0) / 1000;
  return {
    beforeFirstStartSeconds: milli((firstStartedMs - firstCreatedMs) / 1000),
    gapsSeconds: milli(idleSeconds(firstStartedMs, fullUntilMs)),
    tailSeconds: milli(idleSeconds(fullUntilMs, times.lastMs)),
    last: {
      step: last.step.id,
      startedAfterSeconds: milli((last.startedMs - firstCreatedMs) / 1000),
      runSeconds: milli((last.endedMs - last.startedMs) / 1000),
    },
  };
}

function lastToEnd(steps: readonly ReportStep[]) {
  return steps.reduce<{ step: ReportStep; startedMs: number; endedMs: number } | undefined>((last, step) => {
    const { startedMs, endedMs } = stampsOf(step);
    if (startedMs === null || endedMs === null || endedMs <= (last?.endedMs ?? 0)) return last;
    return { step, startedMs, endedMs };
  }, undefined);
}

function tailOf(
  spans: readonly Span[],
  steps: readonly ReportStep[],
  times: RoundTimes | undefined,
  slots: number | null,
): Findings['tail'] {
  const lastBusy = slots === null ? undefined : spans.findLast((span) => span.running * 2 >= slots);
  if (!times || !lastBusy) return { seconds: null, shareOfRuntime: null, steps: [] };
  const tailMs = times.lastMs - lastBusy.toMs;
  const inTail = steps.filter((step) => {
    const { startedMs, endedMs } = stampsOf(step);
    return startedMs !== null && (endedMs ?? times.lastMs) > lastBusy.toMs;
  });
  const runtimeMs = times.lastMs - times.firstCreatedMs;
  return {
    seconds: milli(tailMs / 1000),
    shareOfRuntime: runtimeMs > 0 ? milli(tailMs / runtimeMs) : null,
    steps: inTail.slice(0, 10).map((step) => step.id),
  };
}

/** A step's fixed cost is at most what the fastest one took; a fit over several loads knows better. */
function overheadOf(facts: FindingFacts, runs: readonly number[], work: number): Findings['overhead'] {
  const completed = facts.steps.flatMap(({ state, runSeconds }) =>
    state === 'COMPLETED' ? (runSeconds ?? []) : [],
  );
  const fastest = completed.length < 5 ? undefined : Math.min(...completed);
  const seconds = facts.fittedOverheadSeconds ?? fastest;
  if (seconds === undefined || work === 0) return { secondsPerStep: null, shareOfWork: null, from: null };
  return {
    secondsPerStep: milli(seconds),
    shareOfWork: milli(Math.min(1, (seconds * runs.length) / work)),
    from: facts.fittedOverheadSeconds === undefined ? 'fastest step' : 'fit over loads',
  };
}

function modelOf(
  runs: readonly number[],
  slots: number,
  times: RoundTimes | undefined,
  modelled: boolean,
): Findings['model'] {
  if (!modelled || !times || times.firstStartedMs === null)
    return { makespanSeconds: null, error: null, longestFirstSeconds: null };
  const observed = (times.lastMs - times.firstStartedMs) / 1000;
  const replayed = makespan(runs, slots);
  const longestFirst = runs.toSorted((a, b) => b - a);
  return {
    makespanSeconds: milli(replayed),
    error: observed > 0 ? milli(replayed / observed - 1) : null,
    longestFirstSeconds: milli(makespan(longestFirst, slots)),
  };
}

function notMeasured(slots: Findings['slots'], facts: FindingFacts): string[] {
  return [
    !facts.instances && 'Loss of machines and the cost of the round: the instances were not listed.',
    slots.from !== 'cluster' && 'The limit of concurrent steps: the cluster did not say.',
    facts.fittedOverheadSeconds === undefined &&
      'The fixed cost of a step: one load alone gives only an upper bound, the fastest step.',
  ].filter((text) => text !== false);
}
