/** What Airflow would do with the DAG file and the cluster configs that are in the bucket now. */
import { submit } from '../emr/operations.ts';
import { type ClusterRecord, isEnding, type StepRecord } from '../emr/records.ts';
import { parseClusterOrder } from '../emr/requests.ts';
import type { Simulation } from '../emr/simulation.ts';
import { between, type Random } from '../random.ts';
import { type Buckets, isRecord, WireError } from '../service.ts';
import {
  type DagFolder,
  type DagLocation,
  type DagSchedule,
  dagSchedules,
  readDagFolder,
  stepsOf,
} from './dagFolder.ts';

/** EMR allows 256; the DAG leaves some for steps that are added by hand. */
const activeStepsLimit = 200;
const airflowPollMs = 30_000;

interface DagRun {
  readonly dagId: string;
  readonly dagRunId: string;
  readonly clusterId: string;
  /** Checks that the run submits. */
  readonly checks: number;
  submitted: number;
  state: 'running' | 'success' | 'failed';
  /** Why it failed, when the reason is not a failed check. */
  problem?: string;
}

interface DagRunsOptions {
  readonly buckets: Buckets;
  readonly simulation: Simulation;
  readonly random: Random;
  readonly location: DagLocation;
  /** How often the DAG looks at its cluster. Default: as the shipped one. */
  readonly pollMs?: number;
}

export interface DagRuns {
  /** Starts a run and answers at once. @throws WireError 4xx when Airflow could not run it */
  trigger(body: unknown): { clusterId: string; dagRunId: string };
  list(): readonly DagRun[];
}

export function createDagRuns(options: DagRunsOptions): DagRuns {
  const { buckets, simulation, random, location, pollMs = airflowPollMs } = options;
  const runs: DagRun[] = [];
  return {
    trigger(body) {
      const trigger = parseTrigger(body);
      simulation.advance();
      const { dagId, schedule, only, tsEndMs: endMs = simulation.nowMs() } = trigger;
      const folder = readDagFolder(buckets, location, schedule, trigger.load);
      const dagRunId = runId(simulation.nowMs(), runs.length);
      const steps = stepsOf(buckets, folder, { schedule, endMs, dagRunId, only });
      const cluster = clusterFor(simulation, folder, trigger, dagRunId);
      const facts = { dagId, dagRunId, clusterId: cluster.id, checks: steps.length };
      const run: DagRun = { ...facts, submitted: 0, state: 'running' };
      runs.push(run);
      const leavesUp = trigger.clusterId !== undefined || trigger.keepCluster;
      follow({ simulation, random, run, cluster, steps, leavesUp, pollMs });
      return { clusterId: cluster.id, dagRunId };
    },
    list() {
      simulation.advance();
      return runs;
    },
  };
}

/** As Airflow names a manual run; the microseconds tell apart runs that start in the same millisecond. */
function runId(nowMs: number, earlierRuns: number): string {
  const microseconds = String(earlierRuns % 1000).padStart(3, '0');
  return `manual__${new Date(nowMs).toISOString().replace('Z', `${microseconds}+00:00`)}`;
}

function clusterFor(
  simulation: Simulation,
  folder: DagFolder,
  trigger: DagTrigger,
  dagRunId: string,
): ClusterRecord {
  if (trigger.clusterId === undefined) {
    const Name = `${folder.clusterConfig.Name}_${folder.load}x_${dagRunId}`.slice(0, 256);
    return simulation.run(parseClusterOrder({ ...folder.clusterConfig, Name }));
  }
  const cluster = simulation.clusters.get(trigger.clusterId);
  if (!cluster || isEnding(cluster)) {
    const state = cluster ? `is ${cluster.state}` : 'does not exist';
    throw new WireError(
      409,
      'ClusterNotUp',
      `cluster ${trigger.clusterId} ${state}: give one that is up, or none`,
    );
  }
  return cluster;
}

interface RunPlan {
  readonly simulation: Simulation;
  readonly random: Random;
  readonly run: DagRun;
  readonly cluster: ClusterRecord;
  readonly steps: readonly Record<string, unknown>[];
  readonly leavesUp: boolean;
  readonly pollMs: number;
}

/** Submits in batches once the cluster is up, waits for the last step, and terminates a cluster that it created. */
function follow({ simulation, random, run, cluster, steps, leavesUp, pollMs }: RunPlan): void {
  const submitted: StepRecord[] = [];
  let nextPollMs: number | undefined = simulation.nowMs() + 2000;

  function poll(): 'again' | 'finished' {
    if (isEnding(cluster)) {
      run.problem = `cluster ${cluster.id} ended during the run: ${cluster.reason.message}`;
      return 'finished';
    }
    if (cluster.state !== 'RUNNING' && cluster.state !== 'WAITING') return 'again';
    const free = Math.max(0, activeStepsLimit - cluster.active.length);
    const batch = steps.slice(submitted.length, submitted.length + free);
    if (batch.length > 0) submitted.push(...submit(simulation, cluster, { Steps: batch }));
    run.submitted = submitted.length;
    if (submitted.length < steps.length || submitted.some((step) => cluster.active.includes(step)))
      return 'again';
    if (!leavesUp) simulation.terminate(cluster);
    return 'finished';
  }

  simulation.join({
    wakeMs: () => nextPollMs,
    wake(nowMs) {
      nextPollMs = Math.round(nowMs + pollMs * between(random, 0.8, 1.2));
      try {
        if (poll() === 'again') return;
      } catch (error) {
        run.problem = String(error);
      }
      nextPollMs = undefined;
      const allCompleted =
        submitted.length === steps.length && submitted.every((step) => step.state === 'COMPLETED');
      run.state = allCompleted ? 'success' : 'failed';
    },
  });
}

interface DagTrigger {
  readonly dagId: string;
  readonly schedule: DagSchedule;
  readonly clusterId?: string;
  readonly keepCluster: boolean;
  readonly only: readonly string[];
  readonly tsEndMs?: number;
  /** Of a DAG that sets no LOAD. */
  readonly load?: number;
}

const dagPrefix = 'yang_audit_load_test_';

/** @throws WireError 404 for a DAG that does not exist, 400 for any other wrong value */
function parseTrigger(body: unknown): DagTrigger {
  const { dagId, conf } = objectOf(body, 'the body');
  const schedule = dagSchedules.find((candidate) => dagId === `${dagPrefix}${candidate}`);
  if (!schedule)
    throw new WireError(
      404,
      'DagNotFound',
      `there is no DAG ${JSON.stringify(dagId)}; there are ${dagSchedules.map((name) => dagPrefix + name).join(', ')}`,
    );
  const { cluster_id, keep_cluster, only, ts_end, load, round: _, ...unknown } = objectOf(conf ?? {}, 'conf');
  const [unknownKey] = Object.keys(unknown);
  if (unknownKey !== undefined) throw badConf(`unknown in conf: ${unknownKey}`);
  return {
    dagId: `${dagPrefix}${schedule}`,
    schedule,
    keepCluster: keep_cluster === true,
    only: namesOf(only ?? []),
    ...(cluster_id === undefined || cluster_id === null ? {} : { clusterId: clusterIdOf(cluster_id) }),
    ...(typeof load === 'number' ? { load } : {}),
    ...(ts_end === undefined || ts_end === null ? {} : { tsEndMs: timeOf(ts_end) }),
  };
}

function clusterIdOf(value: unknown): string {
  if (typeof value === 'string' && /^j-[A-Z0-9]{1,20}$/.test(value)) return value;
  throw badConf(`cluster_id ${JSON.stringify(value)} does not look like a cluster id`);
}

function namesOf(value: unknown): string[] {
  if (Array.isArray(value) && value.every((name) => typeof name === 'string')) return value;
  throw badConf(`only ${JSON.stringify(value)} is not a list of checks`);
}

function timeOf(value: unknown): number {
  const hasOffset = typeof value === 'string' && /(Z|[+-]\d\d:?\d\d)$/.test(value);
  const ms = hasOffset ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(ms)) throw badConf(`ts_end ${JSON.stringify(value)} is not a time with an offset`);
  return ms;
}

function objectOf(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (isRecord(value)) return value;
  throw badConf(`${what} is not a JSON object`);
}

function badConf(message: string): WireError {
  return new WireError(400, 'BadTrigger', message);
}
