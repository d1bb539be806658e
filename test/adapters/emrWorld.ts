/** A cluster with steps on the embedded EMR, for the tests of the EMR adapter. */
import { submit } from '../../sandbox/emr/operations.ts';
import { parseClusterOrder } from '../../sandbox/emr/requests.ts';
import { emrQuota } from '../../src/adapters/aws/limits.ts';
import { openDisk } from '../../src/adapters/disk/disk.ts';
import { createClusters } from '../../src/adapters/emr/emr.ts';
import { startAwsWorld } from './awsWorld.ts';
import { instantClock } from './instantClock.ts';

export const startMs = Date.UTC(2025, 11, 8, 20, 0, 0);
export const minute = 60_000;

/** Steps run for a minute, those named "slow…" for ten hours; time passes only through `pass`. */
export async function startEmrWorld() {
  const world = await startAwsWorld({
    startMs,
    plan: (name) => (name.startsWith('slow') ? { runMs: 600 * minute } : { runMs: minute }),
  });
  const { simulation } = world;
  function startCluster(concurrency: number, name = 'load-test-15m') {
    const order = parseClusterOrder({
      Name: name,
      ReleaseLabel: 'emr-7.2.0',
      JobFlowRole: 'r',
      ServiceRole: 's',
      LogUri: 's3n://logs/emr/',
      StepConcurrencyLevel: concurrency,
      Instances: { MasterInstanceType: 'm5.xlarge', InstanceCount: 3, KeepJobFlowAliveWhenNoSteps: true },
    });
    const cluster = simulation.run(order);
    pass(20 * minute);
    return cluster;
  }

  function pass(ms: number): void {
    world.clock.advance(ms);
    simulation.advance();
  }

  function add(cluster: ReturnType<typeof startCluster>, count: number, name = 'check'): void {
    const steps = Array.from({ length: count }, (_, index) => ({
      Name: `${name}_${index}_15m_2x`,
      ActionOnFailure: 'CONTINUE',
      HadoopJarStep: {
        Jar: 'command-runner.jar',
        Args: ['spark-submit', '--deploy-mode', 'cluster', `${index}`],
      },
    }));
    submit(simulation, cluster, { Steps: steps });
  }

  /** Waves of 200 steps, each finished before the next, so that the cluster has a long history. */
  function runWaves(cluster: ReturnType<typeof startCluster>, waves: number): void {
    for (let wave = 0; wave < waves; wave += 1) {
      add(cluster, 200, `wave${wave}`);
      pass(60 * minute);
    }
  }

  return {
    ...world,
    startCluster,
    pass,
    add,
    runWaves,
    /** The adapter as in a new process. */
    clusters: (clock = instantClock()) =>
      createClusters({
        aws: world.aws,
        archive: openDisk(world.directory, 'STATE_DIR').below('clusters'),
        quota: emrQuota(clock),
      }),
  };
}
