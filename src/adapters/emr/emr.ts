/** Reads EMR: clusters, their steps and their instances. The product never writes to EMR. */
import type { Instance as EmrInstance } from '@aws-sdk/client-emr';
import { ToolError } from '../../domain/errors.ts';
import { clean } from '../../domain/foreignText.ts';
import type { Clusters, Instance, Instances, Step } from '../../ports/aws.ts';
import type { Disk } from '../../ports/disk.ts';
import type { Watch } from '../../ports/time.ts';
import type { AwsServices } from '../aws/awsClient.ts';
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
  const observedMs = () => emr.clockReading()?.awsMs ?? Date.now();

  return {
    async describe(clusterId, watch) {
      const call = callOn(clusterId, `describing cluster ${clusterId}`, 'elasticmapreduce:DescribeCluster');
      return emr.run(call, async (client, sdk) => {
        const options = await withinQuota(quota, 'DescribeCluster', watch);
        const answer = await client.send(new sdk.DescribeClusterCommand({ ClusterId: clusterId }), options);
        if (answer.Cluster === undefined) throw unknownCluster(clusterId);
        return clusterOf(answer.Cluster, observedMs());
      });
    },

    async createdSince(sinceMs, watch) {
      const call = { what: 'listing clusters', action: 'elasticmapreduce:ListClusters' };
      return emr.run(call, async (client, sdk) => {
        const clusters = await allPages(async (Marker) => {
          const options = await withinQuota(quota, 'ListClusters', watch);
          // One second earlier, then filtered exactly: servers may truncate the fraction of the timestamp.
          const input = { CreatedAfter: new Date(sinceMs - 1000), Marker };
          const page = await client.send(new sdk.ListClustersCommand(input), options);
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
          const options = await withinQuota(quota, 'ListSteps', watch);
          const command = new sdk.ListStepsCommand({ ...input, ClusterId: clusterId });
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
      known.set(clusterId, after);
      const steps = [...after.steps.values()].sort((a, b) => a.createdMs - b.createdMs);
      return { steps, knownFromDiskOnly: after.hidden, observedMs: observedMs() };
    },
  };
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
          const options = await withinQuota(quota, 'ListInstances', watch);
          const command = new sdk.ListInstancesCommand({ ClusterId: clusterId, Marker });
          const page = await client.send(command, options);
          return { items: page.Instances, next: page.Marker };
        });
        return instances.flatMap((instance) => instanceOf(instance) ?? []);
      });
    },
  };
}

/** Waits until the quota allows the operation. Returns the options of its request. */
async function withinQuota(quota: EmrQuota, operation: EmrOperation, watch: Watch | undefined) {
  await quota.take(operation, watch?.signal);
  return { ...(watch && { abortSignal: watch.signal }) };
}

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
const isSameStep = (a: Step, b: Step | undefined): boolean => JSON.stringify(a) === JSON.stringify(b);

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
