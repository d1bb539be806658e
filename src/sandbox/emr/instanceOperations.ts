/** The calls about machines: groups and fleets exclude each other, single instances are listed for both. */
import { type Input, requiredText, textAt, textsAt } from './input.ts';
import { seconds } from './output.ts';
import { pageOf } from './paging.ts';
import type { ClusterRecord, InstanceCollection } from './records.ts';
import type { Simulation } from './simulation.ts';
import { clusterAt } from './stepOperations.ts';
import { InvalidRequest } from './wireErrors.ts';

export function listInstanceGroups(simulation: Simulation, input: Input) {
  const cluster = clusterAt(simulation, requiredText(input, 'ClusterId'));
  if (cluster.collectionType === 'INSTANCE_FLEET')
    throw wrongList('groups', 'ListInstanceGroups', 'fleets', 'ListInstanceFleets');
  const groups = cluster.collections.map((group) => ({
    Id: group.id,
    Name: group.name,
    Market: group.market,
    InstanceGroupType: group.role,
    InstanceType: group.instanceType,
    RequestedInstanceCount: group.count,
    RunningInstanceCount: instanceState(cluster) === 'RUNNING' ? group.count : 0,
    Status: status(cluster),
    Configurations: [],
    EbsBlockDevices: [],
    ShrinkPolicy: {},
  }));
  return { InstanceGroups: groups };
}

export function listInstanceFleets(simulation: Simulation, input: Input) {
  const cluster = clusterAt(simulation, requiredText(input, 'ClusterId'));
  if (cluster.collectionType === 'INSTANCE_GROUP')
    throw wrongList('fleets', 'ListInstanceFleets', 'groups', 'ListInstanceGroups');
  const fleets = cluster.collections.map((fleet) => {
    const spot = fleet.market === 'SPOT';
    const provisioned = instanceState(cluster) === 'RUNNING' ? fleet.count : 0;
    return {
      Id: fleet.id,
      Name: fleet.name,
      Status: status(cluster),
      InstanceFleetType: fleet.role,
      TargetOnDemandCapacity: spot ? 0 : fleet.count,
      TargetSpotCapacity: spot ? fleet.count : 0,
      ProvisionedOnDemandCapacity: spot ? 0 : provisioned,
      ProvisionedSpotCapacity: spot ? provisioned : 0,
      InstanceTypeSpecifications: [{ InstanceType: fleet.instanceType, WeightedCapacity: 1 }],
    };
  });
  return { InstanceFleets: fleets };
}

export function listInstances(simulation: Simulation, input: Input) {
  const cluster = clusterAt(simulation, requiredText(input, 'ClusterId'));
  const collectionId = textAt(input, 'InstanceGroupId') ?? textAt(input, 'InstanceFleetId');
  const fleetRole = textAt(input, 'InstanceFleetType');
  const groupRoles = textsAt(input, 'InstanceGroupTypes');
  const states = textsAt(input, 'InstanceStates');
  const asked = cluster.collections
    .filter(({ id }) => collectionId === undefined || id === collectionId)
    .filter(({ role }) => fleetRole === undefined || role === fleetRole)
    .filter(({ role }) => !groupRoles?.length || groupRoles.includes(role))
    .filter(() => !states?.length || states.includes(instanceState(cluster)))
    .flatMap((collection, place) =>
      collection.instanceIds.map((id, index) => instance(cluster, collection, id, place * 50 + index)),
    );
  const { items, marker } = pageOf(asked, textAt(input, 'Marker'), ({ Id }) => Id);
  return { Instances: items, Marker: marker };
}

function instance(cluster: ClusterRecord, collection: InstanceCollection, id: string, place: number) {
  const address = `10.0.${1 + (place >> 7)}.${10 + (place & 127)}`;
  const holder =
    cluster.collectionType === 'INSTANCE_GROUP'
      ? { InstanceGroupId: collection.id }
      : { InstanceFleetId: collection.id };
  return {
    Id: id,
    Ec2InstanceId: `i-0${id.slice(3).toLowerCase()}`,
    PrivateDnsName: `ip-${address.replaceAll('.', '-')}.ec2.internal`,
    PrivateIpAddress: address,
    Status: status(cluster),
    ...holder,
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

function wrongList(wanted: string, operation: string, used: string, other: string): InvalidRequest {
  const first =
    wanted === 'groups' ? 'Instance fleets and instance groups' : 'Instance groups and instance fleets';
  return new InvalidRequest(
    `${first} are mutually exclusive. The EMR cluster specified in the request uses instance ${used}. The ${operation} operation does not support clusters that use instance ${used}. Use the ${other} operation instead.`,
  );
}
