import { formatDuration, windowName } from './durations.ts';
import type { Integrity, StepCounts, Verdict } from './model.ts';
import { counted } from './words.ts';

export interface VerdictFacts {
  readonly windowSeconds: number;
  /** Last end − first creation; so far, while steps are active. Null without steps. */
  readonly runtimeSeconds: number | null;
  readonly counts: StepCounts;
  /** Completed steps whose start and end are known: without one there is nothing to judge. */
  readonly measured: number;
  /** Median run of those. */
  readonly typicalRunSeconds: number | null;
  readonly missingChecks: Integrity['missing'];
}

/**
 * Steps that did not complete leave out time that nobody knows. "Fits" stands with one of them, or with up to this share, and
 * only while what is left of the window would hold one more step of the usual length.
 */
const incompleteShare = 0.05;

/**
 * Did this load fit its window, and by how much? Nothing to judge is `no_data` and never a pass, and a round that
 * fits with few failed steps or missing checks fits, but does not pass; with many it is `not_decided`.
 */
export function judge(facts: VerdictFacts): Verdict {
  const { windowSeconds, runtimeSeconds, counts } = facts;
  const { outcome, headline, rest } = decide(facts);
  const blemishes = [
    counts.failed > 0 && `${counted(counts.failed, 'step')} failed`,
    counts.interrupted > 0 &&
      `${counted(counts.interrupted, 'step')} ${wasWere(counts.interrupted)} interrupted`,
    counts.cancelled > 0 && `${counted(counts.cancelled, 'step')} ${wasWere(counts.cancelled)} cancelled`,
    counts.unfinished > 0 && `${counted(counts.unfinished, 'step')} had not finished`,
    facts.missingChecks.length > 0 && `${counted(facts.missingChecks.length, 'uploaded check')} did not run`,
  ].filter((text) => text !== false);
  const joined =
    blemishes.length > 1 ? `${blemishes.slice(0, -1).join(', ')} and ${blemishes.at(-1)}` : blemishes[0];
  const link = outcome === 'fits' ? ', but' : ';';
  return {
    outcome,
    pass: outcome === 'fits' && blemishes.length === 0,
    headline,
    sentence: `${headline}${rest}${joined === undefined ? '' : `${link} ${joined}`}.`,
    windowSeconds,
    runtimeSeconds,
    slackSeconds:
      runtimeSeconds !== null && isDecided({ outcome })
        ? Math.round((windowSeconds - runtimeSeconds) * 1000) / 1000
        : null,
  };
}

function decide(facts: VerdictFacts): Pick<Verdict, 'outcome' | 'headline'> & { rest: string } {
  const { windowSeconds, runtimeSeconds, counts } = facts;
  const window = theWindow(windowSeconds);
  if (runtimeSeconds === null)
    return { outcome: 'no_data', headline: 'No data', rest: ': the round has no steps' };
  const by = formatDuration(Math.abs(windowSeconds - runtimeSeconds));
  const took = `(${formatDuration(runtimeSeconds)})`;
  if (runtimeSeconds > windowSeconds && facts.measured + counts.unfinished > 0) {
    const soFar = counts.unfinished > 0 ? `(${formatDuration(runtimeSeconds)} so far)` : took;
    return { outcome: 'missed', headline: 'Missed', rest: ` ${window} by ${by} ${soFar}` };
  }
  if (counts.unfinished > 0)
    return {
      outcome: 'no_data',
      headline: 'Not decided yet',
      rest: `: ${formatDuration(runtimeSeconds)} of ${window} used so far`,
    };
  if (facts.measured === 0)
    return {
      outcome: 'no_data',
      headline: 'No data',
      rest: ': no completed step was measured, so nothing shows whether this load fits',
    };
  const why = undecidedBecause(facts, windowSeconds - runtimeSeconds);
  if (why !== undefined) return { outcome: 'not_decided', headline: 'Not decided', rest: `: ${why}` };
  return { outcome: 'fits', headline: 'Fits', rest: ` ${window} with ${by} to spare ${took}` };
}

function undecidedBecause(facts: VerdictFacts, slackSeconds: number): string | undefined {
  const { counts, typicalRunSeconds, windowSeconds } = facts;
  const incomplete = counts.failed + counts.interrupted + counts.cancelled;
  if (incomplete === 0) return undefined;
  const steps = `${incomplete} of ${counted(counts.total, 'step')} did not complete`;
  if (incomplete > Math.max(1, incompleteShare * counts.total))
    return `${steps}, so nothing shows whether this load fits ${theWindow(windowSeconds)}`;
  if (typicalRunSeconds === null || typicalRunSeconds <= slackSeconds) return undefined;
  return `${steps}, and the ${formatDuration(slackSeconds)} left of ${theWindow(windowSeconds)} would not hold a step of the usual ${formatDuration(typicalRunSeconds)}`;
}

/** Whether the round is a fact about the load: only then is its runtime that of all its steps, or over the window anyway. */
export function isDecided({ outcome }: Pick<Verdict, 'outcome'>): boolean {
  return outcome === 'fits' || outcome === 'missed';
}

function theWindow(windowSeconds: number): string {
  return `the ${windowName(windowSeconds)} window`;
}

function wasWere(count: number): string {
  return count === 1 ? 'was' : 'were';
}
