/** The embedded AWS behind one endpoint; a control path plays the part of Airflow. */
import { createDagRuns, type DagRuns } from '../airflow/dagRuns.ts';
import { sandboxClock } from '../clock.ts';
import { type AwsFront, startAwsFront } from '../control/server.ts';
import { createEmr, type QuotaClock } from '../emr/emr.ts';
import { createLogDelivery } from '../emr/logs.ts';
import { clusterFailures, isEnding, type SimulationOptions } from '../emr/records.ts';
import { createSimulation, type Simulation } from '../emr/simulation.ts';
import { createRandom } from '../random.ts';
import { createS3, type S3 } from '../s3/s3.ts';
import { productionFiles } from '../sample/files.ts';
import { createWorkload } from '../sample/workload.ts';
import { type Buckets, type SandboxClock, type Service, WireError } from '../service.ts';
import { createSts } from '../wire/sts.ts';
import { bucketName, dagsPrefix, productionPrefix } from './environment.ts';

export interface AwsOptions {
  /** Sandbox minutes in one real minute; at 0 only `advance` moves the time. Default: 60. */
  readonly speed?: number;
  /** Where the clock starts. Default: now. */
  readonly startMs?: number;
  readonly seed?: number;
  /** Default: any free port. */
  readonly port?: number;
  /** The clock of EMR's request quotas. Default: real time. */
  readonly quotaClock?: QuotaClock;
  /** Runs steps for real, at a speed of 1. Default: their seconds are simulated. */
  readonly engine?: (buckets: Buckets, clock: SandboxClock) => StepEngine;
}

/** What runs a step, in real time. */
export interface StepEngine
  extends Pick<Required<SimulationOptions>, 'pace' | 'runStep' | 'isStarting' | 'deliverLogs'> {
  /** Called once the sandbox is up, before its first step. */
  warmUp(): Promise<void>;
  /** Called again and again while it is up. */
  tick(): void;
  close(): Promise<void>;
}

/** In real time, somebody has to look at the clock: nobody may be asking while a step waits for its turn. */
const tickMs = 100;
/** Of the DAG, in real time: Airflow's 30 s would be a large part of a round. */
const realPollMs = 1000;

export interface EmbeddedAws {
  readonly endpoint: string;
  readonly clock: SandboxClock;
  readonly front: AwsFront;
  readonly s3: S3;
  readonly simulation: Simulation;
  readonly dagRuns: DagRuns;
  readonly engine: StepEngine | undefined;
  /** Skips sandbox time. */
  advance(minutes: number): void;
  close(): Promise<void>;
}

/** Starts S3, EMR and STS with one bucket, which contains production's table metrics. */
export async function startEmbeddedAws(options: AwsOptions = {}): Promise<EmbeddedAws> {
  const { seed = 1, quotaClock = () => performance.now(), startMs = Date.now() } = options;
  const speed = options.engine === undefined ? (options.speed ?? 60) : 1;
  const clock = sandboxClock({ speed, startMs });
  const advance = (minutes: number): void => clock.advance(minutes * 60_000);
  const s3 = createS3({ clock });
  s3.buckets.create(bucketName);
  s3.buckets.put(
    bucketName,
    'audit-runner/audit_runner.py',
    Buffer.from('# never read: steps are simulated\n'),
  );
  for (const [path, text] of productionFiles())
    s3.buckets.put(bucketName, `${productionPrefix}/${path}`, Buffer.from(text));

  const random = createRandom(seed);
  const engine = options.engine?.(s3.buckets, clock);
  const simulation = createSimulation({
    clock,
    random,
    ...(engine === undefined
      ? {
          plan: createWorkload(s3.buckets, createRandom(seed + 1)),
          deliverLogs: createLogDelivery(s3.buckets),
        }
      : { ...engine, plan: () => ({}) }),
  });
  const ticking =
    engine &&
    setInterval(() => {
      simulation.advance();
      engine.tick();
    }, tickMs);
  const location = { bucket: bucketName, dagsPrefix };
  const dagRuns = createDagRuns({
    buckets: s3.buckets,
    simulation,
    random,
    location,
    ...(engine && { pollMs: realPollMs }),
  });
  const emr = createEmr(simulation, quotaClock);
  const front = await startAwsFront({
    services: [withLogsDelivered(s3.service, simulation), emr, createSts()],
    clock,
    control: {
      'POST /_sandbox/dagRuns': (body) => dagRuns.trigger(body),
      'GET /_sandbox/dagRuns': () => dagRuns.list(),
      'GET /_sandbox/clusters': () => clusterList(simulation),
      'POST /_sandbox/clusters/{id}/fail': failRoute(simulation),
      'POST /_sandbox/advance': engine ? refuseToAdvance : advanceRoute(clock, advance),
    },
    ...(options.port === undefined ? {} : { port: options.port }),
  });
  const { endpoint } = front;
  return {
    endpoint,
    clock,
    front,
    s3,
    simulation,
    dagRuns,
    engine,
    advance,
    async close() {
      clearInterval(ticking);
      await front.close();
      await engine?.close();
    },
  };
}

/** `POST /_sandbox/advance` while steps really run. */
function refuseToAdvance(): never {
  throw new WireError(
    409,
    'RealTime',
    'not in real time: steps really run, and their seconds cannot be skipped',
  );
}

/** Logs also arrive while nobody calls EMR, so every call of S3 advances the simulation. */
function withLogsDelivered(service: Service, simulation: Simulation): Service {
  return {
    ...service,
    handle(request, operation) {
      simulation.advance();
      return service.handle(request, operation);
    },
  };
}

/** `GET /_sandbox/clusters`: all clusters in one call, outside EMR's quotas. */
function clusterList(simulation: Simulation) {
  simulation.advance();
  return [...simulation.clusters.values()].map((cluster) => {
    const steps: Record<string, number> = {};
    for (const { state } of cluster.steps) steps[state] = (steps[state] ?? 0) + 1;
    return {
      id: cluster.id,
      name: cluster.name,
      state: cluster.state,
      reason: cluster.reason.message,
      steps,
    };
  });
}

/**
 * `POST /_sandbox/clusters/{id}/fail {"code": "INSTANCE_FAILURE", "message": "…"}`: what TerminateJobFlows cannot
 * cause, a cluster that does not start (BOOTSTRAP_FAILURE) or that fails while its steps run.
 */
function failRoute(simulation: Simulation) {
  return (body: unknown, id: string) => {
    const { code: asked, message = '' } = (body ?? {}) as { code?: unknown; message?: unknown };
    const code = clusterFailures.find((one) => one === asked);
    if (code === undefined || typeof message !== 'string')
      throw new WireError(
        400,
        'BadFailure',
        `code is one of ${clusterFailures.join(', ')}, and message is a text`,
      );
    simulation.advance();
    const cluster = simulation.clusters.get(id);
    if (cluster === undefined) throw new WireError(404, 'NoSuchCluster', `there is no cluster ${id}`);
    if (isEnding(cluster)) throw new WireError(409, 'ClusterEnded', `${id} is ${cluster.state}`);
    // Bootstrap actions are over once a cluster is up.
    if (code === 'BOOTSTRAP_FAILURE' && cluster.readyMs !== undefined)
      throw new WireError(
        409,
        'ClusterIsUp',
        `${id} is ${cluster.state}: its bootstrap actions have succeeded`,
      );
    simulation.fail(cluster, code, message);
    return { id, state: cluster.state };
  };
}

/** `POST /_sandbox/advance {"minutes": 20}`: skips time and answers the new time of the clock. */
function advanceRoute(clock: SandboxClock, advance: (minutes: number) => void) {
  return (body: unknown) => {
    const minutes = (body as { minutes?: unknown } | undefined)?.minutes;
    if (typeof minutes !== 'number' || !(minutes >= 0))
      throw new WireError(400, 'BadAdvance', 'minutes is a number from 0');
    advance(minutes);
    return { now: new Date(clock.nowMs()).toISOString() };
  };
}
