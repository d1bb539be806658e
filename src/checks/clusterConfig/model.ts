/** A cluster config as the rules read it. A value of another type is left out here; the field rule reports it. */
import * as z from 'zod';

const optionalText = z.string().optional().catch(undefined);
const optionalNumber = z.number().optional().catch(undefined);
const optionalFlag = z.boolean().optional().catch(undefined);
function listOf<Item extends z.ZodType>(item: Item) {
  return z
    .array(item.nullable().catch(null))
    .catch([])
    .transform((items) => items.filter((one) => one !== null));
}
const strings = listOf(z.string());

const configurations = listOf(
  z.object({ Classification: z.string(), Properties: z.record(z.string(), z.unknown()).catch({}) }),
).default([]);

const group = z.object({
  InstanceRole: optionalText,
  InstanceType: optionalText,
  InstanceCount: optionalNumber,
});
const fleet = z.object({
  InstanceFleetType: optionalText,
  TargetOnDemandCapacity: optionalNumber,
  TargetSpotCapacity: optionalNumber,
  InstanceTypeConfigs: listOf(
    z.object({ InstanceType: z.string(), WeightedCapacity: optionalNumber }),
  ).default([]),
});

const instances = z.object({
  MasterInstanceType: optionalText,
  SlaveInstanceType: optionalText,
  InstanceCount: optionalNumber,
  InstanceGroups: listOf(group).default([]),
  InstanceFleets: listOf(fleet).default([]),
  KeepJobFlowAliveWhenNoSteps: optionalFlag,
  TerminationProtected: optionalFlag,
});

const clusterConfig = z.object({
  Name: optionalText,
  LogUri: optionalText,
  Instances: instances.catch(instances.parse({})).default(instances.parse({})),
  Steps: listOf(z.object({ ActionOnFailure: optionalText })).default([]),
  Applications: listOf(z.object({ Name: optionalText })).default([]),
  Configurations: configurations,
  StepConcurrencyLevel: optionalNumber,
  ManagedScalingPolicy: z.unknown().optional(),
  AutoTerminationPolicy: z.object({ IdleTimeout: optionalNumber }).optional().catch(undefined),
  AuditStep: z
    .object({ Jar: optionalText, Args: strings.default([]), HourlyArgs: strings.optional() })
    .optional()
    .catch(undefined),
});

export type ClusterConfig = z.output<typeof clusterConfig>;

export function parseClusterConfig(json: Readonly<Record<string, unknown>>): ClusterConfig {
  return clusterConfig.parse(json);
}

/** A property of a classification, as text; undefined when it is not set for the whole cluster. */
export function property(config: ClusterConfig, classification: string, name: string): string | undefined {
  const value = config.Configurations.findLast((one) => one.Classification === classification)?.Properties[
    name
  ];
  return value === undefined ? undefined : String(value);
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
