/**
 * What a check's step asks of the cluster, read as spark-submit reads it: options win over --conf, both over
 * spark-defaults (Spark, "Submitting Applications" and "Configuration").
 */
import { type ClusterConfig, property } from './model.ts';

/** Memory in MiB; absent where nobody sets it, because then EMR chooses by its own table. */
export interface SparkRequest {
  readonly deployMode: string;
  readonly driver?: Container;
  readonly executor?: Container;
  readonly executorCores?: number;
  /** Executors of one step: a fixed number, or with dynamic allocation the number at its start. */
  readonly executors?: number;
  readonly dynamic: boolean;
}

export interface Container {
  readonly heapMb: number;
  readonly overheadMb: number;
  readonly totalMb: number;
}

const settingOfOption: Readonly<Record<string, string>> = {
  '--deploy-mode': 'spark.submit.deployMode',
  '--driver-memory': 'spark.driver.memory',
  '--executor-memory': 'spark.executor.memory',
  '--executor-cores': 'spark.executor.cores',
  '--num-executors': 'spark.executor.instances',
};
const flags = new Set(['--supervise', '--verbose', '-v', '--version', '--usage-error', '--help', '-h']);

/** The value of a setting and where it was found; undefined where nobody sets it. */
export type SparkSetting = (name: string) => { readonly text: string; readonly path: string } | undefined;

/** undefined when the step does not run spark-submit: then its needs are not known. */
export function sparkSettings(config: ClusterConfig): SparkSetting | undefined {
  const { Jar, Args = [] } = config.AuditStep ?? {};
  if (Jar !== 'command-runner.jar' || Args[0] !== 'spark-submit') return undefined;
  const given = readOptions(Args.slice(1));
  return (name) => {
    const option = given.get(name);
    if (option !== undefined) return { text: option, path: 'AuditStep.Args' };
    const text = property(config, 'spark-defaults', name);
    return text === undefined ? undefined : { text, path: 'Configurations' };
  };
}

/** undefined when the step does not run spark-submit. */
export function sparkRequest(config: ClusterConfig): SparkRequest | undefined {
  const settings = sparkSettings(config);
  if (settings === undefined) return undefined;
  const setting = (name: string) => settings(name)?.text;
  const driver = container('driver', setting);
  const executor = container('executor', setting);
  const cores = count(setting('spark.executor.cores'));
  const executors = count(setting('spark.executor.instances'));
  return {
    deployMode: setting('spark.submit.deployMode') ?? 'client',
    ...(driver === undefined ? {} : { driver }),
    ...(executor === undefined ? {} : { executor }),
    ...(cores === undefined ? {} : { executorCores: cores }),
    ...(executors === undefined ? {} : { executors }),
    // EMR switches it on unless told otherwise (Release Guide, "Configure Spark").
    dynamic: setting('spark.dynamicAllocation.enabled') !== 'false',
  };
}

/** Every property of the config's classifications, and over them what the step's own spark-submit sets. */
export function flatSettings(config: ClusterConfig): Record<string, string> {
  const { Jar, Args = [] } = config.AuditStep ?? {};
  const isSpark = Jar === 'command-runner.jar' && Args[0] === 'spark-submit';
  return Object.fromEntries([
    ...config.Configurations.flatMap(({ Properties }) =>
      Object.entries(Properties).map(([name, value]) => [name, String(value)]),
    ),
    ...(isSpark ? readOptions(Args.slice(1)) : []),
  ]);
}

/** Spark's settings from its options, which end at the application; what follows is the application's own. */
function readOptions(words: readonly string[]): Map<string, string> {
  const options = new Map<string, string>();
  const conf = new Map<string, string>();
  for (let at = 0; at < words.length; ) {
    const word = words[at] ?? '';
    if (!word.startsWith('-')) break;
    at += 1;
    if (flags.has(word)) continue;
    const [, name = word, joined] = /^(--[a-z-]+)=(.*)$/s.exec(word) ?? [];
    const value = joined ?? words[at] ?? '';
    if (joined === undefined) at += 1;
    if (name === '--conf' || name === '-c') {
      const [, key, set] = /^([^=]+)=(.*)$/s.exec(value) ?? [];
      if (key !== undefined && set !== undefined) conf.set(key, set);
    } else if (settingOfOption[name] !== undefined) options.set(settingOfOption[name], value);
  }
  return new Map([...conf, ...options]);
}

/** MiB that YARN is asked for: the heap, and 10 % of it but at least 384 MiB, unless said (Spark 3, "Configuration"). */
export function container(
  who: 'driver' | 'executor',
  setting: (name: string) => string | undefined,
): Container | undefined {
  const heapMb = memoryMb(setting(`spark.${who}.memory`));
  if (heapMb === undefined) return undefined;
  const said =
    memoryMb(setting(`spark.${who}.memoryOverhead`)) ?? memoryMb(setting(`spark.yarn.${who}.memoryOverhead`));
  const factor = Number(setting(`spark.${who}.memoryOverheadFactor`) ?? 0.1);
  const overheadMb = said ?? Math.max(384, Math.floor(heapMb * (factor >= 0 ? factor : 0.1)));
  return { heapMb, overheadMb, totalMb: heapMb + overheadMb };
}

const mbOfUnit: Readonly<Record<string, number>> = {
  b: 1 / 1024 ** 2,
  k: 1 / 1024,
  m: 1,
  g: 1024,
  t: 1024 ** 2,
  p: 1024 ** 3,
};

/** `4g`, `512mb`, `4096` (MiB), as Spark reads sizes; undefined for what it refuses, a fraction among it. */
export function memoryMb(text: string | undefined): number | undefined {
  const [, digits, unit = 'm'] = /^(\d+)(b|[kmgtp]b?)?$/.exec((text ?? '').trim().toLowerCase()) ?? [];
  const factor = mbOfUnit[unit.charAt(0)];
  return digits === undefined || factor === undefined ? undefined : Math.floor(Number(digits) * factor);
}

function count(text: string | undefined): number | undefined {
  return text !== undefined && /^\d+$/.test(text.trim()) ? Number(text) : undefined;
}
