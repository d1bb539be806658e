/** The embedded EMR alone, called through the real SDK, with a clock that only a test moves. */
import {
  AddJobFlowStepsCommand,
  EMRClient,
  RunJobFlowCommand,
  type RunJobFlowCommandInput,
  type StepConfig,
} from '@aws-sdk/client-emr';
import { onTestFinished } from 'vitest';
import { type AdjustableClock, sandboxClock } from '../../sandbox/clock.ts';
import { startAwsFront } from '../../sandbox/control/server.ts';
import type { QuotaClock } from '../../sandbox/emr/emr.ts';
import { createEmr } from '../../sandbox/emr/emr.ts';
import type { ClusterRecord, StepRecord } from '../../sandbox/emr/records.ts';
import { createSimulation } from '../../sandbox/emr/simulation.ts';
import { createRandom } from '../../sandbox/random.ts';
import { exampleKey } from '../../sandbox/wire/verify.ts';

export const startMs = Date.parse('2025-12-08T15:30:00.123Z');

export interface EmrHarness {
  readonly emr: EMRClient;
  readonly clock: AdjustableClock;
  readonly delivered: StepRecord[];
  /** Starts a cluster and advances the clock until it is up. @returns its id */
  upCluster(input?: Partial<RunJobFlowCommandInput>): Promise<string>;
  /** Submits at most 256 steps. @returns their ids */
  add(clusterId: string, steps: readonly StepConfig[]): Promise<string[]>;
  minutes(count: number): void;
}

export const clusterInput: RunJobFlowCommandInput = {
  Name: 'yang_audit_load_test_15m_2x_run',
  LogUri: 's3://logs/emr/',
  ReleaseLabel: 'emr-7.12.0',
  JobFlowRole: 'EMR_EC2_DefaultRole',
  ServiceRole: 'EMR_DefaultRole',
  StepConcurrencyLevel: 4,
  Instances: {
    KeepJobFlowAliveWhenNoSteps: true,
    InstanceGroups: [
      { InstanceRole: 'MASTER', InstanceType: 'm6i.2xlarge', InstanceCount: 1 },
      { InstanceRole: 'CORE', InstanceType: 'm6i.2xlarge', InstanceCount: 5, Market: 'SPOT' },
    ],
  },
};

/** A step that runs this many seconds; a negative number means that it fails after them. */
export function step(
  name: string,
  seconds: number,
  action: StepConfig['ActionOnFailure'] = 'CONTINUE',
): StepConfig {
  return {
    Name: name,
    ActionOnFailure: action,
    HadoopJarStep: { Jar: 'command-runner.jar', Args: ['sleep', String(seconds)] },
  };
}

export async function emrHarness(
  options: { quotaClock?: QuotaClock; maxAttempts?: number } = {},
): Promise<EmrHarness> {
  const clock = sandboxClock({ speed: 0, startMs });
  const random = createRandom(7);
  const delivered: StepRecord[] = [];
  const simulation = createSimulation({
    clock,
    random,
    plan({ args }) {
      const seconds = Number(args[1]);
      const runMs = Math.abs(seconds) * 1000;
      return seconds < 0 ? { runMs, failsWith: { kind: 'lost_spot_node' } } : { runMs };
    },
    deliverLogs: (_cluster: ClusterRecord, finished) => void delivered.push(finished),
  });
  const service = createEmr(simulation, options.quotaClock ?? 'off');
  const front = await startAwsFront({ services: [service], clock });
  const emr = new EMRClient({
    endpoint: front.endpoint,
    region: 'us-east-1',
    credentials: exampleKey,
    maxAttempts: options.maxAttempts ?? 1,
  });
  onTestFinished(async () => {
    emr.destroy();
    await front.close();
  });
  const minutes = (count: number): void => clock.advance(count * 60_000);
  return {
    emr,
    clock,
    delivered,
    minutes,
    async upCluster(input = {}) {
      const { JobFlowId = '' } = await emr.send(new RunJobFlowCommand({ ...clusterInput, ...input }));
      minutes(5);
      return JobFlowId;
    },
    async add(JobFlowId, steps) {
      const { StepIds = [] } = await emr.send(new AddJobFlowStepsCommand({ JobFlowId, Steps: [...steps] }));
      return StepIds;
    },
  };
}
