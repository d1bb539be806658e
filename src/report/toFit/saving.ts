import type { ToFit } from '../model/toFit.ts';
import { type ReplayedRound, runtimeWith, slotsCandidate } from './candidates.ts';
import { smallestCount } from './replay.ts';
import { priced } from './rows.ts';

/** Fewer slots are to leave as much of the window as more slots are. */
const sparedShare = 0.9;
/** A saving below this share of a day's cost is not worth a change. */
const worthShare = 0.03;

/** Of a round that fits: the fewest slots that still would with a tenth to spare, on as few nodes as they need, and what that saves. */
export function savingOf(round: ReplayedRound): ToFit['saving'] {
  const { slots, mayChangeSlots, facts, prices } = round;
  if (!mayChangeSlots) return undefined;
  const { windowSeconds, runtimeSeconds } = facts.verdict;
  const enough = smallestCount((count) => runtimeWith(round, [slotsCandidate(round, count)]), {
    least: 1,
    most: slots,
    atMostSeconds: sparedShare * windowSeconds,
  });
  const now = priced(prices, runtimeSeconds ?? 0, []);
  const rows = [...new Set([slots, enough ?? slots])].map((count) => {
    const candidate = slotsCandidate(round, count);
    const seconds = count === slots ? (runtimeSeconds ?? 0) : runtimeWith(round, [candidate]);
    return { change: candidate.change, cost: priced(prices, seconds, [candidate.change]) };
  });
  const [best] = rows
    .filter(({ change }) => change.to !== change.from || change.nodes)
    .sort((a, b) => a.cost.perDay - b.cost.perDay);
  if (!best) return undefined;
  const { change, cost } = best;
  const saved = (now.outcome.usdPerDay ?? 0) - (cost.outcome.usdPerDay ?? 0);
  const isWorth = saved > worthShare * (now.outcome.usdPerDay ?? 0);
  return { ...change, ...cost.outcome, ...(isWorth && { savesUsdPerDay: Math.round(saved * 100) / 100 }) };
}
