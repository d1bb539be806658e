/** What every rule starts from: the parsed JSON of a cluster config, its typed view, and the findings. */
import * as z from 'zod';

/** A problem in a cluster config: `refuse` where EMR, Spark or the DAG would certainly fail, `warn` for the rest. */
export interface ConfigFinding {
  readonly severity: 'refuse' | 'warn';
  /** Where in the file, for example `Instances.InstanceGroups[1].InstanceCount`. */
  readonly path: string;
  /** One sentence with the deciding number, without a full stop. */
  readonly message: string;
  /** What to change, in the imperative, without a full stop. */
  readonly remedy: string;
}

export function configRefusal(path: string, message: string, remedy: string): ConfigFinding {
  return { severity: 'refuse', path, message, remedy };
}

export function configWarning(path: string, message: string, remedy: string): ConfigFinding {
  return { severity: 'warn', path, message, remedy };
}

/** The refusal where the config is wrong, otherwise nothing. */
export function refuseIf(isWrong: boolean, ...refusal: Parameters<typeof configRefusal>): ConfigFinding[] {
  return isWrong ? [configRefusal(...refusal)] : [];
}

/** The warning where the config is doubtful, otherwise nothing. */
export function warnIf(isDoubtful: boolean, ...warning: Parameters<typeof configWarning>): ConfigFinding[] {
  return isDoubtful ? [configWarning(...warning)] : [];
}

/** A whole number that the file writes as a float; JSON.parse hides the difference. */
export class WrittenAsFloat {
  readonly source: string;
  constructor(source: string) {
    this.source = source;
  }
  toJSON(): number {
    return Number(this.source);
  }
}

/** A string (to skip the digits in it), or a number with its fraction and exponent. */
const token = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/**
 * Parses JSON, but keeps whole numbers written as floats (`5.0`, `5e0`) apart: Python reads them as floats, and the
 * AWS client refuses a float for an integer.
 * @throws SyntaxError of JSON.parse on the original text
 */
export function parseJson(text: string): unknown {
  JSON.parse(text);
  // A private-use character, so no file contains the mark by chance.
  const mark = `\u{e000}float ${text.length} `;
  const marked = text.replace(token, (found) =>
    !found.startsWith('"') && /[.eE]/.test(found) && Number.isInteger(Number(found))
      ? JSON.stringify(mark + found)
      : found,
  );
  return JSON.parse(marked, (_name, value: unknown) =>
    typeof value === 'string' && value.startsWith(mark)
      ? new WrittenAsFloat(value.slice(mark.length))
      : value,
  );
}

/** Jinja that the DAG may render before it sends the request. */
export function isTemplate(text: string): boolean {
  return /\{\{|\{%/.test(text);
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

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
  Market: optionalText,
});
const fleet = z.object({
  InstanceFleetType: optionalText,
  TargetOnDemandCapacity: optionalNumber,
  TargetSpotCapacity: optionalNumber,
  InstanceTypeConfigs: listOf(
    z.object({
      InstanceType: z.string(),
      WeightedCapacity: optionalNumber,
      BidPrice: z.unknown().optional(),
      BidPriceAsPercentageOfOnDemandPrice: z.unknown().optional(),
    }),
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

/** The fields that the rules read. A value of the wrong type is left out here; the field rule reports it. */
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

/** A property of a classification, as text; blocks of one classification are read together, the last one wins. */
export function property(config: ClusterConfig, classification: string, name: string): string | undefined {
  const value = config.Configurations.findLast(
    (one) => one.Classification === classification && Object.hasOwn(one.Properties, name),
  )?.Properties[name];
  return value === undefined ? undefined : String(value);
}
