import { maxConcurrentSteps, stepLimit } from '../../dag/clusterConfig/capacity.ts';
import { formatDuration, plural } from '../../domain/text.ts';
import type { ToFitChange } from '../model/toFit.ts';
import { unmodelledSeconds } from '../steps/makespan.ts';
import { isSubmittedSlowly, type SuggestionFacts } from './facts.ts';
import { type LongCheck, longestChecks } from './longest.ts';
import { nodesFor } from './nodes.ts';
import { type Replay, type ReplayChange, replayOf } from './replay.ts';
import type { PriceFacts } from './rows.ts';

/** Half of the window, so that the next level may double the check. */
const tunedShare = 0.5;

/** Something that may change, and what it does to a replay. */
export interface Candidate {
  readonly change: ToFitChange;
  readonly replay: ReplayChange;
  /** Seconds of the round that no replay has, and that the change takes away. */
  readonly savedBesideSeconds?: number;
}

/** A round whose steps can be replayed with other settings. */
export interface ReplayedRound {
  readonly facts: SuggestionFacts;
  readonly prices: PriceFacts;
  readonly replay: Replay;
  /** Steps at once now, and whether the cluster says so; an observed peak is no setting. */
  readonly slots: number;
  readonly mayChangeSlots: boolean;
  readonly mostSlots: number;
  /** The most steps that the present nodes can run at once. */
  readonly slotsOnNodes: number | undefined;
  readonly besideSeconds: number;
  readonly targetSeconds: number;
  readonly checks: readonly LongCheck[];
}

export function replayedRound(facts: SuggestionFacts, prices: PriceFacts): ReplayedRound {
  const { findings, clusterConfig, verdict, counts, steps } = facts;
  const slots = findings.slots.limit ?? 1;
  return {
    facts,
    prices,
    replay: replayOf(steps, slots),
    slots,
    mayChangeSlots: findings.slots.from === 'cluster',
    mostSlots: Math.min(stepLimit, counts.total),
    slotsOnNodes: clusterConfig?.room && maxConcurrentSteps(clusterConfig.room),
    besideSeconds: unmodelledSeconds(facts),
    targetSeconds: tunedShare * verdict.windowSeconds,
    checks: longestChecks(facts),
  };
}

/** Seconds from the first creation to the last end, had the round run with these changes. */
export function runtimeWith(
  { replay, besideSeconds }: ReplayedRound,
  candidates: readonly Candidate[],
): number {
  const change: ReplayChange = Object.assign({}, ...candidates.map((one) => one.replay));
  const saved = candidates.reduce((sum, one) => sum + (one.savedBesideSeconds ?? 0), 0);
  return replay(change) + Math.max(0, besideSeconds - saved);
}

export function slotsCandidate({ slots, facts }: ReplayedRound, to: number): Candidate {
  const nodes = nodesFor(to, facts.clusterConfig?.room);
  const isOther = nodes !== undefined && (to > slots ? nodes.to > nodes.from : nodes.to < nodes.from);
  return {
    change: {
      kind: 'slots',
      setting: 'StepConcurrencyLevel',
      from: String(slots),
      to: String(to),
      ...(isOther && { nodes }),
    },
    replay: { slots: to },
  };
}

export const orderCandidate: Candidate = {
  change: {
    kind: 'order',
    setting: 'order of the checks (names in list_configs of the DAG file)',
    from: 'as submitted',
    to: 'longest first, by this report',
  },
  replay: { longestFirst: true },
};

/** Where steps came slowly, a replay takes all of them at once; only the wait for the first start is left beside it. */
export function submissionCandidate({ facts, besideSeconds }: ReplayedRound): Candidate | undefined {
  if (!isSubmittedSlowly(facts)) return undefined;
  return {
    change: {
      kind: 'submission',
      setting: 'how many steps the DAG keeps active',
      from: `at most ${facts.findings.peakActive} at once in this round`,
      to: 'all of them, up to 200',
    },
    replay: {},
    savedBesideSeconds: besideSeconds - (facts.findings.startGapSeconds ?? 0),
  };
}

/** A cluster that stays up saves the part of its start during which the round's steps waited. */
export function keepClusterCandidate({ prices: { start } }: ReplayedRound): Candidate | undefined {
  if (!start?.isOwn || start.inRuntimeSeconds === 0) return undefined;
  return {
    change: {
      kind: 'keepCluster',
      setting: 'the cluster (conf.keep_cluster, then conf.cluster_id)',
      from: 'a new one for each round',
      to: 'one that stays up between rounds',
    },
    replay: {},
    savedBesideSeconds: start.inRuntimeSeconds,
  };
}

export function tunedCandidate({ targetSeconds }: ReplayedRound, checks: readonly LongCheck[]): Candidate {
  const [first] = checks;
  const isOne = checks.length === 1;
  return {
    change: {
      kind: 'tuned',
      setting: isOne ? `the query of ${first?.check}` : `the queries of ${plural(checks.length, 'check')}`,
      from: `${isOne ? '' : 'up to '}${formatDuration(first?.seconds ?? 0)}`,
      to: `at most ${formatDuration(targetSeconds)}${isOne ? '' : ' each'}`,
      checks: checks.map(({ check }) => check),
      targetSeconds,
    },
    replay: { tuned: { checks: new Set(checks.map(({ name }) => name)), targetSeconds } },
  };
}
