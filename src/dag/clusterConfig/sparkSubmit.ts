/**
 * What a check's step requests from the cluster, read as spark-submit reads it: options override --conf, and both
 * override spark-defaults (Spark, "Submitting Applications" and "Configuration").
 */
import { type ClusterConfig, property } from './model.ts';

/** Memory is absent when it is not set: EMR then chooses it from its own table. */
export interface SparkRequest {
  readonly deployMode: string;
  readonly driver?: Container;
  readonly executor?: Container;
  readonly executorCores?: number;
  /** Executors of one step: a fixed number, or with dynamic allocation the number at start. */
  readonly executors?: number;
  readonly dynamic: boolean;
}

/** Memory of one YARN container, MiB. */
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
const flags = new Set(
  '--help --load-spark-defaults --supervise --usage-error --verbose --version -h -v'.split(' '),
);

/** Options with a value (SparkSubmitOptionParser of Spark 3.5 and 4.0). */
export const submitOptionNames: readonly string[] = [
  ...Object.keys(settingOfOption),
  ...'-c --archives --class --conf --driver-class-path --driver-cores --driver-java-options'.split(' '),
  ...'--driver-library-path --exclude-packages --files --jars --keytab --kill --master --name'.split(' '),
  ...'--packages --principal --properties-file --proxy-user --py-files --queue --remote'.split(' '),
  ...'--repositories --status --total-executor-cores'.split(' '),
];

/** The value of a setting and where it was found; undefined when it is not set. */
export type SparkSetting = (name: string) => { readonly text: string; readonly path: string } | undefined;

/** undefined when the step does not run spark-submit: then its request is unknown. */
export function sparkSettings(config: ClusterConfig): SparkSetting | undefined {
  const options = sparkSubmitOptions(config);
  if (options === undefined) return undefined;
  return (name) => {
    const option = options.get(name);
    if (option !== undefined) return { text: option, path: 'AuditStep.Args' };
    const text = property(config, 'spark-defaults', name);
    return text === undefined ? undefined : { text, path: 'Configurations' };
  };
}

/** The setting with which spark-submit ends as soon as YARN has accepted the application. */
export const waitSetting = 'spark.yarn.submit.waitAppCompletion';

/** Spark reads booleans without regard to case. */
export function isFalse(text: string | undefined): boolean {
  return text?.trim().toLowerCase() === 'false';
}

/** Whether a step that ran ended before its check: as its own arguments say, else the settings of its cluster. */
export function endsBeforeItsCheck(
  args: readonly string[],
  settings: Readonly<Record<string, string>> = {},
): boolean {
  const options = submitOptions(args);
  return options !== undefined && isFalse(options.get(waitSetting) ?? settings[waitSetting]);
}

/** undefined when the step does not run spark-submit. */
export function sparkRequest(config: ClusterConfig): SparkRequest | undefined {
  const settings = sparkSettings(config);
  if (settings === undefined) return undefined;
  const setting = (name: string) => settings(name)?.text;
  const driver = container('driver', setting);
  const executor = container('executor', setting);
  const cores = wholeNumber(setting('spark.executor.cores'));
  const executors = wholeNumber(setting('spark.executor.instances'));
  return {
    deployMode: setting('spark.submit.deployMode') ?? 'client',
    ...(driver === undefined ? {} : { driver }),
    ...(executor === undefined ? {} : { executor }),
    ...(cores === undefined ? {} : { executorCores: cores }),
    ...(executors === undefined ? {} : { executors }),
    // EMR enables it by default (Release Guide, "Configure Spark").
    dynamic: setting('spark.dynamicAllocation.enabled') !== 'false',
  };
}

/** Every property of the config's classifications, overridden by what the step's spark-submit sets. */
export function flatSettings(config: ClusterConfig): Record<string, string> {
  return Object.fromEntries([
    ...config.Configurations.flatMap(({ Properties }) =>
      Object.entries(Properties).map(([name, value]) => [name, String(value)]),
    ),
    ...(sparkSubmitOptions(config) ?? []),
  ]);
}

/** Where each Spark setting of the config is set: the options of the step and spark-defaults. */
export function sparkNames(config: ClusterConfig): { readonly name: string; readonly path: string }[] {
  const defaults = config.Configurations.filter((one) => one.Classification === 'spark-defaults');
  return [
    ...[...(sparkSubmitOptions(config)?.keys() ?? [])].map((name) => ({ name, path: 'AuditStep.Args' })),
    ...defaults.flatMap(({ Properties }) =>
      Object.keys(Properties).map((name) => ({ name, path: 'Configurations' })),
    ),
  ];
}

function sparkSubmitOptions({ AuditStep: step }: ClusterConfig): Map<string, string> | undefined {
  return runsCommand(step?.Jar) ? submitOptions(step?.Args ?? []) : undefined;
}

/** EMR's jars that run a command line. */
function runsCommand(jar = ''): boolean {
  return /(?:^|\/)(?:command|script)-runner\.jar$/.test(jar);
}

/** The Spark settings of a step's own command line; undefined when it does not run spark-submit. */
export function submitOptions(args: readonly string[]): Map<string, string> | undefined {
  const command = submitCommand(args);
  return command && readOptions(command);
}

/** The arguments after spark-submit: run by its path, behind a wrapper (`sudo`, `env A=b`, `timeout 60`), or in `bash -c "…"`. */
function submitCommand(args: readonly string[]): readonly string[] | undefined {
  const at = args.findIndex((argument) => /^(?:\S*\/)?spark-submit$/.test(argument));
  if (at !== -1) return args.slice(at + 1);
  const script = args.find((argument) => /\s/.test(argument) && /(?:^|[\s/])spark-submit\s/.test(argument));
  return script === undefined ? undefined : submitCommand(words(script));
}

/** The words of a shell command, without their quotes. */
function words(script: string): string[] {
  return [...script.matchAll(/(?:"[^"]*"|'[^']*'|\\\s|[^\s"'])+/g)].map(([word]) =>
    word.replace(/\\\r?\n|["']/g, ''),
  );
}

interface CommandLine {
  /** With their values; later arguments belong to the application. */
  readonly options: readonly { readonly name: string; readonly value: string }[];
  readonly application: string | undefined;
}

function readCommand(args: readonly string[]): CommandLine {
  const options: { name: string; value: string }[] = [];
  let at = 0;
  while (at < args.length) {
    const option = args[at] ?? '';
    if (!option.startsWith('-')) break;
    at += 1;
    if (flags.has(option)) continue;
    const [, name = option, joined] = /^(--[a-z-]+)=(.*)$/s.exec(option) ?? [];
    options.push({ name, value: joined ?? args[at] ?? '' });
    if (joined === undefined) at += 1;
  }
  return { options, application: args[at] };
}

/** The script or jar that a step's spark-submit runs; undefined when it runs something else. */
export function applicationOf(args: readonly string[]): string | undefined {
  const command = submitCommand(args);
  return command && readCommand(command).application;
}

function readOptions(args: readonly string[]): Map<string, string> {
  const byOption = new Map<string, string>();
  const conf = new Map<string, string>();
  for (const { name, value } of readCommand(args).options) {
    if (name === '--conf' || name === '-c') {
      const [, key, set] = /^([^=]+)=(.*)$/s.exec(value) ?? [];
      if (key !== undefined && set !== undefined) conf.set(key, set);
    } else if (settingOfOption[name] !== undefined) byOption.set(settingOfOption[name], value);
  }
  return new Map([...conf, ...byOption]);
}

/** Options of the step's spark-submit that it does not know: it would print its usage and fail. */
export function unknownOptions({ AuditStep: step }: ClusterConfig): string[] {
  const command = runsCommand(step?.Jar) ? submitCommand(step?.Args ?? []) : undefined;
  return readCommand(command ?? []).options.flatMap(({ name }) =>
    submitOptionNames.includes(name) ? [] : name,
  );
}

/** The heap plus its overhead, by default 10% of the heap and at least 384 MiB (Spark 3, "Configuration"). */
export function container(
  role: 'driver' | 'executor',
  setting: (name: string) => string | undefined,
): Container | undefined {
  const heapMb = memoryMb(setting(`spark.${role}.memory`));
  if (heapMb === undefined) return undefined;
  const setOverheadMb =
    memoryMb(setting(`spark.${role}.memoryOverhead`)) ??
    memoryMb(setting(`spark.yarn.${role}.memoryOverhead`));
  const factor = Number(setting(`spark.${role}.memoryOverheadFactor`) ?? 0.1);
  const overheadMb = setOverheadMb ?? Math.max(384, Math.floor(heapMb * (factor >= 0 ? factor : 0.1)));
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

/** `4g`, `512mb`, `4096` (MiB), as Spark reads sizes; undefined for what Spark refuses, for example a fraction. */
export function memoryMb(text: string | undefined): number | undefined {
  const [, digits, unit = 'm'] = /^(\d+)(b|[kmgtp]b?)?$/.exec((text ?? '').trim().toLowerCase()) ?? [];
  const factor = mbOfUnit[unit.charAt(0)];
  return digits === undefined || factor === undefined ? undefined : Math.floor(Number(digits) * factor);
}

function wholeNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\d+$/.test(text.trim()) ? Number(text) : undefined;
}
