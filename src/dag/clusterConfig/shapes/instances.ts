/** The machines of a cluster, how it grows and shrinks, and how they are configured. */
import type * as emr from '@aws-sdk/client-emr';
import { choice, type Kind, type Shape, shape } from './kind.ts';

/** EMR's API requires numbers and booleans as strings here; the AWS clients refuse other types. */
export const stringMap: Kind = { mapOf: 'string' };

export const configurationShape: Shape = shape<emr.Configuration>(
  {
    Classification: 'string',
    Properties: stringMap,
    // A getter, because configurations nest.
    get Configurations(): Kind {
      return { listOf: configurationShape };
    },
  },
  'Classification',
);

const marketKind: Kind = choice<emr.MarketType>('ON_DEMAND', 'SPOT');

export const managedScalingShape = shape<emr.ManagedScalingPolicy>({
  ComputeLimits: shape<emr.ComputeLimits>(
    {
      UnitType: choice<emr.ComputeLimitsUnitType>('InstanceFleetUnits', 'Instances', 'VCPU'),
      MinimumCapacityUnits: 'integer',
      MaximumCapacityUnits: 'integer',
      MaximumOnDemandCapacityUnits: 'integer',
      MaximumCoreCapacityUnits: 'integer',
    },
    'UnitType',
    'MinimumCapacityUnits',
    'MaximumCapacityUnits',
  ),
  UtilizationPerformanceIndex: 'integer',
  ScalingStrategy: choice<emr.ScalingStrategy>('ADVANCED', 'DEFAULT'),
});

const actionShape = shape<emr.ScalingAction>(
  {
    Market: marketKind,
    SimpleScalingPolicyConfiguration: shape<emr.SimpleScalingPolicyConfiguration>(
      {
        AdjustmentType: choice<emr.AdjustmentType>(
          'CHANGE_IN_CAPACITY',
          'EXACT_CAPACITY',
          'PERCENT_CHANGE_IN_CAPACITY',
        ),
        ScalingAdjustment: 'integer',
        CoolDown: 'integer',
      },
      'ScalingAdjustment',
    ),
  },
  'SimpleScalingPolicyConfiguration',
);

const alarmShape = shape<emr.CloudWatchAlarmDefinition>(
  {
    ComparisonOperator: choice<emr.ComparisonOperator>(
      'GREATER_THAN_OR_EQUAL',
      'GREATER_THAN',
      'LESS_THAN',
      'LESS_THAN_OR_EQUAL',
    ),
    EvaluationPeriods: 'integer',
    MetricName: 'string',
    Namespace: 'string',
    Period: 'integer',
    Statistic: choice<emr.Statistic>('SAMPLE_COUNT', 'AVERAGE', 'SUM', 'MINIMUM', 'MAXIMUM'),
    Threshold: 'number',
    Unit: 'string',
    Dimensions: { listOf: shape<emr.MetricDimension>({ Key: 'string', Value: 'string' }) },
  },
  'ComparisonOperator',
  'MetricName',
  'Period',
  'Threshold',
);

const ruleShape = shape<emr.ScalingRule>(
  {
    Name: 'string',
    Description: 'string',
    Action: actionShape,
    Trigger: shape<emr.ScalingTrigger>(
      { CloudWatchAlarmDefinition: alarmShape },
      'CloudWatchAlarmDefinition',
    ),
  },
  'Name',
  'Action',
  'Trigger',
);

const autoScalingShape = shape<emr.AutoScalingPolicy>(
  {
    Constraints: shape<emr.ScalingConstraints>(
      { MinCapacity: 'integer', MaxCapacity: 'integer' },
      'MinCapacity',
      'MaxCapacity',
    ),
    Rules: { listOf: ruleShape },
  },
  'Constraints',
  'Rules',
);

export const roleKind: Kind = choice<emr.InstanceRoleType>('MASTER', 'CORE', 'TASK');

const volumeShape = shape<emr.VolumeSpecification>(
  { VolumeType: 'string', Iops: 'integer', SizeInGB: { min: 1 }, Throughput: 'integer' },
  'VolumeType',
  'SizeInGB',
);

const ebsShape = shape<emr.EbsConfiguration>({
  EbsBlockDeviceConfigs: {
    listOf: shape<emr.EbsBlockDeviceConfig>(
      { VolumeSpecification: volumeShape, VolumesPerInstance: { min: 1 } },
      'VolumeSpecification',
    ),
  },
  EbsOptimized: 'boolean',
});

/** What a group and a type of a fleet have in common. */
const machineFields = {
  InstanceType: 'string',
  BidPrice: 'string',
  Configurations: { listOf: configurationShape },
  EbsConfiguration: ebsShape,
  CustomAmiId: 'string',
} as const;

export const groupShape = shape<emr.InstanceGroupConfig>(
  {
    Name: 'string',
    ...machineFields,
    Market: marketKind,
    InstanceRole: roleKind,
    InstanceCount: { min: 1 },
    AutoScalingPolicy: autoScalingShape,
  },
  'InstanceRole',
  'InstanceType',
  'InstanceCount',
);

const spotStrategy: Kind = choice<emr.SpotProvisioningAllocationStrategy>(
  'capacity-optimized',
  'price-capacity-optimized',
  'lowest-price',
  'diversified',
  'capacity-optimized-prioritized',
);
const onDemandStrategy: Kind = choice<emr.OnDemandProvisioningAllocationStrategy>(
  'lowest-price',
  'prioritized',
);

const reservationShape = shape<emr.OnDemandCapacityReservationOptions>({
  UsageStrategy: { oneOf: ['use-capacity-reservations-first'] },
  CapacityReservationPreference: { oneOf: ['open', 'none'] },
  CapacityReservationResourceGroupArn: 'string',
});

const launchShape = shape<emr.InstanceFleetProvisioningSpecifications>({
  SpotSpecification: shape<emr.SpotProvisioningSpecification>(
    {
      TimeoutDurationMinutes: 'integer',
      TimeoutAction: choice<emr.SpotProvisioningTimeoutAction>('SWITCH_TO_ON_DEMAND', 'TERMINATE_CLUSTER'),
      BlockDurationMinutes: 'integer',
      AllocationStrategy: spotStrategy,
    },
    'TimeoutDurationMinutes',
    'TimeoutAction',
  ),
  OnDemandSpecification: shape<emr.OnDemandProvisioningSpecification>(
    { AllocationStrategy: onDemandStrategy, CapacityReservationOptions: reservationShape },
    'AllocationStrategy',
  ),
});

const resizeShape = shape<emr.InstanceFleetResizingSpecifications>({
  SpotResizeSpecification: shape<emr.SpotResizingSpecification>({
    TimeoutDurationMinutes: 'integer',
    AllocationStrategy: spotStrategy,
  }),
  OnDemandResizeSpecification: shape<emr.OnDemandResizingSpecification>({
    TimeoutDurationMinutes: 'integer',
    AllocationStrategy: onDemandStrategy,
    CapacityReservationOptions: reservationShape,
  }),
});

const typeShape = shape<emr.InstanceTypeConfig>(
  {
    ...machineFields,
    WeightedCapacity: { min: 0 },
    BidPriceAsPercentageOfOnDemandPrice: 'number',
    Priority: 'number',
  },
  'InstanceType',
);

export const fleetShape = shape<emr.InstanceFleetConfig>(
  {
    Name: 'string',
    InstanceFleetType: roleKind,
    TargetOnDemandCapacity: { min: 0 },
    TargetSpotCapacity: { min: 0 },
    InstanceTypeConfigs: { listOf: typeShape },
    LaunchSpecifications: launchShape,
    ResizeSpecifications: resizeShape,
    Context: 'string',
  },
  'InstanceFleetType',
);
