import type { Report } from '../model/model.ts';
import type { ToFit, ToFitChange, ToFitOption } from '../model/toFit.ts';
import { milli } from '../statistics/statistics.ts';
import type { ClusterStart } from '../steps/clusterStart.ts';
import type { MachineRates } from '../steps/cost.ts';

const hourSeconds = 3600;
const daySeconds = 86_400;

/** What rows are priced by. */
export interface PriceFacts {
  readonly rates: MachineRates | undefined;
  readonly start: ClusterStart | undefined;
  /** Seconds between two runs of the schedule. */
  readonly everySeconds: number;
}

type Outcome = ToFit['now'];

/** Machine-hours a day, or USD where all machines have a price: only to compare rows of one table. */
export interface Priced {
  readonly outcome: Outcome;
  readonly perDay: number;
}

/** The cost of a round that takes so long with these changes. */
export function priced(
  { rates, start, everySeconds }: PriceFacts,
  runtimeSeconds: number,
  changes: readonly ToFitChange[],
): Priced {
  const runtime = { runtimeSeconds: milli(runtimeSeconds) };
  if (!rates) return { outcome: runtime, perDay: nodesAdded(changes) };
  const isUpAllDay = start?.isOwn === false || changes.some(({ kind }) => kind === 'keepCluster');
  const rounds = daySeconds / everySeconds;
  const hours = isUpAllDay
    ? daySeconds / hourSeconds / rounds
    : (runtimeSeconds + (start?.beforeRoundSeconds ?? 0)) / hourSeconds;
  const type = changes.find(({ nodes }) => nodes)?.nodes?.type;
  const added = nodesAdded(changes);
  const nodePrice = type === undefined ? 0 : rates.usdPerHourOf(type);
  const perHour =
    rates.usdPerHour === undefined || nodePrice === undefined
      ? undefined
      : rates.usdPerHour + added * nodePrice;
  if (perHour === undefined) return { outcome: runtime, perDay: (rates.machines + added) * hours * rounds };
  const perRound = perHour * hours;
  return {
    outcome: { ...runtime, usdPerRound: cents(perRound), usdPerDay: cents(perRound * rounds) },
    perDay: perRound * rounds,
  };
}

function nodesAdded(changes: readonly ToFitChange[]): number {
  return changes.reduce((sum, { nodes }) => sum + (nodes ? nodes.to - nodes.from : 0), 0);
}

function cents(amount: number): number {
  return Math.round(amount * 100) / 100;
}

/** What a change asks of a person, where two cost the same: a setting of the DAG, of the cluster, its upkeep, a query. */
const efforts: Readonly<Record<ToFitChange['kind'], number>> = {
  submission: 1,
  order: 1,
  slots: 2,
  keepCluster: 3,
  tuned: 6,
};

/** A row of the table with what it is sorted by. */
export interface Row {
  readonly option: ToFitOption;
  /** More than now; a change that costs less than now costs nothing. */
  readonly addedPerDay: number;
  readonly effort: number;
  /** 2 fits with more to spare than rounds differ by, 1 fits, 0 does not. */
  readonly sufficiency: 0 | 1 | 2;
}

export type TimedVerdict = Pick<Report['verdict'], 'windowSeconds' | 'runtimeSeconds' | 'noiseSeconds'>;

/** How far rounds differ, as a share of their runtime: a shorter round differs by less. */
export function noiseShare({ runtimeSeconds, noiseSeconds }: TimedVerdict): number {
  return runtimeSeconds ? (noiseSeconds ?? 0) / runtimeSeconds : 0;
}

export function rowOf(
  changes: readonly ToFitChange[],
  { outcome, perDay }: Priced,
  now: Priced,
  verdict: TimedVerdict,
): Row {
  const { runtimeSeconds } = outcome;
  const spare = verdict.windowSeconds - runtimeSeconds;
  const joined = (part: 'setting' | 'from' | 'to') => changes.map((change) => change[part]).join('; ');
  const nodes = changes.find((change) => change.nodes)?.nodes;
  const [only, ...others] = changes;
  const option: ToFitOption = {
    ...(only && others.length === 0
      ? only
      : {
          kind: 'combined' as const,
          setting: joined('setting'),
          from: joined('from'),
          to: joined('to'),
          ...(nodes && { nodes }),
          parts: [...changes],
        }),
    ...outcome,
    fits: spare >= 0,
  };
  return {
    option,
    addedPerDay: cents(Math.max(0, perDay - now.perDay)),
    effort: changes.reduce((sum, { kind }) => sum + efforts[kind], 0),
    sufficiency: spare >= noiseShare(verdict) * runtimeSeconds ? 2 : spare >= 0 ? 1 : 0,
  };
}

/** What fits first, with something to spare before what fits just; then the cheapest, the easiest, the soonest. */
export function compareRows(a: Row, b: Row): number {
  const isSufficient = a.sufficiency > 0 && b.sufficiency > 0;
  return (
    b.sufficiency - a.sufficiency ||
    (isSufficient ? a.addedPerDay - b.addedPerDay || a.effort - b.effort : 0) ||
    a.option.runtimeSeconds - b.option.runtimeSeconds ||
    a.effort - b.effort
  );
}
