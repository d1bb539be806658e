/** Which check an EMR step ran. */
import { ruleFor, type Schedule, schedules } from './schedules.ts';

/** The part of a step that identifies its check. */
export interface SubmittedStep {
  readonly name: string;
  readonly arguments: readonly string[];
}

export interface PartOfChecks {
  readonly checks: number;
  readonly of: number;
}

export interface StepIdentity {
  /** The stem of the check's file: `check_events_daily`. */
  readonly check: string;
  /** The file's path under `configs/{schedule}/{load}x/`: distinguishes two files of one stem. */
  readonly path?: string;
  readonly schedule?: Schedule;
  readonly load?: number;
  /** The DAG run that submitted the step. */
  readonly runId?: string;
  /** How many of the checks that were uploaded the run submitted, where `conf.only` named some: a partial round. */
  readonly partOf?: PartOfChecks;
}

/**
 * Which check a step ran, for which schedule, at which load. The config URI among the arguments says all of it:
 * `s3://bucket/{configsPrefix}/{schedule}/{load}x/{path}`. Without one, the step's name `{file stem}_{load}x` is read.
 *
 * @param configsPrefix without slashes at its ends
 */
export function identifyStep(step: SubmittedStep, configsPrefix: string): StepIdentity {
  const before = identified.get(step);
  if (before?.configsPrefix === configsPrefix) return before.identity;
  const identity = readIdentity(step, configsPrefix);
  identified.set(step, { configsPrefix, identity });
  return identity;
}

/** A report asks several times for each of its steps. */
const identified = new WeakMap<
  SubmittedStep,
  { readonly configsPrefix: string; readonly identity: StepIdentity }
>();

function readIdentity(step: SubmittedStep, configsPrefix: string): StepIdentity {
  const run = runOf(step.arguments);
  for (const argument of step.arguments) {
    const found = fromUri(argument, configsPrefix);
    if (found) return { ...found, ...run };
  }
  return { ...fromName(step.name), ...run };
}

/** What a config URI says; undefined for any other text. `configsPrefix` as above. */
export function fromUri(
  text: string,
  configsPrefix: string,
): Required<Omit<StepIdentity, 'runId' | 'partOf'>> | undefined {
  const start = text.search(/s3[an]?:\/\//);
  const at = start < 0 ? -1 : text.indexOf(`/${configsPrefix}/`, start + 5);
  if (at < 0) return undefined;
  const [folder, level, ...rest] = text.slice(at + configsPrefix.length + 2).split('/');
  const schedule = schedules.find((one) => one === folder);
  const load = /^([1-9]\d{0,3})x$/.exec(level ?? '')?.[1];
  const path = upToEnding(rest.join('/'));
  if (!schedule || !load || path === '') return undefined;
  return { check: stemOf(path), path, schedule, load: Number(load) };
}

/** `events/check_events_daily.yml` is `check_events_daily`. */
export function stemOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1).replace(/\.ya?ml$/i, '');
}

/** An argument may be a whole command line; the path ends with its ending. */
function upToEnding(path: string): string {
  return /^.+?\.ya?ml(?=$|[\s'"])/i.exec(path)?.[0] ?? path;
}

function fromName(name: string): StepIdentity {
  const match = /^(.+)_([1-9]\d{0,3})x$/s.exec(name);
  const check = match?.[1] ?? name;
  const schedule = ruleFor(`${check}.yml`)?.schedule;
  return { check, ...(schedule && { schedule }), ...(match && { load: Number(match[2]) }) };
}

/** The DAG ends the run id of a partial round with `~only_2_of_100`, whatever the runner calls the argument. */
function runOf(words: readonly string[]): Pick<StepIdentity, 'runId' | 'partOf'> {
  const marks = words.map((word) => /~only_(\d{1,6})_of_(\d{1,6})(?=$|[\s'"])/.exec(word));
  const mark = marks.find((found) => found !== null);
  const value = argumentValue(words, '--run-id');
  const runId = mark && value?.endsWith(mark[0]) ? value.slice(0, -mark[0].length) : value;
  return {
    ...(runId !== undefined && { runId }),
    ...(mark && { partOf: { checks: Number(mark[1]), of: Number(mark[2]) } }),
  };
}

function argumentValue(words: readonly string[], flag: string): string | undefined {
  for (const [index, argument] of words.entries()) {
    if (argument === flag) return words[index + 1];
    if (argument.startsWith(`${flag}=`)) return argument.slice(flag.length + 1);
  }
  return undefined;
}
