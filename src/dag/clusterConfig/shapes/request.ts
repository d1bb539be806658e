/** The fields of EMR's RunJobFlow request. The SDK types check the names; the kinds are from the AWS API reference. */
import type * as emr from '@aws-sdk/client-emr';
import {
  configurationShape,
  fleetShape,
  groupShape,
  managedScalingShape,
  roleKind,
  stringMap,
} from './instances.ts';
import { choice, type Kind, type Shape, shape } from './kind.ts';

const strings: Kind = { listOf: 'string' };

const applicationShape = shape<emr.Application>(
  { Name: 'string', Version: 'string', Args: strings, AdditionalInfo: stringMap },
  'Name',
);

const productShape = shape<emr.SupportedProductConfig>({ Name: 'string', Args: strings });

const bootstrapShape = shape<emr.BootstrapActionConfig>(
  {
    Name: 'string',
    ScriptBootstrapAction: shape<emr.ScriptBootstrapActionConfig>({ Path: 'string', Args: strings }, 'Path'),
  },
  'Name',
  'ScriptBootstrapAction',
);

const jarShape = shape<emr.HadoopJarStepConfig>(
  {
    Properties: { listOf: shape<emr.KeyValue>({ Key: 'string', Value: 'string' }) },
    Jar: 'string',
    MainClass: 'string',
    Args: strings,
  },
  'Jar',
);

const stepShape = shape<emr.StepConfig>(
  {
    Name: 'string',
    ActionOnFailure: choice<emr.ActionOnFailure>(
      'CONTINUE',
      'CANCEL_AND_WAIT',
      'TERMINATE_CLUSTER',
      'TERMINATE_JOB_FLOW',
    ),
    HadoopJarStep: jarShape,
    StepMonitoringConfiguration: shape<emr.StepMonitoringConfiguration>({
      S3MonitoringConfiguration: shape<emr.S3MonitoringConfiguration>({
        LogUri: 'string',
        EncryptionKeyArn: 'string',
      }),
    }),
  },
  'Name',
  'HadoopJarStep',
);

/** Our own field: the DAG removes it from the request. */
const stepTemplateShape: Shape = {
  fields: { Jar: 'string', Args: strings, HourlyArgs: strings },
  required: [],
};

export const instancesShape = shape<emr.JobFlowInstancesConfig>({
  MasterInstanceType: 'string',
  SlaveInstanceType: 'string',
  InstanceCount: { min: 1 },
  InstanceGroups: { listOf: groupShape },
  InstanceFleets: { listOf: fleetShape },
  Ec2KeyName: 'string',
  Placement: shape<emr.PlacementType>({ AvailabilityZone: 'string', AvailabilityZones: strings }),
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

const kerberosShape = shape<emr.KerberosAttributes>(
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

const monitoringShape = shape<emr.MonitoringConfiguration>({
  CloudWatchLogConfiguration: shape<emr.CloudWatchLogConfiguration>(
    {
      Enabled: 'boolean',
      LogGroupName: 'string',
      LogStreamNamePrefix: 'string',
      EncryptionKeyArn: 'string',
      LogTypes: { mapOf: strings },
    },
    'Enabled',
  ),
  S3LoggingConfiguration: shape<emr.S3LoggingConfiguration>({ LogTypeUploadPolicy: { mapOf: 'string' } }),
});

const placementGroupShape = shape<emr.PlacementGroupConfig>(
  {
    InstanceRole: roleKind,
    PlacementStrategy: choice<emr.PlacementGroupStrategy>('SPREAD', 'PARTITION', 'CLUSTER', 'NONE'),
  },
  'InstanceRole',
);

/**
 * RunJobFlow answers a missing required field with a ValidationException (Name and Instances: the API reference; the
 * roles: "ServiceRole is required for creating cluster.", "InstanceProfile is required for creating cluster.").
 */
const requestShape = shape<emr.RunJobFlowInput>(
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
    Tags: { listOf: shape<emr.Tag>({ Key: 'string', Value: 'string' }, 'Key') },
    SecurityConfiguration: 'string',
    AutoScalingRole: 'string',
    ScaleDownBehavior: choice<emr.ScaleDownBehavior>(
      'TERMINATE_AT_INSTANCE_HOUR',
      'TERMINATE_AT_TASK_COMPLETION',
    ),
    CustomAmiId: 'string',
    EbsRootVolumeSize: 'integer',
    RepoUpgradeOnBoot: choice<emr.RepoUpgradeOnBoot>('SECURITY', 'NONE'),
    KerberosAttributes: kerberosShape,
    StepConcurrencyLevel: 'integer',
    ManagedScalingPolicy: managedScalingShape,
    PlacementGroupConfigs: { listOf: placementGroupShape },
    AutoTerminationPolicy: shape<emr.AutoTerminationPolicy>({ IdleTimeout: 'integer' }),
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

/** The file of a DAG that makes its own steps: plain RunJobFlow, to which the DAG may add what is missing. */
export const foreignShape: Shape = { fields: requestShape.fields, required: [] };
