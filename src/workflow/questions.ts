/**
 * The questions that the user answers before an upload or a commit, with all they need to decide in at most five lines;
 * and what every tool says while the answer is missing.
 */
import { plural } from '../domain/text.ts';
import { schedulesInScope } from '../review/expected.ts';
import type { Review } from '../review/review.ts';
import type { Settings } from '../settings.ts';

/** Asks for approval to upload these bytes. */
export function uploadQuestion(
  review: Review,
  { bucket, configsPrefix }: Pick<Settings, 'bucket' | 'configsPrefix'>,
): string {
  const { target, reviewId } = review;
  const schedules = schedulesInScope(target.scope, target.schedule);
  const folder = schedules.length === 1 ? schedules[0] : `{${schedules.join(',')}}`;
  return [
    `Approve the ${target.load}x configs for upload (review ${reviewId})?`,
    `${schedules.map((schedule) => changedIn(review, schedule)).join('; ')}.`,
    `Destination: s3://${bucket}/${configsPrefix}/${folder}/${target.load}x/.`,
    exceptions(review),
  ].join('\n');
}

/** Asks for approval to commit these bytes and the reports of the same load. */
export function commitQuestion(review: Review, directories: readonly string[]): string {
  const { target, branch, reviewId } = review;
  const files = review.files.filter(({ file }) => file.diskDigest !== file.headDigest).length;
  return [
    `Commit the results of ${target.load}x? Nothing is pushed.`,
    `Configs: ${plural(files, 'file')} on branch ${branch} (review ${reviewId}, not approved yet).`,
    directories.length === 0 ? `Reports: none for ${target.load}x yet.` : `Reports: ${someOf(directories)}.`,
    exceptions(review),
  ].join('\n');
}

function changedIn(review: Review, schedule: string): string {
  const files = review.files.filter(({ rule }) => rule.schedule === schedule).length;
  const changed = review.changed.filter(({ rule }) => rule.schedule === schedule);
  const intervals = changed.reduce((sum, one) => sum + one.changes.length, 0);
  const size = changed.length === 0 ? '' : ` (${plural(intervals, 'interval')})`;
  return `${schedule}: ${changed.length} of ${files} files changed${size}`;
}

function exceptions({ files, unexpected }: Review): string {
  const kinds: [string, typeof files][] = [
    ['Neither baseline × load nor a known fix', unexpected],
    ['Known fix instead of baseline × load', files.filter((one) => one.fix !== undefined)],
    ['With an interval that could not be scaled', files.filter((one) => one.notScaled.length > 0)],
    ['Not valid YAML, so not scaled', files.filter((one) => one.invalid !== undefined)],
  ];
  const found = kinds.flatMap(([what, some]) =>
    some.length === 0 ? [] : [`${what}: ${someOf(some.map((one) => one.path))}.`],
  );
  return found.length === 0 ? 'Every change is baseline × load or a known fix.' : found.join(' ');
}

/** The first four, and the number of the rest. */
function someOf(names: readonly string[]): string {
  const more = names.length - 4;
  return more > 0 ? `${names.slice(0, 4).join(', ')}, and ${more} more` : names.join(', ');
}

/** How the user approves: in the chat (or asked by the client), or in their own terminal. */
export interface Yes {
  readonly mode: 'ask' | 'chat' | 'terminal';
  /** False when these bytes need no approval (again): the user only has to know that they are not the named ones. */
  readonly needed: boolean;
}

/** The steps to the call that needs approval: one, or two where only a terminal counts. */
export function yesTo(
  tool: string,
  given: Readonly<Record<string, unknown>>,
  reviewId: string,
  mode: Yes['mode'],
): string[] {
  const call = `${tool} with ${worded(given)}`;
  if (mode !== 'terminal') return [`Only after the user replies "approved": ${call} and approved: true.`];
  return [`To approve, the user runs in a terminal: audit-load-test approve ${reviewId}`, `Then ${call}.`];
}

/** The end of a result that asks for approval. */
export function stepsToYes(
  tool: string,
  given: Readonly<Record<string, unknown>>,
  reviewId: string,
  { mode, needed }: Yes,
  listsChanges = false,
) {
  const show = listsChanges
    ? 'Show the user the lines in changedSince; an earlier approval does not cover them.'
    : 'Show the user what is under review: git diff in the target repository, or reviewConfigs.';
  const steps = needed
    ? yesTo(tool, given, reviewId, mode)
    : [`These bytes need no approval: ${tool} with ${worded(given)}.`];
  const approval = needed && mode !== 'terminal' ? { approved: true } : {};
  return { nextSteps: [show, ...steps], callAgain: { tool, arguments: { ...given, ...approval } } };
}

function worded(given: Readonly<Record<string, unknown>>): string {
  return Object.entries(given)
    .map(([name, value]) => `${name} ${value}`)
    .join(' and ');
}
