/**
 * The embedded EMR's sense of time. Nothing ticks: whoever asks first calls `advance`, which plays every event
 * up to now in order, so that a state depends on the seed and the clock and on nothing else.
 */
import type { Random } from '../random.ts';
import type { SandboxClock } from '../service.ts';
import { beginTermination, type ClusterOrder, openCluster } from './clusters/life.ts';
import { nextEvent } from './events.ts';
import type { ClusterFailure, ClusterRecord, StepPlan, StepRecord, StepRequest } from './steps/records.ts';
import { addSteps } from './steps/life.ts';

/** Something that acts on clusters at moments of its own, as a DAG run does. */
interface Actor {
  /** The next moment it wants to act; undefined when it has finished. */
  wakeMs(): number | undefined;
  wake(nowMs: number): void;
}

export interface Surroundings {
  readonly clock: SandboxClock;
  readonly random: Random;
  /** Decides how long a step will run and how it ends; asked once, when the step is submitted. */
  plan(step: StepRequest): StepPlan;
  /** Puts a finished step's logs where a person will look for them. */
  deliverLogs(cluster: ClusterRecord, step: StepRecord): void;
}

export interface Simulation {
  readonly clusters: ReadonlyMap<string, ClusterRecord>;
  /** The moment up to which everything has happened. */
  nowMs(): number;
  advance(): void;
  run(order: ClusterOrder): ClusterRecord;
  add(cluster: ClusterRecord, steps: readonly StepRequest[]): StepRecord[];
  /** Ends a cluster as an accident would: it terminates at once, and with errors. */
  fail(cluster: ClusterRecord, code: ClusterFailure, message: string): void;
  join(actor: Actor): void;
}

export function createSimulation(surroundings: Surroundings): Simulation {
  const { clock, random } = surroundings;
  const clusters = new Map<string, ClusterRecord>();
  const actors = new Set<Actor>();
  let nowMs = Math.round(clock.nowMs());

  function playNext(untilMs: number): boolean {
    let soonest: { atMs: number; play(): void } | undefined;
    for (const cluster of clusters.values()) {
      const event = nextEvent(cluster, surroundings);
      if (event && (!soonest || event.atMs < soonest.atMs)) soonest = event;
    }
    for (const actor of actors) {
      const atMs = actor.wakeMs();
      if (atMs === undefined) actors.delete(actor);
      else if (!soonest || atMs < soonest.atMs) soonest = { atMs, play: () => actor.wake(nowMs) };
    }
    if (!soonest || soonest.atMs > untilMs) return false;
    nowMs = Math.max(nowMs, soonest.atMs);
    soonest.play();
    return true;
  }

  return {
    clusters,
    nowMs: () => nowMs,
    advance() {
      const untilMs = Math.round(clock.nowMs());
      while (playNext(untilMs));
      nowMs = Math.max(nowMs, untilMs);
    },
    run(order) {
      const cluster = openCluster(order, nowMs, random);
      clusters.set(cluster.id, cluster);
      return cluster;
    },
    add: (cluster, steps) => addSteps(cluster, steps, nowMs, surroundings),
    fail: (cluster, code, message) =>
      beginTermination(cluster, { code, message, withErrors: true }, nowMs, random),
    join: (actor) => void actors.add(actor),
  };
}
