/** The three cluster configs together: refused with every problem, or warned about in a few lines. */
import { ToolError } from '../../domain/errors.ts';
import { cleanLine } from '../../domain/foreignText.ts';
import { type Schedule, schedules } from '../../domain/schedules.ts';
import type { DagFile } from '../../ports/project.ts';
import { fieldFindings } from './fields.ts';
import { instanceFindings, lifetimeFindings, measurementFindings } from './instanceRules.ts';
import {
  type ConfigFinding,
  configRefusal,
  configWarning,
  isObject,
  parseClusterConfig,
  parseJson,
} from './model.ts';
import { classificationFindings, poolFindings, templateFindings } from './poolRules.ts';
import { fileShape, foreignShape } from './shapes/request.ts';
import {
  concurrencyFindings,
  driverMemoryFindings,
  executorFindings,
  foreignWaitFindings,
  sparkNameFindings,
  sparkOptionFindings,
  sparkValueFindings,
} from './sparkRules.ts';
import { stepTemplateFindings } from './stepTemplate.ts';

/** A finding, and the configs that have it. */
export interface SharedFinding extends ConfigFinding {
  readonly in: readonly Schedule[];
}

/** Nobody reads more lines than this. */
const maxLines = 6;

/** What is known about the DAG and the round of these configs. */
export interface LintFacts {
  /** Checks of the round; a schedule without a number was not counted. */
  readonly checks?: ChecksBySchedule;
  /** False for a DAG that makes its steps itself: then AuditStep and what else only our DAG needs is not asked for. */
  readonly readsTemplate?: boolean;
  /** Whether the user has seen the warnings about these bytes: they are not repeated. */
  isShown?(file: DagFile): boolean;
}

type ChecksBySchedule = Readonly<Partial<Record<Schedule, number>>>;

/**
 * Warnings about the cluster configs, one line each.
 * @throws ToolError CONFIG with every refusal, before anything is sent
 */
export function requireSoundClusterConfigs(files: readonly DagFile[], facts: LintFacts = {}): string[] {
  const findings = lintClusterConfigs(files, facts);
  const refusals = findings.filter((finding) => finding.severity === 'refuse');
  if (refusals.length > 0)
    throw new ToolError(
      'CONFIG',
      `The cluster configs would not run: ${firstLines(refusals).join('. ')}. Nothing was uploaded.`,
      { next: 'fix the files in cluster_configs next to DAG_FILE, then call uploadDags again.' },
    );
  const { isShown = () => false } = facts;
  const shown = files.filter((file) => isShown(file)).map(({ name }) => name);
  const isNew = ({ in: where }: SharedFinding) =>
    where.some((schedule) => !shown.some((name) => name.endsWith(fileEnd(schedule))));
  return firstLines(findings.filter(isNew)).map((line) => `Cluster config ${line}.`);
}

/** The problems of the configs among `files`; one that several configs share is listed once. Refusals come first. */
export function lintClusterConfigs(
  files: readonly DagFile[],
  { checks = {}, readsTemplate = true }: LintFacts = {},
): SharedFinding[] {
  const configs = schedules.flatMap((schedule) => {
    const file = files.find((one) => one.name.endsWith(fileEnd(schedule)));
    return file === undefined ? [] : [{ schedule, ...readFile(file.bytes) }];
  });
  const found = new Map<string, SharedFinding>();
  const add = (finding: ConfigFinding, schedule: Schedule) => {
    const key = JSON.stringify(finding);
    found.set(key, { ...finding, in: [...(found.get(key)?.in ?? []), schedule] });
  };
  for (const { schedule, json, broken } of configs)
    for (const finding of broken ??
      lintClusterConfig(json, { schedule, checks: checks[schedule], readsTemplate }))
      add(finding, schedule);
  for (const { schedule, finding } of nameClashes(configs)) add(finding, schedule);
  return refusalsFirst([...found.values()]);
}

/**
 * Every problem of one cluster config as parsed from its JSON, refusals first.
 * @param checks of the round; undefined when they were not counted
 */
export function lintClusterConfig(
  json: unknown,
  {
    schedule,
    checks,
    readsTemplate = true,
  }: {
    readonly schedule: Schedule;
    readonly checks: number | undefined;
    readonly readsTemplate?: boolean;
  },
): ConfigFinding[] {
  if (!isObject(json))
    return [configRefusal('', 'it is not a JSON object, so it does not describe a cluster', 'fix the file')];
  const config = parseClusterConfig(json);
  const isForeign = !readsTemplate && config.AuditStep === undefined;
  return refusalsFirst([
    ...fieldFindings(json, isForeign ? foreignShape : fileShape),
    ...stepTemplateFindings(config, schedule),
    ...(isForeign ? [foreignFinding] : templateFindings(json)),
    ...instanceFindings(config),
    ...poolFindings(config),
    ...classificationFindings(config),
    ...(isForeign ? foreignWaitFindings(config) : lifetimeFindings(config)),
    ...concurrencyFindings(config, checks),
    ...sparkValueFindings(config),
    ...sparkNameFindings(config),
    ...sparkOptionFindings(config),
    ...driverMemoryFindings(config),
    ...executorFindings(config),
    ...measurementFindings(config),
  ]);
}

/** A DAG that makes its own steps may add what the file lacks, render it, and end the cluster in its own way. */
const foreignFinding = configWarning(
  'AuditStep',
  'it is not set, and the DAG does not read it: a step is known by its name, cluster and time, and what it asks of Spark is not checked',
  'name each step <file stem>_<load>x',
);

/** `15m, daily: LogUri: it is not set: …; set it to an s3:// prefix`. */
export function findingLine({ in: where, path, message, remedy }: SharedFinding): string {
  return cleanLine(`${where.join(', ')}: ${path === '' ? '' : `${path}: `}${message}; ${remedy}`, 320);
}

function fileEnd(schedule: Schedule): string {
  return `_cluster_${schedule}.json`;
}

function firstLines(findings: readonly SharedFinding[]): string[] {
  const lines = findings.slice(0, maxLines).map(findingLine);
  const more = findings.length - lines.length;
  return more === 0 ? lines : [...lines.slice(0, -1), `${more + 1} more findings`];
}

function readFile(bytes: Buffer): { readonly json?: unknown; readonly broken?: ConfigFinding[] } {
  try {
    return { json: parseJson(bytes.toString('utf8')) };
  } catch (error) {
    // The message quotes the text around the position; one line of it is enough to find it.
    const why = String((error as Error).message)
      .replace(/\s+/g, ' ')
      .slice(0, 120);
    return { broken: [configRefusal('', `it is not JSON (${why})`, 'fix the file')] };
  }
}

function refusalsFirst<Found extends ConfigFinding>(findings: readonly Found[]): Found[] {
  return [
    ...findings.filter((finding) => finding.severity === 'refuse'),
    ...findings.filter((finding) => finding.severity === 'warn'),
  ];
}

/** A finding for each config whose name is a prefix of another's: clusters are found by the prefix of their names. */
function nameClashes(
  configs: readonly { readonly schedule: Schedule; readonly json?: unknown }[],
): { readonly schedule: Schedule; readonly finding: ConfigFinding }[] {
  const names = configs.flatMap(({ schedule, json }) =>
    isObject(json) && typeof json.Name === 'string' && json.Name !== ''
      ? [{ schedule, name: json.Name }]
      : [],
  );
  return names.flatMap(({ schedule, name }) => {
    const other = names.find((one) => one.schedule !== schedule && one.name.startsWith(name));
    if (other === undefined) return [];
    const finding = configRefusal(
      'Name',
      `${name.slice(0, 80)} is a prefix of the ${other.schedule} config's name, so its clusters would be mistaken for ${other.schedule} clusters`,
      `add the schedule to the name, for example ${name.slice(0, 80)}_${schedule}`,
    );
    return [{ schedule, finding }];
  });
}
