/** Reads EMR: clusters, their steps and their instances. The product never writes to EMR. */
import type { Instance as EmrInstance } from '@aws-sdk/client-emr';
import { QuotaUsedUp, ToolError } from '../../domain/errors.ts';
import { clean } from '../../domain/foreignText.ts';
import type { ClusterLook, Clusters, Instance, Instances, Step } from '../../ports/aws.ts';
import type { Disk } from '../../ports/disk.ts';
import type { Watch } from '../../ports/time.ts';
import type { AwsServices } from '../aws/awsClient.ts';
import { isThrottling } from '../aws/awsErrors.ts';
import type { EmrOperation, EmrQuota } from '../aws/limits.ts';
import { stepArchive } from './stepArchive.ts';
import { clusterOf, clusterSummaryOf, type KnownSteps, lookAtSteps, stepOf } from './steps.ts';

interface EmrOptions {
  readonly aws: Pick<AwsServices, 'emr'>;
  /** Shared by everything that calls EMR. */
  readonly quota: EmrQuota;
}

/** `archive` is where steps are stored. */
export function createClusters({
  aws: { emr },
  quota,
  archive: disk,
}: EmrOptions & { readonly archive: Disk }): Clusters {
  const known = new Map<string, KnownSteps>();
  /** The state in which each cluster was seen last. */
  const states = new Map<string, string>();
  const looks = new Map<string, Readonly<{ look: ClusterLook; order: number; beganMs: number }>>();
  let begun = 0;
  const observedMs = () => emr.clockReading()?.awsMs ?? Date.now();

  const clusters: Clusters = {
    async describe(clusterId, watch) {
      const call = callOn(clusterId, `describing cluster ${clusterId}`, 'elasticmapreduce:DescribeCluster');
      return emr.run(call, async (client, sdk) => {
        const command = new sdk.DescribeClusterCommand({ ClusterId: clusterId });
        const options = await withinQuota(quota, 'DescribeCluster', command, watch);
        const answer = await client.send(command, options);
        if (answer.Cluster === undefined) throw unknownCluster(clusterId);
        const cluster = clusterOf(answer.Cluster, observedMs());
        if (states.get(clusterId) !== cluster.state) looks.delete(clusterId);
        states.set(clusterId, cluster.state);
        return cluster;
      });
    },

    async createdSince(sinceMs, watch) {
      const call = { what: 'listing clusters', action: 'elasticmapreduce:ListClusters' };
      return emr.run(call, async (client, sdk) => {
        const clusters = await allPages(async (Marker) => {
          // One second earlier, then filtered exactly: servers may truncate the fraction of the timestamp.
          const input = { CreatedAfter: new Date(sinceMs - 1000), Marker };
          const command = new sdk.ListClustersCommand(input);
          const options = await withinQuota(quota, 'ListClusters', command, watch);
          const page = await client.send(command, options);
          return { items: page.Clusters, next: page.Marker };
        });
        return clusters
          .map(clusterSummaryOf)
          .filter(({ createdMs }) => createdMs >= sinceMs)
          .sort((a, b) => b.createdMs - a.createdMs);
      });
    },

    async steps(clusterId, watch) {
      const archive = stepArchive(disk, clusterId);
      const before = known.get(clusterId) ?? {
        ...(await archive.read()),
        hidden: 0,
      };
      const call = callOn(clusterId, `listing the steps of ${clusterId}`, 'elasticmapreduce:ListSteps');
      const after = await emr.run(call, async (client, sdk) => {
        let read = 0;
        return lookAtSteps(before, async (input) => {
          const command = new sdk.ListStepsCommand({ ...input, ClusterId: clusterId });
          const options = await withinQuota(quota, 'ListSteps', command, watch);
          const page = await client.send(command, options);
          const steps = (page.Steps ?? []).flatMap((summary) => stepOf(summary) ?? []);
          read += steps.length;
          watch?.progress(read, undefined, `${read} steps read`);
          return { steps, next: page.Marker };
        });
      });
      const changed = [...after.steps.values()].filter(
        (step) => !isSameStep(step, before.steps.get(step.id)),
      );
      if (changed.length > 0 || !before.complete) await archive.append(changed, after.steps.size);
      if (changed.length > 0) looks.delete(clusterId);
      known.set(clusterId, after);
      const steps = [...after.steps.values()].sort((a, b) => a.createdMs - b.createdMs);
      return { steps, knownFromDiskOnly: after.hidden, observedMs: observedMs() };
    },

    async look(clusterId, watch) {
      begun += 1;
      // This clock also runs while a laptop sleeps.
      const [order, beganMs] = [begun, Date.now()];
      const cluster = await clusters.describe(clusterId, watch);
      const look = { cluster, ...(await clusters.steps(clusterId, watch)) };
      const isNewest = (looks.get(clusterId)?.order ?? 0) < order && states.get(clusterId) === cluster.state;
      if (isNewest) looks.set(clusterId, { look, order, beganMs });
      return look;
    },

    lastLook(clusterId) {
      const last = looks.get(clusterId);
      return last && { ...last.look, agoMs: Date.now() - last.beganMs };
    },
  };
  return clusters;
}

/** The instances of a cluster, in instance groups or fleets. */
export function createInstances({ aws: { emr }, quota }: EmrOptions): Instances {
  return {
    async ofCluster(clusterId, watch) {
      const call = callOn(
        clusterId,
        `listing the instances of ${clusterId}`,
        'elasticmapreduce:ListInstances',
      );
      return emr.run(call, async (client, sdk) => {
        const instances = await allPages(async (Marker) => {
          const command = new sdk.ListInstancesCommand({ ClusterId: clusterId, Marker });
          const options = await withinQuota(quota, 'ListInstances', command, watch);
          const page = await client.send(command, options);
          return { items: page.Instances, next: page.Marker };
        });
        return instances.flatMap((instance) => instanceOf(instance) ?? []);
      });
    },
  };
}

/**
 * Waits until the quota allows the command. Returns the options of its request.
 * @throws QuotaUsedUp at once for a watch that may not wait, here or when the request is throttled
 */
async function withinQuota(
  quota: EmrQuota,
  operation: EmrOperation,
  command: { readonly middlewareStack: unknown },
  watch: Watch | undefined,
) {
  if (watch?.mayWaitForQuota === false) {
    if (!quota.takeNow(operation)) throw new QuotaUsedUp();
    (command.middlewareStack as Middleware).add(notRetriedIfThrottled, {
      step: 'finalizeRequest',
      priority: 'low',
      name: 'notRetriedIfThrottled',
    });
  } else await quota.take(operation, watch?.signal);
  return { ...(watch && { abortSignal: watch.signal }) };
}

/** The stacks of the commands have different types without a common call signature, but the same shape. */
interface Middleware {
  add(middleware: unknown, options: { step: string; priority: string; name: string }): void;
}

/** Below the SDK's retries: retryStrategy does not repeat a request that failed with an error of ours. */
const notRetriedIfThrottled =
  (next: (request: unknown) => Promise<unknown>) =>
  async (request: unknown): Promise<unknown> => {
    try {
      return await next(request);
    } catch (error) {
      throw isThrottling(error) ? new QuotaUsedUp(error) : error;
    }
  };

async function allPages<Item>(
  read: (marker: string | undefined) => Promise<{ items?: Item[] | undefined; next: string | undefined }>,
): Promise<Item[]> {
  const all: Item[] = [];
  let marker: string | undefined;
  do {
    const { items = [], next } = await read(marker);
    all.push(...items);
    marker = next;
  } while (marker !== undefined);
  return all;
}

const callOn = (clusterId: string, what: string, action: string) => ({ what, action, clusterId });

function unknownCluster(clusterId: string): ToolError {
  return new ToolError('NOT_FOUND', `EMR returned no cluster ${clusterId}. Nothing was changed.`, {
    next: 'Check the id in the EMR console, and AWS_PROFILE and AWS_REGION in .env.',
  });
}

/** Steps are plain data, created in one place with one order of keys. */
const isSameStep = (a: Step, b: Step | undefined): boolean =>
  a === b || JSON.stringify(a) === JSON.stringify(b);

/** Undefined for an entry without an id, a type or a creation time. */
function instanceOf({ Id, InstanceType, Market, Status }: EmrInstance): Instance | undefined {
  const created = Status?.Timeline?.CreationDateTime;
  if (Id === undefined || InstanceType === undefined || created === undefined) return undefined;
  const ended = Status?.Timeline?.EndDateTime;
  const { Code, Message } = Status?.StateChangeReason ?? {};
  return {
    id: Id,
    type: clean(InstanceType, 64),
    market: clean(Market ?? 'ON_DEMAND', 64),
    createdMs: created.getTime(),
    ...(ended && { endedMs: ended.getTime() }),
    ...(Code !== undefined && { reasonCode: clean(Code, 64) }),
    ...(Message !== undefined && Message !== '' && { reason: clean(Message, 500) }),
  };
}
