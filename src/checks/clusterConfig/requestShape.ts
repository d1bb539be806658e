/** The fields of EMR's RunJobFlow request as data. The SDK's types check the names; AWS's API reference gives the kinds. */
import type {
  InstanceFleetConfig,
  InstanceGroupConfig,
  JobFlowInstancesConfig,
  RunJobFlowInput,
} from '@aws-sdk/client-emr';

export type Kind = 'text' | 'number' | 'flag' | 'list' | 'object';
export type Shape = Readonly<Record<string, Kind>>;

export const requestShape = {
  Name: 'text',
  LogUri: 'text',
  LogEncryptionKmsKeyId: 'text',
  AdditionalInfo: 'text',
  AmiVersion: 'text',
  ReleaseLabel: 'text',
  Instances: 'object',
  Steps: 'list',
  StepExecutionRoleArn: 'text',
  BootstrapActions: 'list',
  SupportedProducts: 'list',
  NewSupportedProducts: 'list',
  Applications: 'list',
  Configurations: 'list',
  VisibleToAllUsers: 'flag',
  JobFlowRole: 'text',
  ServiceRole: 'text',
  Tags: 'list',
  SecurityConfiguration: 'text',
  AutoScalingRole: 'text',
  ScaleDownBehavior: 'text',
  CustomAmiId: 'text',
  EbsRootVolumeSize: 'number',
  RepoUpgradeOnBoot: 'text',
  KerberosAttributes: 'object',
  StepConcurrencyLevel: 'number',
  ManagedScalingPolicy: 'object',
  PlacementGroupConfigs: 'list',
  AutoTerminationPolicy: 'object',
  OSReleaseLabel: 'text',
  EbsRootVolumeIops: 'number',
  EbsRootVolumeThroughput: 'number',
  ExtendedSupport: 'flag',
  MonitoringConfiguration: 'object',
  SessionEnabled: 'flag',
} as const satisfies Record<keyof RunJobFlowInput, Kind>;

export const instancesShape = {
  MasterInstanceType: 'text',
  SlaveInstanceType: 'text',
  InstanceCount: 'number',
  InstanceGroups: 'list',
  InstanceFleets: 'list',
  Ec2KeyName: 'text',
  Placement: 'object',
  KeepJobFlowAliveWhenNoSteps: 'flag',
  TerminationProtected: 'flag',
  UnhealthyNodeReplacement: 'flag',
  HadoopVersion: 'text',
  Ec2SubnetId: 'text',
  Ec2SubnetIds: 'list',
  EmrManagedMasterSecurityGroup: 'text',
  EmrManagedSlaveSecurityGroup: 'text',
  ServiceAccessSecurityGroup: 'text',
  AdditionalMasterSecurityGroups: 'list',
  AdditionalSlaveSecurityGroups: 'list',
} as const satisfies Record<keyof JobFlowInstancesConfig, Kind>;

export const groupShape = {
  Name: 'text',
  Market: 'text',
  InstanceRole: 'text',
  BidPrice: 'text',
  InstanceType: 'text',
  InstanceCount: 'number',
  Configurations: 'list',
  EbsConfiguration: 'object',
  AutoScalingPolicy: 'object',
  CustomAmiId: 'text',
} as const satisfies Record<keyof InstanceGroupConfig, Kind>;

export const fleetShape = {
  Name: 'text',
  InstanceFleetType: 'text',
  TargetOnDemandCapacity: 'number',
  TargetSpotCapacity: 'number',
  InstanceTypeConfigs: 'list',
  LaunchSpecifications: 'object',
  ResizeSpecifications: 'object',
  Context: 'text',
} as const satisfies Record<keyof InstanceFleetConfig, Kind>;

/** Ours, not EMR's: the DAG takes it out of the request. */
export const stepTemplateShape = { Jar: 'text', Args: 'list', HourlyArgs: 'list' } as const satisfies Shape;

/**
 * Without these RunJobFlow answers with a ValidationException (Name and Instances: the API reference; the roles:
 * "ServiceRole is required for creating cluster.", "InstanceProfile is required for creating cluster.").
 */
export const requiredByEmr = ['Name', 'ReleaseLabel', 'Instances', 'ServiceRole', 'JobFlowRole'] as const;
