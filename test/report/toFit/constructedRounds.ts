/**
 * Twelve rounds of which an engineer knows the first advice without a report. The advice was written down before the report was
 * asked; all stamps are seconds after the round's start.
 */
import type { Instance, Step, StepLog } from '../../../src/ports/aws.ts';
import type { PriceTable } from '../../../src/ports/project.ts';
import type { RoundFacts } from '../../../src/report/model/facts.ts';
import type { ClusterConfigUsed, Verdict } from '../../../src/report/model/model.ts';
import { evenRound, startMs, stepOf } from '../rounds.ts';

export interface ConstructedRound {
  readonly name: string;
  readonly steps: readonly Step[];
  readonly slots: number;
  readonly more?: Partial<RoundFacts>;
  /** What a person who saw the round being made expects. */
  readonly expected: {
    readonly outcome: Verdict['outcome'];
    /** The first words of "Do first". */
    readonly first: string;
    readonly necessary?: readonly string[];
  };
}

export const prices: PriceTable = {
  currency: 'USD',
  date: '2025-12-01',
  perHour: { 'm6i.2xlarge': { onDemand: 0.384, spot: 0.15, emr: 0.096 } },
};

/** A step of 2 executors of 4505 MiB; a node of 23,424 MiB holds 5 of them. */
export const roomOn = (nodes: number): ClusterConfigUsed['room'] => ({
  executors: 2,
  executorMb: 4505,
  driverMb: 2432,
  nodes: [{ type: 'm6i.2xlarge', count: nodes, yarnMb: 23_424 }],
});

/** A primary node and so many core nodes, up from `fromSeconds` on. */
export const machines = (nodes: number, more: Partial<Instance> = {}, fromSeconds = -240): Instance[] =>
  Array.from({ length: nodes + 1 }, (_, index) => ({
    id: `i-${index}`,
    type: 'm6i.2xlarge',
    market: 'ON_DEMAND',
    createdMs: startMs + fromSeconds * 1000,
    ...(index > 0 && more),
  }));

const missingTable: StepLog = {
  found: 'log',
  parts: [
    {
      uri: 's3://logs/stdout.gz',
      text: '[TABLE_OR_VIEW_NOT_FOUND] The table or view `a` cannot be found.',
      cut: false,
      gzip: true,
    },
  ],
};

/** Steps that all start at once, each on a slot of its own. */
const atOnce = (seconds: readonly number[]): Step[] =>
  seconds.map((one, index) => stepOf(`check_${index}_15m`, { started: 5, ended: 5 + one }));

const short = (count: number, slots: number) => evenRound(count, slots, (index) => 30 + (index % 3) * 20);

const seven = [950, 1000, 1050, 1100, 1150, 1200, 1300].map((seconds, index) =>
  stepOf(`check_long_${index}_15m`, { started: 5, ended: 5 + seconds }),
);

const later = (steps: readonly Step[], seconds: number): Step[] =>
  steps.map((step) => ({
    ...step,
    startedMs: (step.startedMs ?? 0) + seconds * 1000,
    endedMs: (step.endedMs ?? 0) + seconds * 1000,
  }));

const failing = evenRound(30, 6, () => 60).map((step, index) =>
  index % 5 < 2 ? { ...step, state: 'FAILED' } : step,
);

export const constructedRounds: readonly ConstructedRound[] = [
  {
    // 15 waves of 72 s on 4 slots; 6 slots need 10 waves. Five nodes hold 9 steps.
    name: 'all waiting',
    steps: evenRound(60, 4, () => 72),
    slots: 4,
    more: { clusterConfig: { stepConcurrencyLevel: 4, room: roomOn(5) }, instances: machines(5), prices },
    expected: { outcome: 'missed', first: 'StepConcurrencyLevel 4 → 6' },
  },
  {
    // Nothing waits: no slot, node or order gains a second. Only a shorter check makes room for the next level.
    name: 'all working',
    steps: atOnce([850, 820, 790, 760, 730, 700, 680, 660]),
    slots: 8,
    expected: { outcome: 'fits', first: 'Tune check_0_15m before a higher load' },
  },
  {
    name: 'one giant',
    steps: [...short(20, 4), stepOf('check_giant_15m', { started: 5, ended: 1200 })],
    slots: 5,
    expected: {
      outcome: 'missed',
      first: 'Tune check_giant_15m to at most 7m 30s',
      necessary: ['check_giant_15m'],
    },
  },
  {
    name: 'seven over the window',
    steps: [...short(20, 3), ...seven],
    slots: 10,
    expected: {
      outcome: 'missed',
      first: 'Tune 7 checks to at most 7m 30s each',
      necessary: [6, 5, 4, 3, 2, 1, 0].map((index) => `check_long_${index}_15m`),
    },
  },
  {
    name: 'eight equal over it',
    steps: atOnce(Array.from({ length: 8 }, () => 960)),
    slots: 8,
    expected: {
      outcome: 'missed',
      first: 'Tune 8 checks to at most 7m 30s each',
      necessary: Array.from({ length: 8 }, (_, index) => `check_${index}_15m`),
    },
  },
  {
    // The cluster was made for this round, which waits 300 s for it and then takes 700 s.
    name: 'cluster start-up',
    steps: later(
      evenRound(70, 10, () => 100),
      295,
    ),
    slots: 10,
    more: {
      clusterConfig: { stepConcurrencyLevel: 10, room: roomOn(6) },
      clusterCreatedMs: startMs + 1000,
      clusterReadyMs: startMs + 298_000,
      startedAtText: '2025-12-07T15:30:00.000000-05:00',
      instances: machines(6, {}, 1),
      prices,
    },
    expected: { outcome: 'missed', first: 'Keep the cluster up between rounds' },
  },
  {
    name: 'submission one a minute',
    steps: Array.from({ length: 30 }, (_, index) =>
      stepOf(`check_${index}_15m`, { created: 60 * index, started: 60 * index + 2, ended: 60 * index + 52 }),
    ),
    slots: 8,
    expected: { outcome: 'missed', first: 'Submit all steps at once' },
  },
  {
    name: 'spot loss',
    steps: evenRound(80, 8, (index) => (index < 40 ? 60 : 140)),
    slots: 8,
    more: {
      clusterConfig: { stepConcurrencyLevel: 8, room: roomOn(5) },
      instances: machines(5, {
        market: 'SPOT',
        endedMs: startMs + 320_000,
        reasonCode: 'INSTANCE_FAILURE',
        reason: 'Spot instance was terminated by EC2',
      }),
      prices,
    },
    expected: { outcome: 'missed', first: 'Repeat the round without losing machines' },
  },
  {
    name: 'failures 40%',
    steps: failing,
    slots: 6,
    more: {
      failures: new Map(failing.flatMap(({ id, state }) => (state === 'FAILED' ? [[id, missingTable]] : []))),
    },
    expected: {
      outcome: 'not_decided',
      first: 'Fix check_0000_15m, check_0001_15m, check_0005_15m and 9 more',
    },
  },
  {
    // 12 waves of 74 s on 5 slots, and 3 s more: 896 of 900 s.
    name: 'fits by 4 s',
    steps: evenRound(60, 5, (index) => (index === 59 ? 77 : 74)),
    slots: 5,
    more: { clusterConfig: { stepConcurrencyLevel: 5, room: roomOn(5) }, instances: machines(5), prices },
    expected: { outcome: 'fits_just', first: 'Repeat 2x once' },
  },
  {
    // 3 waves of 40 s on 9 slots, on a cluster that is up all day; 2 slots (13 waves) and 2 nodes are enough.
    name: 'fits by far',
    steps: evenRound(26, 9, () => 40),
    slots: 9,
    more: {
      clusterConfig: { stepConcurrencyLevel: 9, room: roomOn(5) },
      clusterCreatedMs: startMs - 7_200_000,
      clusterReadyMs: startMs - 7_000_000,
      instances: machines(5, {}, -7200),
      prices,
    },
    expected: {
      outcome: 'fits',
      first: 'A smaller cluster still fits 2x: StepConcurrencyLevel 9 → 2 with 3 fewer core nodes',
    },
  },
  {
    // A long check that started last: started first it would end the round after 605 s or so.
    name: 'tail',
    steps: [...evenRound(40, 4, () => 50), stepOf('check_late_15m', { started: 505, ended: 940 })],
    slots: 4,
    expected: { outcome: 'missed', first: 'Submit the longest checks first' },
  },
];
