/** The instances of a cluster, in instance groups or fleets. */
import type { Instance as EmrInstance } from '@aws-sdk/client-emr';
import { clean } from '../domain/foreignText.ts';
import type { Instance, Instances } from '../ports/aws.ts';
import type { AwsServices } from './awsClient.ts';
import type { EmrQuota } from './emrQuota.ts';

export interface InstancesOptions {
  readonly aws: Pick<AwsServices, 'emr'>;
  readonly quota: EmrQuota;
}

export function createInstances({ aws, quota }: InstancesOptions): Instances {
  return {
    async ofCluster(clusterId, watch) {
      const call = {
        what: `listing the instances of ${clusterId}`,
        action: 'elasticmapreduce:ListInstances',
        clusterId,
      };
      return aws.emr.run(call, async (client, sdk) => {
        const instances: Instance[] = [];
        let from: string | undefined;
        do {
          await quota.take('ListInstances', watch?.signal);
          const command = new sdk.ListInstancesCommand({ ClusterId: clusterId, Marker: from });
          const page = await client.send(command, { ...(watch && { abortSignal: watch.signal }) });
          instances.push(...(page.Instances ?? []).flatMap((instance) => instanceOf(instance) ?? []));
          from = page.Marker;
        } while (from !== undefined);
        return instances;
      });
    },
  };
}

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
