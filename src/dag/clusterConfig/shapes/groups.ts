/** Instance groups (a number of instances of one type), and instance fleets (EMR launches the types available). */
import type {
  EbsBlockDeviceConfig,
  EbsConfiguration,
  InstanceFleetConfig,
  InstanceFleetProvisioningSpecifications,
  InstanceFleetResizingSpecifications,
  InstanceGroupConfig,
  InstanceRoleType,
  InstanceTypeConfig,
  OnDemandCapacityReservationOptions,
  OnDemandProvisioningAllocationStrategy,
  OnDemandProvisioningSpecification,
  OnDemandResizingSpecification,
  SpotProvisioningAllocationStrategy,
  SpotProvisioningSpecification,
  SpotProvisioningTimeoutAction,
  SpotResizingSpecification,
  VolumeSpecification,
} from '@aws-sdk/client-emr';
import { type Kind, shape } from './kind.ts';
import { autoScalingShape, marketKind } from './scaling.ts';
import { configurationShape } from './software.ts';

export const roleKind: Kind = { oneOf: ['MASTER', 'CORE', 'TASK'] satisfies InstanceRoleType[] };

const volumeShape = shape<VolumeSpecification>(
  { VolumeType: 'string', Iops: 'integer', SizeInGB: { min: 1 }, Throughput: 'integer' },
  'VolumeType',
  'SizeInGB',
);

const ebsShape = shape<EbsConfiguration>({
  EbsBlockDeviceConfigs: {
    listOf: shape<EbsBlockDeviceConfig>(
      { VolumeSpecification: volumeShape, VolumesPerInstance: { min: 1 } },
      'VolumeSpecification',
    ),
  },
  EbsOptimized: 'boolean',
});

export const groupShape = shape<InstanceGroupConfig>(
  {
    Name: 'string',
    Market: marketKind,
    InstanceRole: roleKind,
    BidPrice: 'string',
    InstanceType: 'string',
    InstanceCount: { min: 1 },
    Configurations: { listOf: configurationShape },
    EbsConfiguration: ebsShape,
    AutoScalingPolicy: autoScalingShape,
    CustomAmiId: 'string',
  },
  'InstanceRole',
  'InstanceType',
  'InstanceCount',
);

const spotStrategies: SpotProvisioningAllocationStrategy[] = [
  'capacity-optimized',
  'price-capacity-optimized',
  'lowest-price',
  'diversified',
  'capacity-optimized-prioritized',
];
const spotStrategy: Kind = { oneOf: spotStrategies };
const onDemandStrategy: Kind = {
  oneOf: ['lowest-price', 'prioritized'] satisfies OnDemandProvisioningAllocationStrategy[],
};
const timeoutActions: SpotProvisioningTimeoutAction[] = ['SWITCH_TO_ON_DEMAND', 'TERMINATE_CLUSTER'];

const reservationShape = shape<OnDemandCapacityReservationOptions>({
  UsageStrategy: { oneOf: ['use-capacity-reservations-first'] },
  CapacityReservationPreference: { oneOf: ['open', 'none'] },
  CapacityReservationResourceGroupArn: 'string',
});

const launchShape = shape<InstanceFleetProvisioningSpecifications>({
  SpotSpecification: shape<SpotProvisioningSpecification>(
    {
      TimeoutDurationMinutes: 'integer',
      TimeoutAction: { oneOf: timeoutActions },
      BlockDurationMinutes: 'integer',
      AllocationStrategy: spotStrategy,
    },
    'TimeoutDurationMinutes',
    'TimeoutAction',
  ),
  OnDemandSpecification: shape<OnDemandProvisioningSpecification>(
    { AllocationStrategy: onDemandStrategy, CapacityReservationOptions: reservationShape },
    'AllocationStrategy',
  ),
});

const resizeShape = shape<InstanceFleetResizingSpecifications>({
  SpotResizeSpecification: shape<SpotResizingSpecification>({
    TimeoutDurationMinutes: 'integer',
    AllocationStrategy: spotStrategy,
  }),
  OnDemandResizeSpecification: shape<OnDemandResizingSpecification>({
    TimeoutDurationMinutes: 'integer',
    AllocationStrategy: onDemandStrategy,
    CapacityReservationOptions: reservationShape,
  }),
});

const typeShape = shape<InstanceTypeConfig>(
  {
    InstanceType: 'string',
    WeightedCapacity: { min: 0 },
    BidPrice: 'string',
    BidPriceAsPercentageOfOnDemandPrice: 'number',
    EbsConfiguration: ebsShape,
    Configurations: { listOf: configurationShape },
    CustomAmiId: 'string',
    Priority: 'number',
  },
  'InstanceType',
);

export const fleetShape = shape<InstanceFleetConfig>(
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
