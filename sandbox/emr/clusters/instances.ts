/** ListInstances, the same for instance groups and fleets. */
import type { Simulation } from '../simulation.ts';
import { clusterAt } from '../steps/operations.ts';
import type { ClusterRecord, InstanceCollection } from '../steps/records.ts';
import { type Input, requiredText, textAt } from '../wire/input.ts';
import { seconds } from '../wire/output.ts';
import { pageOf } from '../wire/paging.ts';

export function listInstances(simulation: Simulation, input: Input) {
  const cluster = clusterAt(simulation, requiredText(input, 'ClusterId'));
  const all = cluster.collections.flatMap((collection, place) =>
    collection.instanceIds.map((id, index) => instance(cluster, collection, id, place * 50 + index)),
  );
  const { items, marker } = pageOf(all, textAt(input, 'Marker'), ({ Id }) => Id);
  return { Instances: items, Marker: marker };
}

function instance(cluster: ClusterRecord, collection: InstanceCollection, id: string, place: number) {
  const address = `10.0.${1 + (place >> 7)}.${10 + (place & 127)}`;
  const collectionId =
    cluster.collectionType === 'INSTANCE_GROUP'
      ? { InstanceGroupId: collection.id }
      : { InstanceFleetId: collection.id };
  return {
    Id: id,
    Ec2InstanceId: `i-0${id.slice(3).toLowerCase()}`,
    PrivateDnsName: `ip-${address.replaceAll('.', '-')}.ec2.internal`,
    PrivateIpAddress: address,
    Status: status(cluster),
    ...collectionId,
    Market: collection.market,
    InstanceType: collection.instanceType,
    EbsVolumes: [],
  };
}

function status(cluster: ClusterRecord) {
  const { createdMs, readyMs, endedMs } = cluster;
  return {
    State: instanceState(cluster),
    StateChangeReason:
      endedMs === undefined ? {} : { Code: 'CLUSTER_TERMINATED', Message: 'Job flow terminated' },
    Timeline: {
      CreationDateTime: seconds(createdMs),
      ReadyDateTime: seconds(readyMs),
      EndDateTime: seconds(endedMs),
    },
  };
}

function instanceState(cluster: ClusterRecord): string {
  if (cluster.endedMs !== undefined) return 'TERMINATED';
  if (cluster.readyMs !== undefined) return 'RUNNING';
  return cluster.state === 'STARTING' ? 'PROVISIONING' : 'BOOTSTRAPPING';
}
