/** How a cluster grows and shrinks. */
import type {
  AdjustmentType,
  AutoScalingPolicy,
  CloudWatchAlarmDefinition,
  ComparisonOperator,
  ComputeLimits,
  ComputeLimitsUnitType,
  ManagedScalingPolicy,
  MarketType,
  MetricDimension,
  ScalingAction,
  ScalingConstraints,
  ScalingRule,
  ScalingStrategy,
  ScalingTrigger,
  SimpleScalingPolicyConfiguration,
  Statistic,
} from '@aws-sdk/client-emr';
import { type Kind, shape } from './kind.ts';

export const marketKind: Kind = { oneOf: ['ON_DEMAND', 'SPOT'] satisfies MarketType[] };

const units: ComputeLimitsUnitType[] = ['InstanceFleetUnits', 'Instances', 'VCPU'];
const strategies: ScalingStrategy[] = ['ADVANCED', 'DEFAULT'];

export const managedScalingShape = shape<ManagedScalingPolicy>({
  ComputeLimits: shape<ComputeLimits>(
    {
      UnitType: { oneOf: units },
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
  ScalingStrategy: { oneOf: strategies },
});

const adjustments: AdjustmentType[] = ['CHANGE_IN_CAPACITY', 'EXACT_CAPACITY', 'PERCENT_CHANGE_IN_CAPACITY'];

const actionShape = shape<ScalingAction>(
  {
    Market: marketKind,
    SimpleScalingPolicyConfiguration: shape<SimpleScalingPolicyConfiguration>(
      { AdjustmentType: { oneOf: adjustments }, ScalingAdjustment: 'integer', CoolDown: 'integer' },
      'ScalingAdjustment',
    ),
  },
  'SimpleScalingPolicyConfiguration',
);

const comparisons: ComparisonOperator[] = [
  'GREATER_THAN_OR_EQUAL',
  'GREATER_THAN',
  'LESS_THAN',
  'LESS_THAN_OR_EQUAL',
];
const statistics: Statistic[] = ['SAMPLE_COUNT', 'AVERAGE', 'SUM', 'MINIMUM', 'MAXIMUM'];

const alarmShape = shape<CloudWatchAlarmDefinition>(
  {
    ComparisonOperator: { oneOf: comparisons },
    EvaluationPeriods: 'integer',
    MetricName: 'string',
    Namespace: 'string',
    Period: 'integer',
    Statistic: { oneOf: statistics },
    Threshold: 'number',
    Unit: 'string',
    Dimensions: { listOf: shape<MetricDimension>({ Key: 'string', Value: 'string' }) },
  },
  'ComparisonOperator',
  'MetricName',
  'Period',
  'Threshold',
);

const ruleShape = shape<ScalingRule>(
  {
    Name: 'string',
    Description: 'string',
    Action: actionShape,
    Trigger: shape<ScalingTrigger>({ CloudWatchAlarmDefinition: alarmShape }, 'CloudWatchAlarmDefinition'),
  },
  'Name',
  'Action',
  'Trigger',
);

export const autoScalingShape = shape<AutoScalingPolicy>(
  {
    Constraints: shape<ScalingConstraints>(
      { MinCapacity: 'integer', MaxCapacity: 'integer' },
      'MinCapacity',
      'MaxCapacity',
    ),
    Rules: { listOf: ruleShape },
  },
  'Constraints',
  'Rules',
);
