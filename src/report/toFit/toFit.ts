import { percent, plural } from '../../domain/text.ts';
import { isFit } from '../model/outcomes.ts';
import type { ToFit } from '../model/toFit.ts';
import {
  type Candidate,
  keepClusterCandidate,
  orderCandidate,
  type ReplayedRound,
  replayedRound,
  runtimeWith,
  slotsCandidate,
  submissionCandidate,
  tunedCandidate,
} from './candidates.ts';
import { isSubmittedSlowly, type SuggestionFacts } from './facts.ts';
import { smallestCount } from './replay.ts';
import { compareRows, noiseShare, type PriceFacts, priced, type Row, rowOf } from './rows.ts';
import { savingOf } from './saving.ts';

/** A replay that is further from what was observed of the very same round says nothing about other settings. */
const mostError = 0.1;
/** Beyond this share of steps that did not complete, nobody knows how long the whole round takes. */
const mostIncomplete = 0.25;
/** A change that saves less than a tenth of a check is not worth a round. */
const worthShare = 0.9;
/** More steps at once slow each other down, which a replay does not know: slots are to leave a tenth of the window. */
const sparedShare = 0.9;
/** Within a hundredth of the best, more slots gain nothing. */
const noGain = 1.01;

/**
 * What it takes to fit, by replaying the measured steps; of a round that fits with something to spare, what could be saved.
 * Null for a round that says nothing about its load, or that fits without all of its checks.
 */
export function whatItTakes(facts: SuggestionFacts, prices: PriceFacts): ToFit | null {
  const { verdict, findings } = facts;
  const { runtimeSeconds, windowSeconds, outcome } = verdict;
  if (runtimeSeconds === null || !(outcome === 'missed' || isFit(verdict))) return null;
  // Whether all of it would fit on less, nobody knows.
  if (outcome === 'fits' && !verdict.pass) return null;
  const round = replayedRound(facts, prices);
  const now = priced(prices, runtimeSeconds, []).outcome;
  const found = {
    now,
    ...(now.usdPerDay !== undefined && { prices: prices.rates?.prices }),
    necessary: round.checks
      .filter(({ seconds }) => seconds > windowSeconds)
      .map(({ check, seconds }) => ({ check, seconds, targetSeconds: round.targetSeconds })),
    error: findings.model.error,
  };
  const why = notReplayedBecause(facts);
  if (why !== undefined) return { ...found, why, options: [], noGainBeyond: null };
  const always = [submissionCandidate(round)].filter((one) => one !== undefined);
  const noGainBeyond = round.mayChangeSlots ? lastOfUse(round, always) : null;
  if (outcome !== 'fits') return { ...found, options: optionsOf(round, always), noGainBeyond };
  const saving = savingOf(round);
  return { ...found, options: [], ...(saving && { saving }), noGainBeyond };
}

function notReplayedBecause(facts: SuggestionFacts): string | undefined {
  const { counts, findings } = facts;
  const { error } = findings.model;
  const incomplete = counts.total - counts.successful;
  const lost = findings.lostInstances.length;
  if (lost > 0)
    return `${plural(lost, 'instance')} ${lost === 1 ? 'was' : 'were'} lost while it ran, so its times are those of a smaller cluster`;
  if (counts.unfinished > 0) return 'steps were still active';
  if (incomplete > mostIncomplete * counts.total)
    return `${incomplete} of ${plural(counts.total, 'step')} did not complete, and nobody knows how long they take`;
  if (error === null) return 'no step ran';
  if (Math.abs(error) <= mostError || isSubmittedSlowly(facts)) return undefined;
  return `the replay of this round on its own slots is off by ${error > 0 ? '+' : ''}${percent(error)}, so a replay with other settings would mean nothing`;
}

/** The fewest slots that do nearly as well as any. */
function lastOfUse(round: ReplayedRound, candidates: readonly Candidate[]): number {
  const secondsOn = (slots: number) =>
    runtimeWith(round, [...candidates, { ...slotsCandidate(round, slots) }]);
  const most = round.mostSlots;
  return smallestCount(secondsOn, { least: 1, most, atMostSeconds: noGain * secondsOn(most) }) ?? most;
}

/** Every change alone that gains more than rounds differ by; with them the best combination, where it is better than each of them. */
function optionsOf(round: ReplayedRound, always: readonly Candidate[]): ToFit['options'] {
  const { verdict } = round.facts;
  const row = rowMaker(round);
  const tuned = toTune(round, always);
  const apart = [tuned, orderCandidate, keepClusterCandidate(round)].filter((one) => one !== undefined);
  const baseSeconds = always.length === 0 ? (verdict.runtimeSeconds ?? 0) : runtimeWith(round, always);
  const isWorth = ({ option }: Row) => baseSeconds - option.runtimeSeconds > (verdict.noiseSeconds ?? 0);
  const singles = [...apart, ...slotsFor(round, always)].map((one) => ({ one, row: row([...always, one]) }));
  const shown = [
    ...(always.length === 0 ? [] : [row(always)]),
    ...singles.flatMap((single) => (single.one === tuned || isWorth(single.row) ? single.row : [])),
  ].sort(compareRows);
  const [best] = shown;
  if (best?.sufficiency === 2 && best.addedPerDay === 0) return shown.map(({ option }) => option);
  const combined = subsets(apart)
    .flatMap((some) => [some, ...slotsFor(round, [...always, ...some]).map((one) => [...some, one])])
    .filter((some) => some.length > 1)
    .map((some) => row([...always, ...some]))
    .filter(isWorth)
    .sort(compareRows)[0];
  const isBetter = combined && (!best || compareRows(combined, best) < 0);
  return [...shown, ...(isBetter ? [combined] : [])].sort(compareRows).map(({ option }) => option);
}

function rowMaker(round: ReplayedRound): (candidates: readonly Candidate[]) => Row {
  const { facts, prices } = round;
  const now = priced(prices, facts.verdict.runtimeSeconds ?? 0, []);
  return (candidates) => {
    const changes = candidates.map(({ change }) => change);
    return rowOf(changes, priced(prices, runtimeWith(round, candidates), changes), now, facts.verdict);
  };
}

/** The checks that exceed the window; where none does, as few of the long ones as are enough, else all of them. */
function toTune(round: ReplayedRound, always: readonly Candidate[]): Candidate | undefined {
  const { checks, targetSeconds, facts } = round;
  const { windowSeconds } = facts.verdict;
  const over = checks.filter(({ seconds }) => seconds > windowSeconds);
  const long = checks.filter(({ seconds }) => worthShare * seconds >= targetSeconds);
  if (long.length === 0) return undefined;
  const secondsWith = (count: number) =>
    runtimeWith(round, [...always, tunedCandidate(round, long.slice(0, count))]);
  const enough = smallestCount(secondsWith, {
    least: Math.max(1, over.length),
    most: long.length,
    atMostSeconds: windowSeconds / (1 + noiseShare(facts.verdict)),
  });
  return tunedCandidate(round, long.slice(0, enough ?? (over.length > 0 ? over.length : long.length)));
}

/** The fewest more slots that fit, else those beyond which nothing is gained; and the most that the present nodes hold. */
function slotsFor(round: ReplayedRound, others: readonly Candidate[]): Candidate[] {
  const { slots, mayChangeSlots, mostSlots, slotsOnNodes, facts } = round;
  if (!mayChangeSlots) return [];
  const { windowSeconds } = facts.verdict;
  const secondsOn = (count: number) => runtimeWith(round, [...others, { ...slotsCandidate(round, count) }]);
  const range = { least: slots + 1, most: mostSlots };
  if (range.most < range.least) return [];
  const enough =
    smallestCount(secondsOn, { ...range, atMostSeconds: sparedShare * windowSeconds }) ??
    smallestCount(secondsOn, {
      ...range,
      atMostSeconds: windowSeconds / (1 + noiseShare(facts.verdict)),
    }) ??
    smallestCount(secondsOn, { ...range, atMostSeconds: windowSeconds }) ??
    smallestCount(secondsOn, { ...range, atMostSeconds: noGain * secondsOn(mostSlots) });
  const counts = new Set([enough, slotsOnNodes].filter((count) => count !== undefined));
  return [...counts]
    .filter((count) => count > slots && count <= (enough ?? mostSlots))
    .map((count) => slotsCandidate(round, count));
}

function subsets<T>(items: readonly T[]): T[][] {
  const [first, ...others] = items;
  if (first === undefined) return [[]];
  const without = subsets(others);
  return [...without, ...without.map((some) => [first, ...some])];
}
