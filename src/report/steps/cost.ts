import { cleanLine } from '../../domain/foreignText.ts';
import type { Instance } from '../../ports/aws.ts';
import type { PriceTable } from '../../ports/project.ts';
import { byText, groupBy } from '../model/checkKey.ts';
import type { Cost, LostInstances } from '../model/findings.ts';
import { milli } from '../statistics/statistics.ts';
import type { RoundTimes } from './occupancy.ts';

const hourMs = 3_600_000;

/**
 * Instance-hours and cost of a round, by the lifetimes of the cluster's machines clipped to the round. EMR's own
 * NormalizedInstanceHours are whole hours and cannot distinguish a round of twenty minutes from one of fifty. `leftOut` is not in
 * it. Null when no machine is known.
 */
export function costOf(
  instances: readonly Instance[],
  prices: PriceTable | undefined,
  round: RoundTimes | undefined,
  isUp = false,
): Cost | null {
  if (!round) return null;
  const within = instances
    .map((instance) => ({ instance, hours: hoursWithin(instance, round) }))
    .filter(({ hours }) => hours > 0);
  if (within.length === 0) return null;
  const kinds = [...groupBy(within, ({ instance }) => kindOf(instance))].sort((a, b) => byText(a[0], b[0]));
  const rows = kinds.flatMap(([kind, same]) => {
    const [first] = same;
    if (!first) return [];
    const { type, market } = first.instance;
    const hours = same.reduce((sum, one) => sum + one.hours, 0);
    const price = priceOf(first.instance, prices);
    const cost = price === undefined ? null : price * hours;
    return [{ kind, type, market, count: same.length, hours, cost }];
  });
  const priced = rows.flatMap(({ cost }) => cost ?? []);
  return {
    hours: milli(rows.reduce((sum, row) => sum + row.hours, 0)),
    instances: rows.map(({ kind: _, hours, cost, ...row }) => ({
      ...row,
      hours: milli(hours),
      cost: cost === null ? null : cents(cost),
    })),
    total: priced.length === 0 ? null : cents(priced.reduce((sum, cost) => sum + cost, 0)),
    currency: prices?.currency ?? null,
    pricesOf: prices?.date ?? null,
    examplePrices: prices?.isExample ?? false,
    upPerHour: isUp ? (hourlyCost(instances, prices) ?? null) : null,
    notPriced: rows.flatMap(({ kind, cost }) => (cost === null ? kind : [])),
  };
}

/** What no figure of the cost contains. */
export const leftOut = 'the cluster before the first step and after the last one, S3, EBS, data transfer';

/** What machines like those of a round cost. */
export interface MachineRates {
  /** How many were up on average. */
  readonly machines: number;
  /** Of all of them, in USD; undefined where one has no price, or prices are in another currency. */
  readonly usdPerHour: number | undefined;
  /** One more machine of a type, priced as those of the round. */
  usdPerHourOf(type: string): number | undefined;
  readonly prices: { readonly date: string; readonly isExample: boolean } | undefined;
}

/** Undefined when no machine is known. */
export function ratesOf(
  instances: readonly Instance[],
  prices: PriceTable | undefined,
  round: RoundTimes | undefined,
): MachineRates | undefined {
  if (!round) return undefined;
  const roundHours = (round.lastMs - round.firstCreatedMs) / hourMs;
  const within = instances
    .map((instance) => ({ instance, hours: hoursWithin(instance, round) }))
    .filter(({ hours }) => hours > 0);
  if (within.length === 0 || roundHours <= 0) return undefined;
  const costOfAll = (some: typeof within) =>
    some.reduce<number | undefined>((sum, { instance, hours }) => {
      const price = prices?.currency === 'USD' ? priceOf(instance, prices) : undefined;
      return sum === undefined || price === undefined ? undefined : sum + price * hours;
    }, 0);
  const hoursOf = (some: typeof within) => some.reduce((sum, { hours }) => sum + hours, 0);
  const all = costOfAll(within);
  return {
    machines: hoursOf(within) / roundHours,
    prices: prices && { date: prices.date, isExample: prices.isExample ?? false },
    usdPerHour: all === undefined ? undefined : all / roundHours,
    usdPerHourOf(type) {
      const same = within.filter(({ instance }) => instance.type === type);
      const cost = costOfAll(same);
      return cost === undefined || same.length === 0 ? undefined : cost / hoursOf(same);
    },
  };
}

/** What the machines that are up cost in an hour; undefined where none is priced. */
export function hourlyCost(
  instances: readonly Instance[],
  prices: PriceTable | undefined,
): number | undefined {
  const priced = instances
    .filter(({ endedMs }) => endedMs === undefined)
    .flatMap((instance) => priceOf(instance, prices) ?? []);
  return priced.length === 0 ? undefined : cents(priced.reduce((sum, price) => sum + price, 0));
}

/** Machines that failed or were taken away while the round ran, not those that ended with their cluster or were sent away. */
export function lostInstances(instances: readonly Instance[], round: RoundTimes | undefined): LostInstances {
  const lost = instances.filter(
    ({ endedMs, reasonCode }) =>
      round !== undefined &&
      endedMs !== undefined &&
      endedMs >= round.firstCreatedMs &&
      endedMs <= round.lastMs &&
      (reasonCode === 'INSTANCE_FAILURE' || reasonCode === 'INTERNAL_ERROR'),
  );
  return lost
    .sort((a, b) => (a.endedMs ?? 0) - (b.endedMs ?? 0) || byText(a.id, b.id))
    .map(({ id, type, market, endedMs, reasonCode, reason }) => ({
      id: cleanLine(id, 64),
      type,
      market,
      endedAt: new Date(endedMs ?? 0).toISOString(),
      reason: cleanLine(reason ?? reasonCode ?? '', 300),
    }));
}

function hoursWithin({ createdMs, endedMs }: Instance, { firstCreatedMs, lastMs }: RoundTimes): number {
  return (Math.min(endedMs ?? lastMs, lastMs) - Math.max(createdMs, firstCreatedMs)) / hourMs;
}

function kindOf({ type, market }: Instance): string {
  return `${type} ${market}`;
}

/** An hour of the machine and EMR's charge on it; undefined where the machine's own price is not given. */
function priceOf({ type, market }: Instance, prices: PriceTable | undefined): number | undefined {
  const known = prices && Object.hasOwn(prices.perHour, type) ? prices.perHour[type] : undefined;
  const own = market === 'SPOT' ? known?.spot : known?.onDemand;
  return own === undefined ? undefined : own + (known?.emr ?? 0);
}

function cents(amount: number): number {
  return Math.round(amount * 100) / 100;
}
