/** Instance fleets: several types of machines, of which EMR takes what it gets. */
import type {
  InstanceFleetConfig,
  InstanceFleetProvisioningSpecifications,
  InstanceFleetResizingSpecifications,
  InstanceTypeConfig,
  OnDemandCapacityReservationOptions,
  OnDemandProvisioningAllocationStrategy,
  OnDemandProvisioningSpecification,
  OnDemandResizingSpecification,
  SpotProvisioningAllocationStrategy,
  SpotProvisioningSpecification,
  SpotProvisioningTimeoutAction,
  SpotResizingSpecification,
} from '@aws-sdk/client-emr';
import { ebsShape, roleKind } from './groups.ts';
import { type Kind, shape } from './kind.ts';
import { configurationShape } from './software.ts';

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
  CapacityReservationResourceGroupArn: 'text',
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
    InstanceType: 'text',
    WeightedCapacity: { from: 0 },
    BidPrice: 'text',
    BidPriceAsPercentageOfOnDemandPrice: 'number',
    EbsConfiguration: ebsShape,
    Configurations: { listOf: configurationShape },
    CustomAmiId: 'text',
    Priority: 'number',
  },
  'InstanceType',
);

export const fleetShape = shape<InstanceFleetConfig>(
  {
    Name: 'text',
    InstanceFleetType: roleKind,
    TargetOnDemandCapacity: { from: 0 },
    TargetSpotCapacity: { from: 0 },
    InstanceTypeConfigs: { listOf: typeShape },
    LaunchSpecifications: launchShape,
    ResizeSpecifications: resizeShape,
    Context: 'text',
  },
  'InstanceFleetType',
);
