/** The fields of EMR's RunJobFlow request as data. The SDK's types check the names; AWS's API reference gives the kinds. */
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
import { fleetShape } from './fleets.ts';
import { groupShape, roleKind } from './groups.ts';
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

const texts: Kind = { listOf: 'text' };

const instancesShape = shape<JobFlowInstancesConfig>({
  MasterInstanceType: 'text',
  SlaveInstanceType: 'text',
  InstanceCount: { from: 1 },
  InstanceGroups: { listOf: groupShape },
  InstanceFleets: { listOf: fleetShape },
  Ec2KeyName: 'text',
  Placement: shape<PlacementType>({ AvailabilityZone: 'text', AvailabilityZones: texts }),
  KeepJobFlowAliveWhenNoSteps: 'flag',
  TerminationProtected: 'flag',
  UnhealthyNodeReplacement: 'flag',
  HadoopVersion: 'text',
  Ec2SubnetId: 'text',
  Ec2SubnetIds: texts,
  EmrManagedMasterSecurityGroup: 'text',
  EmrManagedSlaveSecurityGroup: 'text',
  ServiceAccessSecurityGroup: 'text',
  AdditionalMasterSecurityGroups: texts,
  AdditionalSlaveSecurityGroups: texts,
});

const kerberosShape = shape<KerberosAttributes>(
  {
    Realm: 'text',
    KdcAdminPassword: 'text',
    CrossRealmTrustPrincipalPassword: 'text',
    ADDomainJoinUser: 'text',
    ADDomainJoinPassword: 'text',
  },
  'Realm',
  'KdcAdminPassword',
);

const monitoringShape = shape<MonitoringConfiguration>({
  CloudWatchLogConfiguration: shape<CloudWatchLogConfiguration>(
    {
      Enabled: 'flag',
      LogGroupName: 'text',
      LogStreamNamePrefix: 'text',
      EncryptionKeyArn: 'text',
      LogTypes: { mapOf: texts },
    },
    'Enabled',
  ),
  S3LoggingConfiguration: shape<S3LoggingConfiguration>({ LogTypeUploadPolicy: { mapOf: 'text' } }),
});

const placementStrategies: PlacementGroupStrategy[] = ['SPREAD', 'PARTITION', 'CLUSTER', 'NONE'];
const placementGroupShape = shape<PlacementGroupConfig>(
  { InstanceRole: roleKind, PlacementStrategy: { oneOf: placementStrategies } },
  'InstanceRole',
);

const scaleDowns: ScaleDownBehavior[] = ['TERMINATE_AT_INSTANCE_HOUR', 'TERMINATE_AT_TASK_COMPLETION'];
const upgrades: RepoUpgradeOnBoot[] = ['SECURITY', 'NONE'];

/**
 * Without what is needed RunJobFlow answers with a ValidationException (Name and Instances: the API reference; the
 * roles: "ServiceRole is required for creating cluster.", "InstanceProfile is required for creating cluster.").
 */
const requestShape = shape<RunJobFlowInput>(
  {
    Name: 'text',
    LogUri: { matches: /^s3[na]?:\/\/[^/]/, such: 's3://bucket/logs/' },
    LogEncryptionKmsKeyId: 'text',
    AdditionalInfo: 'text',
    AmiVersion: 'text',
    ReleaseLabel: { matches: /^emr-\d+\.\d+\.\d+$/, such: 'emr-7.12.0' },
    Instances: instancesShape,
    Steps: { listOf: stepShape },
    StepExecutionRoleArn: 'text',
    BootstrapActions: { listOf: bootstrapShape },
    SupportedProducts: texts,
    NewSupportedProducts: { listOf: productShape },
    Applications: { listOf: applicationShape },
    Configurations: { listOf: configurationShape },
    VisibleToAllUsers: 'flag',
    JobFlowRole: 'text',
    ServiceRole: 'text',
    Tags: { listOf: shape<Tag>({ Key: 'text', Value: 'text' }, 'Key') },
    SecurityConfiguration: 'text',
    AutoScalingRole: 'text',
    ScaleDownBehavior: { oneOf: scaleDowns },
    CustomAmiId: 'text',
    EbsRootVolumeSize: 'integer',
    RepoUpgradeOnBoot: { oneOf: upgrades },
    KerberosAttributes: kerberosShape,
    StepConcurrencyLevel: 'integer',
    ManagedScalingPolicy: managedScalingShape,
    PlacementGroupConfigs: { listOf: placementGroupShape },
    AutoTerminationPolicy: shape<AutoTerminationPolicy>({ IdleTimeout: 'integer' }),
    OSReleaseLabel: 'text',
    EbsRootVolumeIops: 'integer',
    EbsRootVolumeThroughput: 'integer',
    ExtendedSupport: 'flag',
    MonitoringConfiguration: monitoringShape,
    SessionEnabled: 'flag',
  },
  'Name',
  'ReleaseLabel',
  'Instances',
  'ServiceRole',
  'JobFlowRole',
);

/** The file: the request, and the template of a check's step, which the DAG takes out. */
export const fileShape: Shape = {
  fields: { ...requestShape.fields, AuditStep: stepTemplateShape },
  needs: [...requestShape.needs, 'AuditStep'],
};
