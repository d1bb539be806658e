/** Rules for single fleets and groups, for repeated classifications, and for templates that nobody renders. */
import {
  type ClusterConfig,
  type ConfigFinding,
  configRefusal,
  configWarning,
  isObject,
  isTemplate,
  refuseIf,
  warnIf,
} from './model.ts';
import { nodeCapacity, nodePools } from './nodes.ts';
import { sparkRequest } from './sparkSubmit.ts';

/** A fleet or group as EMR would refuse it (API reference, InstanceFleetConfig), or as it would spoil a round. */
export function poolFindings(config: ClusterConfig): ConfigFinding[] {
  return [...fleetFindings(config), ...primaryFindings(config), ...unknownTypes(config)];
}

function fleetFindings({ Instances: { InstanceFleets: fleets } }: ClusterConfig): ConfigFinding[] {
  return fleets.flatMap((fleet, index) => {
    const path = `Instances.InstanceFleets[${index}]`;
    const capacity = (fleet.TargetOnDemandCapacity ?? 0) + (fleet.TargetSpotCapacity ?? 0);
    return [
      ...refuseIf(
        fleet.InstanceFleetType === 'CORE' && capacity === 0,
        path,
        'the CORE fleet has both targets 0, but EMR requires at least one above 0',
        'set TargetOnDemandCapacity to the size of production',
      ),
      ...fleet.InstanceTypeConfigs.flatMap((type, at) =>
        refuseIf(
          type.BidPrice !== undefined && type.BidPriceAsPercentageOfOnDemandPrice !== undefined,
          `${path}.InstanceTypeConfigs[${at}]`,
          'it has both BidPrice and BidPriceAsPercentageOfOnDemandPrice, but EMR accepts only one of them',
          'keep one',
        ),
      ),
    ];
  });
}

/** Three primary nodes are EMR's high availability, which turns on termination protection. */
function primaryFindings({ Instances: { InstanceGroups, InstanceFleets } }: ClusterConfig): ConfigFinding[] {
  const groups = InstanceGroups.flatMap(({ InstanceRole, InstanceCount: count, Market }, index) =>
    InstanceRole === 'MASTER'
      ? [{ path: `Instances.InstanceGroups[${index}]`, what: 'group', count, isSpot: Market === 'SPOT' }]
      : [],
  );
  const fleets = InstanceFleets.flatMap((fleet, index) => {
    const { TargetOnDemandCapacity: onDemand = 0, TargetSpotCapacity: spot = 0 } = fleet;
    const path = `Instances.InstanceFleets[${index}]`;
    return fleet.InstanceFleetType === 'MASTER'
      ? [{ path, what: 'fleet', count: onDemand + spot, isSpot: spot > 0 }]
      : [];
  });
  const primaries = [...groups, ...fleets];
  // Several primaries, or groups beside fleets, are one finding of their own.
  if (primaries.length > 1 || (InstanceGroups.length > 0 && InstanceFleets.length > 0)) return [];
  return primaries.flatMap(({ path, what, count, isSpot }) => [
    ...refuseIf(
      // The field rule reports a group's missing count and one below 1.
      count !== undefined && count !== 1 && count !== 3 && !(what === 'group' && count < 1),
      path,
      `the MASTER ${what} has ${count} nodes, but EMR accepts only 1, or 3 for high availability`,
      'set it to 1',
    ),
    ...warnIf(
      count === 3,
      path,
      'with 3 primary nodes EMR turns on termination protection, so the DAG cannot terminate the cluster, which keeps costing money',
      'use 1 primary node for load tests',
    ),
    ...warnIf(
      isSpot,
      path,
      'the primary node is a Spot instance: when EC2 takes it back, the cluster and the round end',
      'use ON_DEMAND for the primary node',
    ),
  ]);
}

/** Where no request of a step is known, no type would be compared with it. */
function unknownTypes(config: ClusterConfig): ConfigFinding[] {
  if (sparkRequest(config) === undefined) return [];
  const unknown = nodePools(config)
    .filter(({ role }) => role !== 'MASTER')
    .flatMap(({ path, types }) =>
      types.filter((type) => nodeCapacity(type) === undefined).map((type) => ({ path, type })),
    );
  const types = [...new Set(unknown.map(({ type }) => type))];
  return warnIf(
    types.length > 0,
    unknown[0]?.path ?? '',
    `unknown type${types.length === 1 ? '' : 's'} ${types.slice(0, 4).join(', ')}: whether the steps fit on the nodes was not checked`,
    'compare the executors with the memory of the type yourself',
  );
}

/** EMR applies one block of a classification; two are read together here. */
export function classificationFindings({ Configurations }: ClusterConfig): ConfigFinding[] {
  const names = Configurations.map(({ Classification }) => Classification);
  const repeated = new Set(names.filter((name, index) => names.indexOf(name) !== index));
  return [...repeated].map((name) =>
    configWarning(
      'Configurations',
      `it has ${names.filter((one) => one === name).length} blocks of ${name}, which are judged together here; EMR may apply only one`,
      'merge them into one block',
    ),
  );
}

/** Strings with a Jinja template, which the DAG sends to EMR as they are. */
export function templateFindings(value: unknown, path = ''): ConfigFinding[] {
  if (typeof value === 'string')
    return isTemplate(value)
      ? [
          configRefusal(
            path,
            `it holds a template (${value.slice(0, 60)}), which this DAG does not render: EMR would get it as it is`,
            'write the value itself',
          ),
        ]
      : [];
  if (Array.isArray(value)) return value.flatMap((one, index) => templateFindings(one, `${path}[${index}]`));
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([name, one]) =>
    templateFindings(one, path === '' ? name : `${path}.${name}`),
  );
}
