/** DAG runs on clusters, and the one round that owns each. */
import type { Schedule } from '../domain/schedules.ts';
import { identifyStep } from '../domain/stepIdentity.ts';
import type { ClusterSummary, Step } from '../ports/aws.ts';
import type { Round } from '../state/session.ts';
import { loadOfSteps, scheduleOfSteps, startMs, type WindowSteps, windowOf } from './window.ts';

/** One DAG run as EMR shows it. */
export interface DagRun {
  readonly clusterId: string;
  /** In its steps' arguments; absent for steps without one: then the cluster stands for the run. */
  readonly runId?: string;
  readonly schedule?: Schedule;
  /** In the names of its steps. */
  readonly load?: number;
  /** Oldest first; at least one. */
  readonly steps: readonly Step[];
}

/** The DAG runs among a cluster's steps (oldest first), in the order of their first steps. */
export function runsOn(clusterId: string, steps: readonly Step[], configsPrefix: string): DagRun[] {
  const byRun = new Map<string, Step[]>();
  for (const step of steps) {
    const { runId, schedule } = identifyStep(step, configsPrefix);
    const key = runId === undefined ? `\0${schedule ?? ''}` : runId;
    const others = byRun.get(key);
    if (others === undefined) byRun.set(key, [step]);
    else others.push(step);
  }
  return [...byRun].map(([key, own]) => {
    const schedule = scheduleOfSteps(own, configsPrefix);
    const load = loadOfSteps(own, configsPrefix);
    return {
      clusterId,
      ...(key.startsWith('\0') ? {} : { runId: key }),
      ...(schedule && { schedule }),
      ...(load !== undefined && { load }),
      steps: own,
    };
  });
}

export type ClusterSteps = { readonly id: string; readonly steps: readonly Step[] };

/**
 * Run id -> the round that owns the run, on one cluster. A run belongs whole to one round: to the round that is bound to it,
 * otherwise to the first round on this cluster in whose window it began. Each round owns at most one run here.
 *
 * @param asIf a round that counts as being on this cluster although it is bound to none, or to another
 */
function ownersOfRuns(
  rounds: readonly Round[],
  cluster: ClusterSteps,
  configsPrefix: string,
  asIf?: Round,
): ReadonlyMap<string, Round> {
  const here = rounds
    .map((round) => (round.round === asIf?.round ? { ...round, clusterId: cluster.id } : round))
    .filter((round) => round.clusterId === cluster.id)
    .sort((a, b) => startMs(a) - startMs(b) || a.round - b.round);
  const owners = new Map<string, Round>();
  const owning = new Set<number>();
  const give = (runId: string, round: Round) => {
    owners.set(runId, round);
    owning.add(round.round);
  };
  for (const round of here)
    if (round.runId !== undefined && !owners.has(round.runId)) give(round.runId, round);
  const runs = runsOn(cluster.id, cluster.steps, configsPrefix);
  const firstMs = ({ steps: [first] }: DagRun) => first?.createdMs ?? 0;
  const lastMs = ({ steps }: DagRun) => steps.at(-1)?.createdMs ?? 0;
  // A run that began before every window belongs to the round that was marked while it ran.
  for (const whole of [true, false])
    for (const round of here) {
      const { fromMs, untilMs } = windowOf(round, rounds);
      const run = runs.find(
        (one) =>
          one.runId !== undefined &&
          !owners.has(one.runId) &&
          (one.schedule ?? round.schedule) === round.schedule &&
          (whole ? firstMs(one) >= fromMs : lastMs(one) >= fromMs) &&
          firstMs(one) < untilMs,
      );
      if (run?.runId !== undefined && !owning.has(round.round) && round.runId === undefined)
        give(run.runId, round);
    }
  return owners;
}

export interface RoundSteps extends WindowSteps {
  /** The run id of `own`, if its steps carry one. */
  readonly runId?: string;
  /** Other runs on the cluster that no round owns. */
  readonly unowned: readonly DagRun[];
}

/** Which of a cluster's steps (oldest first) are a round's own. No step is another round's as well. */
export function stepsOfRound(
  round: Round,
  rounds: readonly Round[],
  cluster: ClusterSteps,
  configsPrefix: string,
): RoundSteps {
  const window = windowOf({ ...round, clusterId: cluster.id }, rounds);
  const owners = ownersOfRuns(rounds, cluster, configsPrefix, round);
  const inside = ({ createdMs }: Step) => createdMs >= window.fromMs && createdMs < window.untilMs;
  const own: Step[] = [];
  const foreign: Step[] = [];
  for (const step of cluster.steps) {
    const { runId, schedule = round.schedule } = identifyStep(step, configsPrefix);
    const isOwn =
      runId === undefined
        ? inside(step) && schedule === round.schedule
        : owners.get(runId)?.round === round.round;
    if (isOwn) own.push(step);
    else if (inside(step) && schedule !== round.schedule) foreign.push(step);
  }
  const runId = [...owners].find(([, owner]) => owner.round === round.round)?.[0];
  const lastBefore = cluster.steps.findLast((step) => step.createdMs < window.fromMs && !own.includes(step));
  const firstAfter = cluster.steps.find((step) => step.createdMs >= window.untilMs && !own.includes(step));
  return {
    own,
    ...(runId !== undefined && own.length > 0 && { runId }),
    foreign,
    unowned: unownedRuns(rounds, cluster, configsPrefix, { asIf: round }),
    ...(lastBefore && { lastBefore }),
    ...(firstAfter && { firstAfter }),
  };
}

/**
 * The runs on a cluster that no round owns. Steps without a run id belong to the rounds in whose windows they are.
 *
 * @param isMark for a mark, they belong to such a round only up to the number of steps with which it was seen to end
 */
export function unownedRuns(
  rounds: readonly Round[],
  cluster: ClusterSteps,
  configsPrefix: string,
  { asIf, isMark = false }: { readonly asIf?: Round; readonly isMark?: boolean } = {},
): DagRun[] {
  const owners = ownersOfRuns(rounds, cluster, configsPrefix, asIf);
  const here = rounds.filter((round) => round.clusterId === cluster.id || round.round === asIf?.round);
  return runsOn(cluster.id, cluster.steps, configsPrefix).flatMap((run) => {
    if (run.runId !== undefined) return owners.has(run.runId) ? [] : [run];
    const owned = new Set(
      here.flatMap((round) => {
        const { fromMs, untilMs } = windowOf({ ...round, clusterId: cluster.id }, rounds);
        const inside = run.steps.filter(({ createdMs }) => createdMs >= fromMs && createdMs < untilMs);
        const isOurs = (run.schedule ?? round.schedule) === round.schedule;
        return isOurs
          ? inside.slice(0, isMark ? (round.finished?.steps ?? inside.length) : inside.length)
          : [];
      }),
    );
    const steps = run.steps.filter((step) => !owned.has(step));
    return steps.length === 0 ? [] : [{ ...run, steps }];
  });
}

/** The load in a cluster's name `{Name}_{LOAD}x_{run id}`. */
export function loadOfName({ name }: Pick<ClusterSummary, 'name'>, namePrefix: string): number | undefined {
  if (!name.startsWith(`${namePrefix}_`)) return undefined;
  const load = /^([1-9]\d{0,3})x_/.exec(name.slice(namePrefix.length + 1))?.[1];
  return load === undefined ? undefined : Number(load);
}
