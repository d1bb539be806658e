/**
 * Time in the embedded EMR. There is no timer: whoever asks first calls `advance`, which plays every event up to now
 * in order, so a state depends on the seed and the clock and on nothing else.
 */
import { beginTermination, type ClusterOrder, openCluster } from './clusters/life.ts';
import { type Event, nextEvent } from './events.ts';
import { addSteps } from './steps/life.ts';
import type {
  ClusterFailure,
  ClusterRecord,
  SimulationOptions,
  StepRecord,
  StepRequest,
} from './steps/records.ts';

/** Something that acts on clusters at times of its own, as a DAG run does. */
interface Actor {
  /** The next time at which it acts; undefined when it has finished. */
  wakeMs(): number | undefined;
  wake(nowMs: number): void;
}

export interface Simulation {
  readonly clusters: ReadonlyMap<string, ClusterRecord>;
  /** The time up to which everything has happened. */
  nowMs(): number;
  advance(): void;
  run(order: ClusterOrder): ClusterRecord;
  add(cluster: ClusterRecord, steps: readonly StepRequest[]): StepRecord[];
  /** Terminates a cluster as a request does. */
  terminate(cluster: ClusterRecord): void;
  /** Terminates a cluster at once and with errors, as an accident would. */
  fail(cluster: ClusterRecord, code: ClusterFailure, message: string): void;
  join(actor: Actor): void;
}

export function createSimulation(options: SimulationOptions): Simulation {
  const { clock, random } = options;
  const clusters = new Map<string, ClusterRecord>();
  const actors = new Set<Actor>();
  let nowMs = Math.round(clock.nowMs());

  function playNext(untilMs: number): boolean {
    let next: Event | undefined;
    for (const cluster of clusters.values()) {
      const event = nextEvent(cluster, options);
      if (event && (!next || event.atMs < next.atMs)) next = event;
    }
    for (const actor of actors) {
      const atMs = actor.wakeMs();
      if (atMs === undefined) actors.delete(actor);
      else if (!next || atMs < next.atMs) next = { atMs, play: () => actor.wake(nowMs) };
    }
    if (!next || next.atMs > untilMs) return false;
    nowMs = Math.max(nowMs, next.atMs);
    next.play();
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
    add: (cluster, steps) => addSteps(cluster, steps, nowMs, options),
    terminate(cluster) {
      const reason = { code: 'USER_REQUEST', message: 'Terminated by user request' } as const;
      beginTermination(cluster, reason, nowMs, random);
    },
    fail: (cluster, code, message) =>
      beginTermination(cluster, { code, message, withErrors: true }, nowMs, random),
    join: (actor) => void actors.add(actor),
  };
}
