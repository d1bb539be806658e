/** The fields of EMR's RunJobFlow request. The SDK types check the names; the kinds are from the AWS API reference. */
import type {
  AutoTerminationPolicy,
  CloudWatchLogConfiguration,
  JobFlowInstancesConfig,
  KerberosAttributes,
  MonitoringConfiguration,
  PlacementGroupConfig,
  PlacementGroupStrategy,
  PlacementType,
  RepoUpgradeOnBoot,
  RunJobFlowInput,
  S3LoggingConfiguration,
  ScaleDownBehavior,
  Tag,
} from '@aws-sdk/client-emr';
import { fleetShape, groupShape, roleKind } from './groups.ts';
import { type Kind, type Shape, shape } from './kind.ts';
import { managedScalingShape } from './scaling.ts';
import {
  applicationShape,
  bootstrapShape,
  configurationShape,
  productShape,
  stepShape,
  stepTemplateShape,
} from './software.ts';

const strings: Kind = { listOf: 'string' };

const instancesShape = shape<JobFlowInstancesConfig>({
  MasterInstanceType: 'string',
  SlaveInstanceType: 'string',
  InstanceCount: { min: 1 },
  InstanceGroups: { listOf: groupShape },
  InstanceFleets: { listOf: fleetShape },
  Ec2KeyName: 'string',
  Placement: shape<PlacementType>({ AvailabilityZone: 'string', AvailabilityZones: strings }),
  KeepJobFlowAliveWhenNoSteps: 'boolean',
  TerminationProtected: 'boolean',
  UnhealthyNodeReplacement: 'boolean',
  HadoopVersion: 'string',
  Ec2SubnetId: 'string',
  Ec2SubnetIds: strings,
  EmrManagedMasterSecurityGroup: 'string',
  EmrManagedSlaveSecurityGroup: 'string',
  ServiceAccessSecurityGroup: 'string',
  AdditionalMasterSecurityGroups: strings,
  AdditionalSlaveSecurityGroups: strings,
});

const kerberosShape = shape<KerberosAttributes>(
  {
    Realm: 'string',
    KdcAdminPassword: 'string',
    CrossRealmTrustPrincipalPassword: 'string',
    ADDomainJoinUser: 'string',
    ADDomainJoinPassword: 'string',
  },
  'Realm',
  'KdcAdminPassword',
);

const monitoringShape = shape<MonitoringConfiguration>({
  CloudWatchLogConfiguration: shape<CloudWatchLogConfiguration>(
    {
      Enabled: 'boolean',
      LogGroupName: 'string',
      LogStreamNamePrefix: 'string',
      EncryptionKeyArn: 'string',
      LogTypes: { mapOf: strings },
    },
    'Enabled',
  ),
  S3LoggingConfiguration: shape<S3LoggingConfiguration>({ LogTypeUploadPolicy: { mapOf: 'string' } }),
});

const placementStrategies: PlacementGroupStrategy[] = ['SPREAD', 'PARTITION', 'CLUSTER', 'NONE'];
const placementGroupShape = shape<PlacementGroupConfig>(
  { InstanceRole: roleKind, PlacementStrategy: { oneOf: placementStrategies } },
  'InstanceRole',
);

const scaleDowns: ScaleDownBehavior[] = ['TERMINATE_AT_INSTANCE_HOUR', 'TERMINATE_AT_TASK_COMPLETION'];
const upgrades: RepoUpgradeOnBoot[] = ['SECURITY', 'NONE'];

/**
 * RunJobFlow answers a missing required field with a ValidationException (Name and Instances: the API reference; the
 * roles: "ServiceRole is required for creating cluster.", "InstanceProfile is required for creating cluster.").
 */
const requestShape = shape<RunJobFlowInput>(
  {
    Name: 'string',
    LogUri: { matches: /^s3[na]?:\/\/[^/]/, example: 's3://bucket/logs/' },
    LogEncryptionKmsKeyId: 'string',
    AdditionalInfo: 'string',
    AmiVersion: 'string',
    ReleaseLabel: { matches: /^emr-\d+\.\d+\.\d+$/, example: 'emr-7.12.0' },
    Instances: instancesShape,
    Steps: { listOf: stepShape },
    StepExecutionRoleArn: 'string',
    BootstrapActions: { listOf: bootstrapShape },
    SupportedProducts: strings,
    NewSupportedProducts: { listOf: productShape },
    Applications: { listOf: applicationShape },
    Configurations: { listOf: configurationShape },
    VisibleToAllUsers: 'boolean',
    JobFlowRole: 'string',
    ServiceRole: 'string',
    Tags: { listOf: shape<Tag>({ Key: 'string', Value: 'string' }, 'Key') },
    SecurityConfiguration: 'string',
    AutoScalingRole: 'string',
    ScaleDownBehavior: { oneOf: scaleDowns },
    CustomAmiId: 'string',
    EbsRootVolumeSize: 'integer',
    RepoUpgradeOnBoot: { oneOf: upgrades },
    KerberosAttributes: kerberosShape,
    StepConcurrencyLevel: 'integer',
    ManagedScalingPolicy: managedScalingShape,
    PlacementGroupConfigs: { listOf: placementGroupShape },
    AutoTerminationPolicy: shape<AutoTerminationPolicy>({ IdleTimeout: 'integer' }),
    OSReleaseLabel: 'string',
    EbsRootVolumeIops: 'integer',
    EbsRootVolumeThroughput: 'integer',
    ExtendedSupport: 'boolean',
    MonitoringConfiguration: monitoringShape,
    SessionEnabled: 'boolean',
  },
  'Name',
  'ReleaseLabel',
  'Instances',
  'ServiceRole',
  'JobFlowRole',
);

/** The file: the request, plus the step template, which the DAG removes before it sends the request. */
export const fileShape: Shape = {
  fields: { ...requestShape.fields, AuditStep: stepTemplateShape },
  required: [...requestShape.required, 'AuditStep'],
};
