import {
  AddJobFlowStepsCommand,
  DescribeClusterCommand,
  EMRClient,
  ListClustersCommand,
  ListInstancesCommand,
  ListStepsCommand,
  RunJobFlowCommand,
  type RunJobFlowCommandInput,
  TerminateJobFlowsCommand,
} from '@aws-sdk/client-emr';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { type AdjustableClock, sandboxClock } from '../../sandbox/clock.ts';
import { type AwsFront, startAwsFront } from '../../sandbox/control/server.ts';
import { createEmr } from '../../sandbox/emr/emr.ts';
import { createSimulation } from '../../sandbox/emr/simulation.ts';
import { createRandom } from '../../sandbox/random.ts';
import { exampleKey } from '../../sandbox/wire/verify.ts';
import { expectAgreement, type KnownDifference, motoEndpoint, outcome } from './contract.ts';

/** One of the two, and the time that the sandbox needs for what moto does at once. */
interface Side {
  readonly emr: EMRClient;
  minutes(count: number): void;
}

let front: AwsFront;
let clock: AdjustableClock;
let sides: { sandbox: Side; moto: Side };

beforeAll(async () => {
  clock = sandboxClock({ speed: 0, startMs: Date.now() });
  const random = createRandom(1);
  // Long enough that nothing ends alone: moto's steps never do.
  const plan = () => ({ runMs: 3_600_000 });
  const simulation = createSimulation({ clock, random, plan, deliverLogs: () => {} });
  const service = createEmr(simulation, 'off');
  front = await startAwsFront({ services: [service], clock });
  sides = {
    sandbox: { emr: clientOf(front.endpoint), minutes: (count) => clock.advance(count * 60_000) },
    moto: { emr: clientOf(motoEndpoint()), minutes: () => {} },
  };
});
afterAll(() => front.close());

function clientOf(endpoint: string): EMRClient {
  const credentials = exampleKey;
  return new EMRClient({ endpoint, region: 'us-east-1', credentials, maxAttempts: 1 });
}

/** Both sides play the same story, one after the other. */
function agrees(name: string, story: (side: Side) => Promise<unknown>, difference?: KnownDifference): void {
  test(name, async () => {
    const sandbox = await story(sides.sandbox);
    expectAgreement({ sandbox, moto: await story(sides.moto) }, difference);
  });
}

async function upCluster(
  { emr, minutes }: Side,
  change: Partial<RunJobFlowCommandInput> = {},
): Promise<string> {
  const { JobFlowId = '' } = await emr.send(
    new RunJobFlowCommand({
      Name: 'contract',
      LogUri: 's3://logs/emr/',
      ReleaseLabel: 'emr-7.2.0',
      JobFlowRole: 'EMR_EC2_DefaultRole',
      ServiceRole: 'EMR_DefaultRole',
      Instances: {
        KeepJobFlowAliveWhenNoSteps: true,
        InstanceGroups: [
          { InstanceRole: 'MASTER', InstanceType: 'm5.xlarge', InstanceCount: 1, Name: 'primary' },
          { InstanceRole: 'CORE', InstanceType: 'm5.2xlarge', InstanceCount: 3, Name: 'core' },
        ],
      },
      ...change,
    }),
  );
  minutes(5);
  return JobFlowId;
}

const steps = (count: number, from = 0) =>
  Array.from({ length: count }, (_, index) => ({
    Name: `check_${from + index}_2x`,
    ActionOnFailure: 'CONTINUE' as const,
    HadoopJarStep: { Jar: 'command-runner.jar', Args: ['spark-submit', '--load', '2'] },
  }));

async function add({ emr, minutes }: Side, JobFlowId: string, count: number, from = 0): Promise<string[]> {
  const { StepIds = [] } = await emr.send(
    new AddJobFlowStepsCommand({ JobFlowId, Steps: steps(count, from) }),
  );
  minutes(0.2);
  return StepIds;
}

/** The names on each page. */
async function pages(
  { emr }: Side,
  input: ConstructorParameters<typeof ListStepsCommand>[0],
): Promise<string[][]> {
  const seen: string[][] = [];
  let Marker: string | undefined;
  do {
    const page = await emr.send(new ListStepsCommand({ ...input, Marker }));
    seen.push((page.Steps ?? []).map(({ Name }) => Name ?? ''));
    Marker = page.Marker;
  } while (Marker !== undefined);
  return seen;
}

/** 'taken', or the status, name and message of the refusal. */
async function refusal(call: Promise<{ $metadata: { httpStatusCode?: number } }>): Promise<unknown> {
  try {
    await call;
    return 'taken';
  } catch (error) {
    const { name, message, $metadata } = error as Error & { $metadata?: { httpStatusCode?: number } };
    return { status: $metadata?.httpStatusCode, name, message };
  }
}

const unknown = 'j-NOSUCHCLUSTER';
const noSuchCluster = {
  status: 400,
  name: 'InvalidRequestException',
  message: `Cluster id '${unknown}' is not valid.`,
};

describe('steps', () => {
  agrees('come fifty a page, newest first', async (side) => {
    const ClusterId = await upCluster(side);
    await add(side, ClusterId, 60);
    await add(side, ClusterId, 60, 60);
    return await pages(side, { ClusterId });
  });

  agrees('exactly fifty fit on one page, without a marker', async (side) => {
    const ClusterId = await upCluster(side);
    await add(side, ClusterId, 50);
    return await pages(side, { ClusterId });
  });

  agrees('of a state are all there, whatever the order', async (side) => {
    const ClusterId = await upCluster(side);
    await add(side, ClusterId, 70);
    const states = async (StepStates: ('RUNNING' | 'PENDING' | 'COMPLETED')[]) =>
      (await pages(side, { ClusterId, StepStates })).flat().toSorted();
    return [await states(['RUNNING']), await states(['PENDING']), await states(['COMPLETED'])];
  });

  agrees('are found by id, whatever the order', async (side) => {
    const ClusterId = await upCluster(side);
    const ids = await add(side, ClusterId, 20);
    return (await pages(side, { ClusterId, StepIds: ids.slice(3, 13) })).flat().toSorted();
  });

  agrees('have name, arguments, state and times', async (side) => {
    const ClusterId = await upCluster(side);
    const [first = ''] = await add(side, ClusterId, 2);
    const { Steps = [] } = await side.emr.send(new ListStepsCommand({ ClusterId }));
    const one = await side.emr.send(new ListStepsCommand({ ClusterId, StepIds: [first] }));
    return [...Steps, one.Steps?.[0]].map((step) => ({
      id: /^s-[A-Z0-9]{13}$/.test(step?.Id ?? ''),
      name: step?.Name,
      config: step?.Config,
      onFailure: step?.ActionOnFailure,
      state: step?.Status?.State,
      created: step?.Status?.Timeline?.CreationDateTime instanceof Date,
      ended: step?.Status?.Timeline?.EndDateTime,
    }));
  });

  agrees(
    'that run have a start',
    async (side) => {
      const ClusterId = await upCluster(side);
      const [StepId = ''] = await add(side, ClusterId, 1);
      const { Steps } = await side.emr.send(new ListStepsCommand({ ClusterId, StepIds: [StepId] }));
      return Steps?.[0]?.Status?.Timeline?.StartDateTime instanceof Date;
    },
    {
      reason: 'a RUNNING step has a StartDateTime (StepTimeline); moto stamps only steps of RunJobFlow',
      aws: true,
    },
  );

  agrees(
    'are shown up to the newest thousand',
    async (side) => {
      const ClusterId = await upCluster(side, { StepConcurrencyLevel: 256 });
      for (let from = 0; from < 1050; from += 210) {
        await add(side, ClusterId, 210, from);
        side.minutes(70);
      }
      return (await pages(side, { ClusterId })).flat().length;
    },
    { reason: 'EMR: "the newest 1,000 step records"; moto shows all', aws: 1000 },
  );
});

describe('refusals about steps', () => {
  const tooMany =
    "Maximum number of active steps(State = 'Running', 'Pending' or 'Cancel_Pending') for cluster exceeded.";
  agrees(
    'more than 256 active',
    async (side) => {
      const ClusterId = await upCluster(side);
      await add(side, ClusterId, 256);
      const more = new AddJobFlowStepsCommand({ JobFlowId: ClusterId, Steps: steps(1) });
      return await refusal(side.emr.send(more));
    },
    {
      reason: 'EMR quotas: 256 pending and running steps a cluster; moto has none',
      aws: { status: 400, name: 'ValidationException', message: tooMany },
    },
  );

  agrees(
    'more than ten ids',
    async (side) => {
      const ClusterId = await upCluster(side);
      const StepIds = await add(side, ClusterId, 11);
      return await outcome(side.emr.send(new ListStepsCommand({ ClusterId, StepIds })));
    },
    {
      reason: 'ListSteps: "a maximum of 10 stepIDs"; moto takes any number',
      aws: { status: 400, error: 'InvalidRequestException' },
    },
  );

  agrees(
    'both filters at once',
    async (side) => {
      const ClusterId = await upCluster(side);
      const StepIds = await add(side, ClusterId, 2);
      return await outcome(
        side.emr.send(new ListStepsCommand({ ClusterId, StepIds, StepStates: ['PENDING'] })),
      );
    },
    {
      reason: '"Cannot specify both StepIds and StepStates."; moto applies both',
      aws: { status: 400, error: 'InvalidRequestException' },
    },
  );

  agrees(
    'an unknown step',
    async (side) => {
      const ClusterId = await upCluster(side);
      return await refusal(side.emr.send(new ListStepsCommand({ ClusterId, StepIds: ['s-NOSUCH'] })));
    },
    {
      reason: 'EMR refuses an id that is not of the cluster; moto answers without a step',
      aws: { status: 400, name: 'InvalidRequestException', message: "Step id 's-NOSUCH' is not valid." },
    },
  );

  agrees(
    'the steps of an unknown cluster',
    async (side) => await refusal(side.emr.send(new ListStepsCommand({ ClusterId: unknown }))),
    { reason: 'EMR names the cluster, as in DescribeCluster; moto fails with a 500', aws: noSuchCluster },
  );
});

describe('clusters', () => {
  agrees('have their setup', async (side) => {
    const ClusterId = await upCluster(side, { StepConcurrencyLevel: 8, Applications: [{ Name: 'Spark' }] });
    const { Cluster } = await side.emr.send(new DescribeClusterCommand({ ClusterId }));
    return {
      id: /^j-[A-Z0-9]{13}$/.test(Cluster?.Id ?? ''),
      name: Cluster?.Name,
      state: Cluster?.Status?.State,
      created: Cluster?.Status?.Timeline?.CreationDateTime instanceof Date,
      ready: Cluster?.Status?.Timeline?.ReadyDateTime instanceof Date,
      ended: Cluster?.Status?.Timeline?.EndDateTime,
      concurrency: Cluster?.StepConcurrencyLevel,
      release: Cluster?.ReleaseLabel,
      autoTerminate: Cluster?.AutoTerminate,
      isProtected: Cluster?.TerminationProtected,
      role: Cluster?.ServiceRole,
      profile: Cluster?.Ec2InstanceAttributes?.IamInstanceProfile,
      arn: Cluster?.ClusterArn?.replace(ClusterId, '<id>'),
    };
  });

  agrees(
    'have their log folder',
    async (side) => {
      const ClusterId = await upCluster(side);
      return (await side.emr.send(new DescribeClusterCommand({ ClusterId }))).Cluster?.LogUri;
    },
    { reason: 'EMR answers with the scheme s3n; moto returns what was sent', aws: 's3n://logs/emr/' },
  );

  agrees('that are unknown are refused by name', async (side) =>
    refusal(side.emr.send(new DescribeClusterCommand({ ClusterId: unknown }))),
  );

  agrees('terminate on request', async (side) => {
    const ClusterId = await upCluster(side);
    await side.emr.send(new TerminateJobFlowsCommand({ JobFlowIds: [ClusterId] }));
    side.minutes(5);
    const { Cluster } = await side.emr.send(new DescribeClusterCommand({ ClusterId }));
    return [Cluster?.Status?.State, Cluster?.Status?.Timeline?.EndDateTime instanceof Date];
  });

  agrees('that are protected do not', async (side) => {
    const ClusterId = await upCluster(side, {
      Instances: {
        MasterInstanceType: 'm5.xlarge',
        InstanceCount: 1,
        KeepJobFlowAliveWhenNoSteps: true,
        TerminationProtected: true,
      },
    });
    const answer = await refusal(side.emr.send(new TerminateJobFlowsCommand({ JobFlowIds: [ClusterId] })));
    const { Cluster } = await side.emr.send(new DescribeClusterCommand({ ClusterId }));
    return [answer, Cluster?.Status?.State, Cluster?.TerminationProtected];
  });

  agrees('that nobody keeps alive end when there is nothing to do', async (side) => {
    const ClusterId = await upCluster(side, {
      Instances: { MasterInstanceType: 'm5.xlarge', InstanceCount: 1 },
    });
    side.minutes(5);
    const { Cluster } = await side.emr.send(new DescribeClusterCommand({ ClusterId }));
    return [Cluster?.Status?.State, Cluster?.AutoTerminate];
  });

  /** Three clusters of a name of their own, and how the listing shows those. */
  const listing = async (side: Side, Name: string, which: (created: Date[]) => object) => {
    const created: Date[] = [];
    for (let index = 0; index < 3; index++) {
      const ClusterId = await upCluster(side, { Name: `${Name}_${index}` });
      const { Cluster } = await side.emr.send(new DescribeClusterCommand({ ClusterId }));
      created.push(Cluster?.Status?.Timeline?.CreationDateTime ?? new Date(0));
    }
    const found: string[] = [];
    let Marker: string | undefined;
    do {
      const page = await side.emr.send(new ListClustersCommand({ ...which(created), Marker }));
      found.push(...(page.Clusters ?? []).map((cluster) => cluster.Name ?? ''));
      Marker = page.Marker;
    } while (Marker !== undefined);
    return found.filter((name) => name.startsWith(Name));
  };
  const justAfter = (date: Date | undefined) => new Date(Number(date) + 1);

  agrees('are listed by the time of their creation', async (side) =>
    (await listing(side, 'after', ([first]) => ({ CreatedAfter: justAfter(first) }))).toSorted(),
  );
  agrees('are listed up to a time', async (side) =>
    (await listing(side, 'before', (created) => ({ CreatedBefore: justAfter(created[1]) }))).toSorted(),
  );
  agrees('are listed by state', async (side) =>
    (await listing(side, 'state', () => ({ ClusterStates: ['TERMINATED'] }))).toSorted(),
  );
  agrees('are listed whole over several pages', async (side) => {
    for (let index = 0; index < 55; index++) await upCluster(side, { Name: `many_${index}` });
    return [
      ((await side.emr.send(new ListClustersCommand({}))).Clusters ?? []).length,
      (await listing(side, 'many', () => ({}))).length,
    ];
  });

  test('are listed newest first by the sandbox; moto orders them by their random ids', async () => {
    const sandbox = await listing(sides.sandbox, 'newest', () => ({}));
    expectAgreement({ sandbox, moto: ['newest_2', 'newest_1', 'newest_0'] });
  });
});

describe('machines', () => {
  agrees('are listed one by one', async (side) => {
    const ClusterId = await upCluster(side);
    const { Instances = [] } = await side.emr.send(new ListInstancesCommand({ ClusterId }));
    return Instances.map((instance) => ({
      type: instance.InstanceType,
      market: instance.Market,
      state: instance.Status?.State,
      ready: instance.Status?.Timeline?.ReadyDateTime instanceof Date,
      ec2: /^i-[0-9a-z]+$/.test(instance.Ec2InstanceId ?? ''),
    })).toSorted((one, other) => (one.type ?? '').localeCompare(other.type ?? ''));
  });
});
