/** Clusters, instances and steps in EMR's JSON. Times are epoch seconds with milliseconds. */
import { accountId, region } from '../wire/sts.ts';
import type { ClusterRecord, InstanceCollection, StepRecord } from './records.ts';

function seconds(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : ms / 1000;
}

export function clusterArn(cluster: ClusterRecord): string {
  return `arn:aws:elasticmapreduce:${region}:${accountId}:cluster/${cluster.id}`;
}

export function clusterSummary(cluster: ClusterRecord, nowMs: number) {
  return {
    Id: cluster.id,
    Name: cluster.name,
    Status: clusterStatus(cluster),
    NormalizedInstanceHours: normalizedHours(cluster, nowMs),
    ClusterArn: clusterArn(cluster),
  };
}

export function clusterDetails(cluster: ClusterRecord, nowMs: number) {
  const { request } = cluster;
  const instances = request.Instances as Readonly<Record<string, unknown>>;
  return {
    ...clusterSummary(cluster, nowMs),
    Ec2InstanceAttributes: {
      Ec2KeyName: instances.Ec2KeyName,
      Ec2SubnetId: instances.Ec2SubnetId,
      RequestedEc2SubnetIds: instances.Ec2SubnetIds ?? [],
      Ec2AvailabilityZone: `${region}a`,
      IamInstanceProfile: request.JobFlowRole,
    },
    InstanceCollectionType: cluster.collectionType,
    // EMR answers with the scheme of its own file system, whatever the request used.
    LogUri: typeof request.LogUri === 'string' ? request.LogUri.replace(/^s3a?:/, 's3n:') : undefined,
    ReleaseLabel: request.ReleaseLabel,
    AutoTerminate: !cluster.keepAlive,
    TerminationProtected: cluster.terminationProtected,
    VisibleToAllUsers: request.VisibleToAllUsers ?? true,
    Applications: request.Applications ?? [],
    Tags: request.Tags ?? [],
    ServiceRole: request.ServiceRole,
    MasterPublicDnsName: cluster.readyMs === undefined ? undefined : 'ip-10-0-1-12.ec2.internal',
    Configurations: request.Configurations ?? [],
    SecurityConfiguration: request.SecurityConfiguration,
    ScaleDownBehavior: request.ScaleDownBehavior ?? 'TERMINATE_AT_TASK_COMPLETION',
    EbsRootVolumeSize: request.EbsRootVolumeSize,
    StepConcurrencyLevel: cluster.stepConcurrencyLevel,
  };
}

export function stepSummary(step: StepRecord) {
  const { request } = step;
  return {
    Id: step.id,
    Name: request.name,
    Config: {
      Jar: request.jar,
      Properties: request.properties,
      MainClass: request.mainClass,
      Args: request.args,
    },
    ActionOnFailure: request.actionOnFailure,
    Status: {
      State: step.state,
      StateChangeReason: {},
      FailureDetails: step.failure && {
        Reason: step.failure.reason,
        Message: step.failure.message,
        LogFile: step.failure.logFile,
      },
      Timeline: {
        CreationDateTime: seconds(step.createdMs),
        StartDateTime: seconds(step.startedMs),
        EndDateTime: seconds(step.endedMs),
      },
    },
  };
}

function clusterStatus(cluster: ClusterRecord) {
  return {
    State: cluster.state,
    StateChangeReason: { Code: cluster.reason.code, Message: cluster.reason.message },
    Timeline: timeline(cluster),
  };
}

export function instanceSummary(
  cluster: ClusterRecord,
  collection: InstanceCollection,
  id: string,
  place: number,
) {
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
    Status: instanceStatus(cluster),
    ...collectionId,
    Market: collection.market,
    InstanceType: collection.instanceType,
    EbsVolumes: [],
  };
}

function instanceStatus(cluster: ClusterRecord) {
  return {
    State: instanceState(cluster),
    StateChangeReason:
      cluster.endedMs === undefined ? {} : { Code: 'CLUSTER_TERMINATED', Message: 'Job flow terminated' },
    Timeline: timeline(cluster),
  };
}

function instanceState(cluster: ClusterRecord): string {
  if (cluster.endedMs !== undefined) return 'TERMINATED';
  if (cluster.readyMs !== undefined) return 'RUNNING';
  return cluster.state === 'STARTING' ? 'PROVISIONING' : 'BOOTSTRAPPING';
}

function timeline({ createdMs, readyMs, endedMs }: ClusterRecord) {
  return {
    CreationDateTime: seconds(createdMs),
    ReadyDateTime: seconds(readyMs),
    EndDateTime: seconds(endedMs),
  };
}

/** Whole hours of each instance times a weight for its size: EMR's own approximation (m5.xlarge counts 8). */
function normalizedHours(cluster: ClusterRecord, nowMs: number): number {
  if (cluster.readyMs === undefined) return 0;
  const hours = Math.ceil(((cluster.endedMs ?? nowMs) - cluster.readyMs) / 3_600_000);
  let instanceWeights = 0;
  for (const collection of cluster.collections)
    instanceWeights += collection.count * sizeWeight(collection.instanceType);
  return hours * instanceWeights;
}

function sizeWeight(instanceType: string): number {
  const size = instanceType.split('.')[1] ?? 'xlarge';
  if (size === 'large') return 4;
  const multiple = /^(\d*)xlarge$/.exec(size)?.[1];
  return multiple === undefined ? 1 : 8 * Number(multiple || 1);
}
