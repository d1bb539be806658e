/** A cluster config as the rules read it: what is not of its kind is left out here, and named by the rule on fields. */
import * as z from 'zod';

const text = z.string().optional().catch(undefined);
const number = z.number().optional().catch(undefined);
const flag = z.boolean().optional().catch(undefined);
function listOf<Item extends z.ZodType>(item: Item) {
  return z
    .array(item.nullable().catch(null))
    .catch([])
    .transform((items) => items.filter((one) => one !== null));
}
const texts = listOf(z.string());

const configurations = listOf(
  z.object({ Classification: z.string(), Properties: z.record(z.string(), z.unknown()).catch({}) }),
).default([]);

const group = z.object({ InstanceRole: text, InstanceType: text, InstanceCount: number });
const fleet = z.object({
  InstanceFleetType: text,
  TargetOnDemandCapacity: number,
  TargetSpotCapacity: number,
  InstanceTypeConfigs: listOf(z.object({ InstanceType: z.string(), WeightedCapacity: number })).default([]),
});

const instances = z.object({
  MasterInstanceType: text,
  SlaveInstanceType: text,
  InstanceCount: number,
  InstanceGroups: listOf(group).default([]),
  InstanceFleets: listOf(fleet).default([]),
  KeepJobFlowAliveWhenNoSteps: flag,
  TerminationProtected: flag,
});

const clusterConfig = z.object({
  Name: text,
  LogUri: text,
  Instances: instances.catch(instances.parse({})).default(instances.parse({})),
  Steps: listOf(z.object({ ActionOnFailure: text })).default([]),
  Applications: listOf(z.object({ Name: text })).default([]),
  Configurations: configurations,
  StepConcurrencyLevel: number,
  ManagedScalingPolicy: z.unknown().optional(),
  AutoTerminationPolicy: z.object({ IdleTimeout: number }).optional().catch(undefined),
  AuditStep: z
    .object({ Jar: text, Args: texts.default([]), HourlyArgs: texts.optional() })
    .optional()
    .catch(undefined),
});

export type ClusterConfig = z.output<typeof clusterConfig>;

export function readClusterConfig(json: Readonly<Record<string, unknown>>): ClusterConfig {
  return clusterConfig.parse(json);
}

/** The value of a property of a classification, as text; undefined when it is not set for the whole cluster. */
export function property(config: ClusterConfig, classification: string, name: string): string | undefined {
  const value = config.Configurations.findLast((one) => one.Classification === classification)?.Properties[
    name
  ];
  return value === undefined ? undefined : String(value);
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
