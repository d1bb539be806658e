import type { Schedule } from '../../domain/schedules.ts';
import { formatDuration, plural, windowName } from '../../domain/text.ts';
import type { Integrity, Report, StepCounts, Verdict } from '../model/model.ts';
import { isDecided, isFit } from '../model/outcomes.ts';
import { milli } from '../statistics/statistics.ts';
import type { ImputedRound } from './imputed.ts';

export interface VerdictFacts {
  readonly load: number;
  readonly schedule: Schedule;
  /** Checks of the round, and how many of them carried the load; undefined at load 1 and where it was not recorded. */
  readonly loaded: { readonly checks: number; readonly scaled: number } | undefined;
  readonly windowSeconds: number;
  /** Last end − first creation; so far, while steps are active. Null without steps. */
  readonly runtimeSeconds: number | null;
  readonly counts: StepCounts;
  /** Steps that ended when YARN accepted their check (spark.yarn.submit.waitAppCompletion=false): their times mean nothing. */
  readonly notWaiting?: number;
  /** Completed steps without an end, or with one before their start: the round may have ended later than any stamp says. */
  readonly withoutEnd?: number;
  /** How far rounds of this load differ; null without a runtime. */
  readonly noiseSeconds?: number | null;
  /** Completed steps whose start and end are known: without one there is no verdict. */
  readonly measured: number;
  /** The P95 of their runs. */
  readonly p95Seconds: number | null;
  /** The round with an estimate for what did not complete; undefined where nothing is missing. */
  readonly imputed: ImputedRound | undefined;
  readonly missingChecks: Integrity['missing'];
  /** The report was written before the round was over. */
  readonly partial: boolean;
  /** Its DAG run was given only some of the checks: then nothing shows whether all of them fit. */
  readonly partOf?: Report['round']['partOf'];
  /** The load that ran and the one that was asked for, if they differ. */
  readonly otherLoad?: { readonly ran: number; readonly marked: number } | undefined;
  /** DAG runs whose steps lie in the round's time. */
  readonly dagRuns: number;
}

/**
 * The time of checks that did not complete is not known. An estimate is enough for one of them, or for up to this share; for up to
 * a quarter where an earlier round measured them.
 */
const unknownShare = 0.05;
const incompleteShare = 0.25;
/** A check that ran for more of the window than this without completing would exceed it if it needed as long again. */
const exceededShare = 0.5;

/**
 * Did this load fit its window, and by how much? Without measurements it is `no_data` and never a pass. A round of which
 * something is missing fits when it would fit with the missing time estimated, but does not pass; else it is `not_decided`. A round
 * of some checks alone is never decided, and one in which no check carried the load is no load test. One that was not seen to its
 * end, or in which another DAG run's steps ran, does not pass either. With less to spare than rounds differ by it is `fits_just`.
 */
export function decideVerdict(facts: VerdictFacts): Verdict {
  const { windowSeconds, runtimeSeconds, counts } = facts;
  const { outcome, headline, rest } = decide(facts);
  const fits = isFit({ outcome });
  const ofSteps = (count: number) => `${count} of ${plural(counts.total, 'step')}`;
  const caveats = [
    counts.failed > 0 && `${ofSteps(counts.failed)} failed`,
    counts.interrupted > 0 && `${ofSteps(counts.interrupted)} ${wasWere(counts.interrupted)} interrupted`,
    counts.cancelled > 0 && `${ofSteps(counts.cancelled)} ${wasWere(counts.cancelled)} cancelled`,
    counts.unfinished > 0 && `${ofSteps(counts.unfinished)} had not finished`,
    facts.missingChecks.length > 0 &&
      !facts.partOf &&
      `${plural(facts.missingChecks.length, 'uploaded check')} did not run`,
    facts.partial && counts.unfinished === 0 && 'the round had not been seen to its end',
    facts.dagRuns > 1 && `steps of ${facts.dagRuns} DAG runs lie in its time`,
  ].filter((text) => text !== false);
  const joined = caveats.length > 1 ? `${caveats.slice(0, -1).join(', ')} and ${caveats.at(-1)}` : caveats[0];
  const link = fits ? ', but' : ';';
  return {
    outcome,
    pass: fits && caveats.length === 0,
    headline,
    sentence: `${verdictStart(facts)}${headline}${rest}${joined === undefined ? '' : `${link} ${joined}`}.${fits ? imputedText(facts) : ''}${justText(facts, outcome)}${otherLoadText(facts)}`,
    windowSeconds,
    runtimeSeconds,
    slackSeconds:
      runtimeSeconds !== null && isDecided({ outcome }) ? milli(windowSeconds - runtimeSeconds) : null,
    noiseSeconds: facts.noiseSeconds ?? null,
  };
}

/** A second round of the same load may miss. */
function justText({ load, noiseSeconds }: VerdictFacts, outcome: Verdict['outcome']): string {
  if (outcome !== 'fits_just') return '';
  return ` Rounds of one load differ by about ${formatDuration(noiseSeconds ?? 0)}: repeat ${load}x once.`;
}

/** A run of another load than was asked for is a fact about the load that ran. */
function otherLoadText({ otherLoad }: VerdictFacts): string {
  return otherLoad === undefined ? '' : ` It ran at ${otherLoad.ran}x, not at ${otherLoad.marked}x as asked.`;
}

function decide(facts: VerdictFacts): Pick<Verdict, 'outcome' | 'headline'> & { rest: string } {
  const { windowSeconds, runtimeSeconds, counts } = facts;
  const window = theWindow(windowSeconds);
  if (runtimeSeconds === null)
    return { outcome: 'no_data', headline: 'no data', rest: ': the round has no steps' };
  const by = formatDuration(Math.abs(windowSeconds - runtimeSeconds));
  const took = `(${formatDuration(runtimeSeconds)})`;
  const { notWaiting = 0 } = facts;
  if (notWaiting > 0) {
    const ended = `${plural(notWaiting, 'step')} did not wait for ${notWaiting === 1 ? 'its check' : 'their checks'}`;
    const because = `spark.yarn.submit.waitAppCompletion=false, so ${notWaiting === 1 ? 'its time is that' : 'their times are those'} of spark-submit`;
    return { outcome: 'not_decided', headline: 'not decided', rest: `: ${ended} (${because})` };
  }
  if (facts.loaded?.scaled === 0)
    return {
      outcome: 'not_a_load_test',
      headline: 'not a load test',
      rest: `: none of ${plural(facts.loaded.checks, 'check')} carried the load ${took}`,
    };
  if (runtimeSeconds > windowSeconds && facts.measured + counts.unfinished > 0 && !facts.partOf) {
    const soFar = counts.unfinished > 0 ? `(${formatDuration(runtimeSeconds)} so far)` : took;
    return { outcome: 'missed', headline: 'missed', rest: ` ${window} by ${by} ${soFar}` };
  }
  if (counts.unfinished > 0)
    return {
      outcome: 'no_data',
      headline: 'not decided yet',
      rest: `: ${formatDuration(runtimeSeconds)} of ${window} used so far`,
    };
  if (facts.measured === 0)
    return {
      outcome: 'no_data',
      headline: 'no data',
      rest: ': no completed step was measured, so nothing shows whether this load fits',
    };
  if (facts.partOf) {
    const { checks, of } = facts.partOf;
    const ran = `${checks} of ${plural(of, 'check')} ran ${took}, which says nothing about ${window}`;
    return { outcome: 'not_decided', headline: 'partial round', rest: `: ${ran}` };
  }
  const why = undecidedBecause(facts);
  if (why !== undefined) return { outcome: 'not_decided', headline: 'not decided', rest: `: ${why}` };
  const longest = Math.max(runtimeSeconds, facts.imputed?.runtimeSeconds ?? 0);
  const isJust = windowSeconds - longest < (facts.noiseSeconds ?? 0);
  const rest = ` ${window} with ${by} to spare ${took}`;
  return isJust
    ? { outcome: 'fits_just', headline: 'just fits', rest }
    : { outcome: 'fits', headline: 'fits', rest };
}

function undecidedBecause({
  imputed,
  windowSeconds,
  p95Seconds,
  withoutEnd = 0,
}: VerdictFacts): string | undefined {
  if (withoutEnd > 0)
    return `EMR has no end of ${plural(withoutEnd, 'completed step')}, so the round may have ended later than it says`;
  if (!imputed) return undefined;
  const { checks, imputedAtP95, imputedFromEarlier, exceededEstimate, exceededSeconds, runtimeSeconds } =
    imputed;
  const unknown = imputedAtP95 + exceededEstimate;
  const incomplete = unknown + imputedFromEarlier;
  const what = `${incomplete} of ${plural(checks, 'check')} did not complete`;
  if (unknown > Math.max(1, unknownShare * checks) || incomplete > Math.max(1, incompleteShare * checks))
    return `${what}, so nothing shows whether this load fits ${theWindow(windowSeconds)}`;
  if (exceededSeconds !== null && exceededSeconds > exceededShare * windowSeconds)
    return `${what}; ${incomplete === 1 ? 'it' : 'one of them'} ran for ${formatDuration(exceededSeconds)}, and nothing shows how much longer it needed`;
  if (runtimeSeconds <= windowSeconds) return undefined;
  return `${what}; ${hadRunText(imputed, p95Seconds)}, the round would have taken ${formatDuration(runtimeSeconds)}, more than ${theWindow(windowSeconds)}`;
}

/** How the missing time was estimated, and how long the round takes with it. */
function imputedText({ imputed, p95Seconds }: VerdictFacts): string {
  if (!imputed) return '';
  const had = hadRunText(imputed, p95Seconds);
  return ` ${had[0]?.toUpperCase()}${had.slice(1)}, the round would have taken ${formatDuration(imputed.runtimeSeconds)} and still fit.`;
}

function hadRunText(imputed: ImputedRound, p95Seconds: number | null): string {
  const { imputedFromEarlier, imputedAtP95, exceededEstimate, exceededSeconds } = imputed;
  const parts = [
    [imputedFromEarlier, 'as long as in an earlier round, in proportion to the load'],
    [imputedAtP95, `for ${formatDuration(p95Seconds ?? 0)} (the P95 of this round)`],
    [
      exceededEstimate,
      `no longer than ${exceededEstimate === 1 ? 'it' : 'they'} did (${exceededEstimate === 1 ? '' : 'up to '}${formatDuration(exceededSeconds ?? 0)})`,
    ],
  ] as const;
  const [first, ...others] = parts.filter(([checks]) => checks > 0);
  if (!first) return '';
  const [checks, howLong] = first;
  if (others.length === 0) return `had ${checks === 1 ? 'it' : 'each'} run ${howLong}`;
  const more = others.map(([count, text]) => `${count} ${text}`).join(', and ');
  return `had ${checks} run ${howLong}, and ${more}`;
}

/** What every verdict begins with, before its headline: `4x 15m: `. */
export function verdictStart({ load, schedule }: Pick<Report, 'load' | 'schedule'>): string {
  return `${load}x ${schedule}: `;
}

function theWindow(windowSeconds: number): string {
  return `the ${windowName(windowSeconds)} window`;
}

function wasWere(count: number): string {
  return count === 1 ? 'was' : 'were';
}
