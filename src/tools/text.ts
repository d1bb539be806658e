/**
 * Text that several tools share. `textOf` renders a structured result: a tool words the fields that matter to its
 * reader; all other fields are rendered generically, so that the text always says everything the structure says.
 */
import { type ShownCoverage, shortCauses, unscaledText } from '../domain/coverage.ts';
import { formatDuration, plural } from '../domain/text.ts';
import type { BaselineLag } from '../ports/repository.ts';
import type { Settings } from '../settings.ts';
import type { Round, RoundOutcome } from '../state/session.ts';
import type { StillUp } from '../workflow/looks.ts';

interface RunRow {
  readonly clusterId: string;
  readonly schedule: string;
  readonly load?: number | undefined;
  readonly startedAt: string;
  readonly steps: number;
}

/** The runs that a question is about. */
export function possibleRunLines(
  rows: readonly (RunRow & { readonly seconds: number; readonly active: boolean })[],
): string[] {
  return [
    'Possible runs:',
    ...rows.map((row) => `${runRow(row)}, ${formatDuration(row.seconds)}${row.active ? ' so far' : ''}`),
  ];
}

/** A sentence after others. */
export function retriedText(objects: number | undefined): string {
  return objects ? ` ${plural(objects, 'object')} needed a second request.` : '';
}

/** The sentence says it all. */
export const outlookLines = {
  expected: () => [],
  lastLevel: () => [],
  knownFailures: () => [],
  knownFailuresTotal: () => [],
};

/** The runs that no round owns. */
export function otherRunLines(rows: readonly RunRow[]): string[] {
  return rows.length === 0 ? [] : ['Runs of no round:', ...rows.map(runRow)];
}

function runRow({ clusterId, schedule, load, startedAt, steps }: RunRow): string {
  const what = load === undefined ? schedule : `${load}x ${schedule}`;
  return `  - ${clusterId}: ${what} since ${startedAt}, ${plural(steps, 'step')}`;
}

/** A cluster that costs money although nothing runs on it. */
export function stillUpLines({ clusterId, idleSeconds, usdPerHour, endsAt }: StillUp): string[] {
  const cost = usdPerHour === undefined ? '' : `, $${usdPerHour.toFixed(2)} an hour`;
  const end = endsAt === undefined ? '' : `; its IdleTimeout ends it at ${endsAt}`;
  return [`${clusterId} is still up, idle for ${formatDuration(idleSeconds)}${cost}${end}`];
}

type Value = unknown;
type Fields = Readonly<Record<string, Value>>;

/** The lines of a field. An empty list omits a field that the summary already says. */
export type Wording<Output> = {
  readonly [Field in keyof Output]?: (
    value: Exclude<Output[Field], undefined>,
    output: Output,
  ) => readonly string[];
};

/** The summary, the fields in the order of the structure, and the next steps. */
export function textOf<Output extends { summary: string; nextSteps: string[] }>(
  output: Output,
  wording: Wording<Output> = {},
): string {
  const lines: string[] = [];
  for (const [name, value] of Object.entries(output)) {
    if (name === 'summary' || name === 'nextSteps' || isEmpty(value)) continue;
    const worded = wording[name as keyof Output] as
      | ((value: Value, output: Output) => readonly string[])
      | undefined;
    const heading = name === 'callAgain' && isQuestion(output) ? 'Only after the user says yes' : title(name);
    lines.push(...(worded === undefined ? field(heading, value) : worded(value, output)));
  }
  const next = output.nextSteps.map((step) => `→ ${step}`);
  return [
    output.summary,
    ...(lines.length > 0 ? ['', ...lines] : []),
    ...(next.length > 0 ? ['', ...next] : []),
  ].join('\n');
}

/** `filesChanged` reads `Files changed`, and `dagId` reads `DAG id`. */
function title(name: string): string {
  const words = name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .replaceAll(/\b(dag|url)\b/g, (word) => word.toUpperCase());
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** A `callAgain` must not look like the next step while the user has not answered. */
function isQuestion(output: Fields): boolean {
  return ['awaiting_approval', 'needs_overwrite', 'needs_decision'].includes(String(output.status));
}

function field(name: string, value: Value): string[] {
  if (isCall(value)) return [`${name}: ${callOf(value)}`];
  if (Array.isArray(value)) return [`${name}:`, ...value.map((item) => `  - ${inline(item)}`)];
  return [`${name}: ${inline(value)}`];
}

function isCall(value: Value): value is { tool: string; arguments: unknown } {
  return typeof value === 'object' && value !== null && 'tool' in value && 'arguments' in value;
}

function callOf(call: { tool: string; arguments: unknown }): string {
  return `${call.tool} ${JSON.stringify(call.arguments)}`;
}

function inline(value: Value): string {
  if (value === null) return 'none';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (Array.isArray(value)) return value.map(inline).join(', ');
  if (typeof value === 'object')
    return Object.entries(value as Fields)
      .filter(([, part]) => !isEmpty(part))
      .map(([name, part]) => `${title(name).toLowerCase()} ${inline(part)}`)
      .join(', ');
  return String(value);
}

function isEmpty(value: Value): boolean {
  return value === undefined || (Array.isArray(value) && value.length === 0);
}

/** The end of a sentence: how to rerun a load. */
export function rerun(load: number): string {
  return `rerun ${load}x: call uploadDags if a file changed, otherwise markRound; then the user triggers the DAG.`;
}

/** The load of the next level: twice this one, at most 1000. */
function doubled(load: number): number {
  return Math.min(2 * load, 1000);
}

/** `outcome` is undefined for a round that was reported before outcomes were recorded. */
export function stepsAfterRound(outcome: RoundOutcome, load: number): string[] {
  const commit = `commitResults to commit the configs and the report, then scaleConfigs with load ${doubled(load)}.`;
  switch (outcome) {
    case 'fits':
      return [`Call ${commit}`, `Or ${rerun(load)}`];
    case 'fits_just':
      return [`Ask the user for one repeat: ${rerun(load)}`, `Or call ${commit}`];
    case 'missed':
      return [
        `Ask the user to change what the suggestions name, then ${rerun(load)}`,
        'Or call commitResults and stop: a higher load only adds work.',
      ];
    case 'not_a_load_test':
      return [
        `No check carried the load. Ask the user to fix what coverage names, then scaleConfigs with load ${load} again.`,
        'Or call commitResults if the user accepts the round as it is.',
      ];
    case undefined:
      return [
        `If ${load}x fits its window, call ${commit}`,
        `Otherwise fix what the report names and ${rerun(load)}`,
      ];
    default:
      return [
        `Inconclusive. Ask the user to fix what failed, then ${rerun(load)}`,
        'Or call commitResults if the user accepts the round as it is.',
      ];
  }
}

/** What follows a commit: the outcome of the round decides whether a higher level is worth its cost. */
export function stepAfterCommit(round: Round | undefined, load: number): string {
  const next = `scaleConfigs with the next load (for example ${doubled(load)}x)`;
  const outcome = round?.report === undefined ? 'fits' : round.report.outcome;
  switch (outcome) {
    case 'fits':
    case 'fits_just':
      return `Call ${next} to go one level up.`;
    case 'missed':
      return `${load}x missed its window: ask the user whether to fix and rerun ${load}x, go one level up anyway, or stop.`;
    case 'not_a_load_test':
      return `${load}x was not a load test: no check carried the load. Ask the user to fix that and run ${load}x again.`;
    case undefined:
      return `Check in the report whether ${load}x fits its window; if it does, call ${next}.`;
    default:
      return `${load}x was inconclusive: ask the user to fix what failed and rerun ${load}x before a higher load.`;
  }
}

/** When the branch of the baseline has newer check files: what a load test leaves out, and the commands that bring it. */
export function lagText(
  lag: BaselineLag,
  { targetRepo, testBranch }: Pick<Settings, 'targetRepo' | 'testBranch'>,
): { readonly what: string; readonly fix: string } {
  const { ref, date, newer, added } = lag;
  const fresh = added.length === 0 ? '' : `, ${added.length} of them new`;
  const git = `git -C ${targetRepo}`;
  const shown = `${newer.slice(0, 4).join(', ')}${newer.length > 4 ? ', …' : ''}`;
  return {
    what: `The baseline is ${ref} of ${date}; ${ref} has ${plural(newer.length, 'newer check file')}${fresh} that this test leaves out: ${shown}.`,
    fix: `${git} branch -m ${testBranch} ${testBranch}_${date} && ${git} checkout -b ${testBranch} ${ref}`,
  };
}

/** The summary has the numbers; here are the names. */
export function coverageLines(coverage: ShownCoverage, load: number): string[] {
  if (load === 1) return [];
  const { unscaledTotal, narrows = [], longest = [], missing = [] } = coverage;
  const windows = longest.map(({ file, window }) => `${window} (${file})`);
  return [
    ...(unscaledTotal === 0 ? [] : [`Not scaled: ${unscaledText(coverage)}`]),
    ...(narrows.length === 0
      ? []
      : [`Read less at a higher load (only an upper bound grows): ${narrows.join(', ')}`]),
    ...(windows.length === 0
      ? []
      : [`Longest window now: ${windows.join(', ')}; does the table keep that much?`]),
    ...missing.map(
      ({ cause, files, total }) =>
        `Will not run, ${shortCauses[cause]} (${total}): ${files.join(', ')}${total > files.length ? ', …' : ''}`,
    ),
  ];
}

/** The question about a baseline that is a level. */
export const baselineQuestionLines = {
  loadedBaselines: (rows: readonly { readonly file: string; readonly load: number }[] = []) =>
    rows.map(({ file, load }) => `  ${file} (written at ${load}x)`),
  loadedBaselinesTotal: (total: number | undefined) => [`Files: ${total}`],
};

/** ` 23 files look like 15m checks and will not run: 23 almost named like a check.` */
export function missingText({ schedule, missing = [] }: ShownCoverage): string {
  const total = missing.reduce((sum, one) => sum + one.total, 0);
  if (total === 0) return '';
  const looks = total === 1 ? 'looks like a' : 'look like';
  return ` ${plural(total, 'file')} ${looks} ${schedule} check${total === 1 ? '' : 's'} but will not run (${missing.map((one) => `${one.total} ${shortCauses[one.cause]}`).join(', ')}).`;
}
