import { formatDuration, percent, windowName } from '../../domain/text.ts';
import type { Bottleneck } from '../model/evidence.ts';
import { toFix } from './failures.ts';
import { type Replayable, replay, type SuggestionFacts, worthwhileShare } from './order.ts';

/** Checks that are named at once when several alone exceed the window. */
const named = 3;
/** A change that saves less than a tenth of a check is not worth a round. */
const worthShare = 0.9;

interface Longest {
  readonly check: string;
  readonly seconds: number;
}

/**
 * Every check that alone exceeds the window, in one suggestion because one replay answers for all; else the longest, when
 * it takes clearly more than half of it.
 */
export function longestStep(facts: SuggestionFacts): Replayable[] {
  const { windowSeconds } = facts.verdict;
  const target = 0.5 * windowSeconds;
  const [first, ...others] = longestOfEachCheck(facts);
  if (!first || facts.counts.total < 2 || worthShare * first.seconds < target) return [];
  const chosen = [first, ...others.filter(({ seconds }) => seconds > windowSeconds).slice(0, named - 1)];
  const checks = chosen.map(({ check }) => check);
  const names = checks.join(' and ');
  const isOne = chosen.length === 1;
  const gains = replayedGains(facts, checks, target);
  return [
    {
      change: { tuned: { checks, targetSeconds: target } },
      suggestion: {
        id: `longest-step:${checks.join('+')}`,
        ...(isOne && { check: first.check }),
        checks,
        title: `Tune ${gains.split > 0 ? 'or split ' : ''}${names}`,
        measured: `${measured(chosen, windowSeconds)}${causes(facts, chosen)}; more slots cannot help ${isOne ? 'it' : 'them'}`,
        setting: settingOf(facts, chosen, gains.split > 0),
        from: chosen.map(({ seconds }) => formatDuration(seconds)).join(' and '),
        to: `at most ${formatDuration(target)}${isOne ? '' : ' each'}: half of the window, so that the next level may double it`,
        expected: expected(gains, isOne),
        replayedGainSeconds: Math.max(0, gains.tuned),
        success: `${names} take${isOne ? 's' : ''} at most ${formatDuration(target)}${isOne ? '' : ' each'}.`,
      },
    },
  ];
}

/**
 * Longest first; a check that ran more than once counts by its longest run. A run that did not complete says nothing about the
 * query, and a check that has to be fixed first is not tuned.
 */
function longestOfEachCheck({ steps, failures }: SuggestionFacts): Longest[] {
  const longest = new Map<string, number>();
  const failing = toFix({ steps, failures });
  for (const { check, state, runSeconds } of steps)
    if (state === 'COMPLETED' && runSeconds !== null && !failing.has(check))
      longest.set(check, Math.max(runSeconds, longest.get(check) ?? 0));
  return [...longest].map(([check, seconds]) => ({ check, seconds })).sort((a, b) => b.seconds - a.seconds);
}

const fixes: Readonly<Record<Bottleneck['kind'], string>> = {
  driver_only: 'what its driver does alone',
  one_task: 'the stage of a single task',
  skew: 'the skewed key',
  spill: 'partitions or memory of the stage that spills',
  gc: 'the memory of its executors',
  python: 'its Python function',
  tiny_tasks: 'the number of its partitions',
  recovered_failures: 'the failures that it recovered from',
};

/** The bottleneck that the event log of a check's longest run shows. */
function bottleneckOfCheck({ steps }: SuggestionFacts, { check, seconds }: Longest): Bottleneck | undefined {
  const run = steps.find((step) => step.check === check && step.runSeconds === seconds);
  return run?.evidence?.bottleneck ?? undefined;
}

/** Without an event log, nobody knows what in the query takes so long. */
function settingOf(facts: SuggestionFacts, chosen: readonly Longest[], mayBeSplit: boolean): string {
  const names = chosen.map(({ check }) => check).join(' and ');
  const parts = chosen.flatMap((one) => {
    const found = bottleneckOfCheck(facts, one);
    return found ? [chosen.length === 1 ? fixes[found.kind] : `${one.check}: ${fixes[found.kind]}`] : [];
  });
  if (mayBeSplit) parts.push('or two checks of half the interval');
  return `the query of ${names}${parts.length === 0 ? '' : ` (${parts.join(', ')})`}`;
}

function causes(facts: SuggestionFacts, chosen: readonly Longest[]): string {
  const found = chosen.flatMap((one) => {
    const bottleneck = bottleneckOfCheck(facts, one);
    return bottleneck ? [`${chosen.length === 1 ? '' : `${one.check}: `}${bottleneck.text}`] : [];
  });
  return found.length === 0 ? '' : `; by its event log ${found.join('; ')}`;
}

function measured(chosen: readonly Longest[], windowSeconds: number): string {
  const [first, ...others] = chosen.map(
    ({ seconds }) => `${formatDuration(seconds)} (${percent(seconds / windowSeconds)}`,
  );
  const ofWindow = `of the ${windowName(windowSeconds)} window)`;
  if (others.length === 0) return `alone it runs ${first} ${ofWindow}`;
  return `alone they run ${first} ${ofWindow}, ${others.map((one) => `${one})`).join(', ')}`;
}

interface Gains {
  readonly tuned: number;
  /** Zero where splitting does not help; `splitIsLater` then says by how much the round ends later. */
  readonly split: number;
  readonly splitIsLater: number;
  readonly startUpSeconds: number | undefined;
}

/** On the same slots in the same order. Splitting keeps the work, so the round may end later. */
function replayedGains(facts: SuggestionFacts, checks: readonly string[], targetSeconds: number): Gains {
  const { steps, findings } = facts;
  const { secondsPerStep, from } = findings.overhead;
  // The fastest step only bounds the fixed cost from above; that is no measurement.
  const startUpSeconds = from === 'fit over loads' && secondsPerStep !== null ? secondsPerStep : undefined;
  const slots = findings.slots.limit ?? 1;
  const present = replay(steps, slots, {});
  const split = present - replay(steps, slots, { split: { checks, startUpSeconds: startUpSeconds ?? 0 } });
  return {
    tuned: present - replay(steps, slots, { tuned: { checks, targetSeconds } }),
    split: split >= worthwhileShare * present ? split : 0,
    splitIsLater: Math.max(0, -split),
    startUpSeconds,
  };
}

function expected({ tuned, split, splitIsLater, startUpSeconds }: Gains, isOne: boolean): string {
  const subject = isOne ? 'it is' : 'they are';
  const startUp = startUpSeconds
    ? ` with ${formatDuration(startUpSeconds)} more to start each second half`
    : '';
  const splitting =
    split > 0
      ? `; split into halves${startUp}, about ${formatDuration(split)} sooner`
      : `; splitting would not help${splitIsLater >= 1 ? ` (+${formatDuration(splitIsLater)} in the replay)` : ''}`;
  const tuning =
    tuned < 1
      ? 'room for the next level: alone it does not shorten this round'
      : `the round ends about ${formatDuration(tuned)} sooner when ${subject} that short`;
  return `${tuning}${splitting}; by replaying these steps`;
}
