/** The embedded AWS behind one endpoint, with Airflow's part played by a control path. */
import { runningClock } from '../clock.ts';
import { createDagRuns, type DagRuns } from '../airflow/dagRuns.ts';
import { createEmr } from '../emr/emr.ts';
import type { QuotaClock } from '../emr/wire/quotas.ts';
import { createSimulation, type Simulation } from '../emr/simulation.ts';
import { createLogDelivery } from '../emr/steps/logs.ts';
import { createRandom } from '../random.ts';
import { createS3, type S3 } from '../s3/s3.ts';
import { productionFiles } from '../sample/files.ts';
import { type AwsFront, startAwsFront } from '../control/server.ts';
import type { SandboxClock, Service } from '../service.ts';
import { createSts } from '../wire/sts.ts';
import { createWorkload } from '../sample/workload.ts';
import { advanceRoute, clusterList, failRoute } from './clusterRoutes.ts';
import { bucketName, dagsPrefix, productionPrefix, region } from './environment.ts';

export interface AwsOptions {
  /** Sandbox minutes in one real minute; 0 stands still and moves by `advance` alone. 60 when left out. */
  readonly speed?: number;
  /** Where the clock starts; now when left out. */
  readonly startMs?: number;
  readonly seed?: number;
  /** Any free one when left out. */
  readonly port?: number;
  /** The clock of EMR's request quotas: real time when left out. */
  readonly quotaClock?: QuotaClock;
}

export interface EmbeddedAws {
  readonly endpoint: string;
  readonly clock: SandboxClock;
  readonly front: AwsFront;
  readonly s3: S3;
  readonly simulation: Simulation;
  readonly dagRuns: DagRuns;
  /** Moves the sandbox's time on. */
  advance(minutes: number): void;
  close(): Promise<void>;
}

/** Starts S3, EMR and STS with one bucket, which holds production's table metrics. */
export async function startEmbeddedAws(options: AwsOptions = {}): Promise<EmbeddedAws> {
  const { seed = 1, quotaClock = () => performance.now() } = options;
  const { clock, advance } = adjustableClock(options);
  const s3 = createS3({ clock, region });
  s3.buckets.create(bucketName);
  for (const [path, text] of productionFiles())
    s3.buckets.put(bucketName, `${productionPrefix}/${path}`, Buffer.from(text));

  const random = createRandom(seed);
  const simulation = createSimulation({
    clock,
    random,
    plan: createWorkload(s3.buckets, createRandom(seed + 1)),
    deliverLogs: createLogDelivery(s3.buckets),
  });
  const place = { bucket: bucketName, dagsPrefix };
  const dagRuns = createDagRuns({ buckets: s3.buckets, simulation, random, place });
  const emr = createEmr({ simulation, random, region, quotaClock });
  const front = await startAwsFront({
    services: [withLogsDelivered(s3.service, simulation), emr, createSts()],
    clock,
    control: {
      'POST /_sandbox/dagRuns': (body) => dagRuns.trigger(body),
      'GET /_sandbox/dagRuns': () => dagRuns.list(),
      'GET /_sandbox/clusters': () => clusterList(simulation),
      'POST /_sandbox/clusters/{id}/fail': failRoute(simulation),
      'POST /_sandbox/advance': advanceRoute(clock, advance),
    },
    ...(options.port === undefined ? {} : { port: options.port }),
  });
  const { endpoint } = front;
  return { endpoint, clock, front, s3, simulation, dagRuns, advance, close: () => front.close() };
}

/** Logs arrive while nobody asks EMR anything, so S3 looks at the clock too. */
function withLogsDelivered(service: Service, simulation: Simulation): Service {
  return {
    ...service,
    handle(request, operation) {
      simulation.advance();
      return service.handle(request, operation);
    },
  };
}

function adjustableClock(options: AwsOptions): { clock: SandboxClock; advance(minutes: number): void } {
  const { speed = 60, startMs = Date.now() } = options;
  const running = runningClock({ speed, startMs });
  let addedMs = 0;
  return {
    clock: { speed, nowMs: () => running.nowMs() + addedMs },
    advance(minutes) {
      if (minutes < 0) throw new RangeError('time does not run backwards');
      addedMs += minutes * 60_000;
    },
  };
}
