/** The approval of a review: whether it is needed, the question that asks for it, and what a tool says while it is missing. */

import { coverageText } from '../domain/coverage.ts';
import { plural } from '../domain/text.ts';
import type { Ports } from '../ports/ports.ts';
import type { Watch } from '../ports/time.ts';
import { changedIntervalsIn } from '../review/changes.ts';
import { schedulesInScope } from '../review/expected.ts';
import { setLines } from '../review/levelSummary.ts';
import { plannedCoverage, type Review } from '../review/review.ts';
import type { Settings } from '../settings.ts';
import type { Fix, Session } from '../state/session.ts';
import { keepReview } from './checks.ts';

/** What to do about the user's approval before bytes leave the machine. */
export type ApprovalStep =
  | 'not_needed'
  | 'approved_before'
  | 'approved_now'
  | 'ask_person'
  | 'wait_for_person';

/**
 * `approved` is the caller's claim that the user approved. With APPROVAL=terminal only the user's own terminal
 * counts; with APPROVAL=chat the chat is the place to ask. Anything but a clear yes waits.
 */
export function approvalStep(
  session: Pick<Session, 'approved'>,
  review: { reviewId: string; approvalNeeded: boolean },
  approved: boolean | undefined,
  mode: Settings['approval'],
): ApprovalStep {
  if (!review.approvalNeeded) return 'not_needed';
  if (session.approved.has(review.reviewId)) return 'approved_before';
  if (mode === 'terminal') return 'wait_for_person';
  if (approved === true) return 'approved_now';
  // An explicit false is the user's answer in the chat: do not ask again.
  return mode === 'ask' && approved === undefined ? 'ask_person' : 'wait_for_person';
}

type ApprovalPorts = Pick<Ports, 'sessions' | 'blobs' | 'settings'>;
type Asking = Watch & { ask(question: string): Promise<'accepted' | 'declined' | 'unanswered'> };

/** What is known of the user's approval. `declined`: in the question that the client showed. */
export type Approval = 'approved' | 'declined' | 'missing';

/**
 * Whether the user approved exactly these bytes; asks through the client where that is allowed, and records an approval.
 * Silence and a client that cannot ask count neither as approval nor as refusal.
 */
export async function askApproval(
  ports: ApprovalPorts,
  session: Session,
  review: Review,
  approved: boolean | undefined,
  call: Asking,
  question = () => uploadQuestion(review, ports.settings),
): Promise<Approval> {
  const step = approvalStep(session, review, approved, ports.settings.approval);
  if (step === 'not_needed' || step === 'approved_before') return 'approved';
  if (step === 'wait_for_person') return 'missing';
  if (step === 'ask_person') {
    const answer = await call.ask(question());
    if (answer !== 'accepted') return answer === 'declined' ? 'declined' : 'missing';
  }
  await recordApproval(ports, review, step === 'ask_person' ? 'elicitation' : 'chat');
  return 'approved';
}

/** Records the approval. Every file that is not baseline × load becomes a known fix of this load. */
export async function recordApproval(
  ports: Pick<Ports, 'sessions' | 'blobs'>,
  review: Review,
  by: 'elicitation' | 'chat' | 'terminal',
): Promise<void> {
  const { reviewId, target } = review;
  const fixes: Fix[] = [];
  for (const { path, rule, file, scaledDigest, fix } of review.files) {
    if (file.diskDigest === scaledDigest || file.disk === undefined || file.baselineDigest === undefined)
      continue;
    const origin = fix !== undefined && fix.digest === file.diskDigest ? fix.origin : 'edit';
    const digest = await ports.blobs.put(file.disk);
    fixes.push({ path, schedule: rule.schedule, baselineDigest: file.baselineDigest, digest, origin });
  }
  const schedules = [...schedulesInScope(target.scope, target.schedule)];
  // Later reviews list what changed since this manifest.
  const manifest = await keepReview(ports, review);
  await ports.sessions.record(() => [
    { type: 'reviewed', reviewId, manifest },
    { type: 'approved', reviewId, load: target.load, by, fixes, schedules },
  ]);
}

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
    ...(target.load === 1 ? [] : [`Load: ${coverageText(plannedCoverage(review))}.`]),
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
  const intervals = changed.reduce((sum, one) => sum + changedIntervalsIn(one), 0);
  const size = changed.length === 0 ? '' : ` (${plural(intervals, 'interval')})`;
  return `${schedule}: ${changed.length} of ${files} files changed${size}`;
}

function exceptions({ files, unexpected }: Review): string {
  const kinds: [string, typeof files][] = [
    ['Neither baseline × load nor a known fix', unexpected],
    ['Known fix instead of baseline × load', files.filter((one) => one.fix !== undefined)],
    ['With an interval that could not be scaled', files.filter((one) => one.notScaled.length > 0)],
    ['Not valid YAML, so not scaled', files.filter((one) => one.invalid?.kind === 'yaml')],
    [
      'Left alone, because it is not UTF-8 or too large',
      files.filter((one) => one.invalid?.kind === 'bytes'),
    ],
  ];
  const found = kinds.flatMap(([what, some]) =>
    some.length === 0 ? [] : [`${what}: ${someOf(some.map((one) => one.path))}.`],
  );
  const text = found.length === 0 ? 'Every change is baseline × load or a known fix.' : found.join(' ');
  const lines = setLines(files);
  return lines.length === 0 ? text : `${text}\n${someOf(lines, '\n')}`;
}

/** The first four, and the number of the rest. */
function someOf(names: readonly string[], between = ', '): string {
  const more = names.length - 4;
  return more > 0 ? `${names.slice(0, 4).join(between)}${between}and ${more} more` : names.join(between);
}

/** How the user approves: in the chat (or asked by the client), or in their own terminal. */
export interface Yes {
  readonly mode: Settings['approval'];
  /** False when these bytes need no approval (again): the user only has to know that they are not the named ones. */
  readonly needed: boolean;
  /** The client's question was declined. */
  readonly declined?: boolean;
}

/** What to do after a decline, instead of asking the same again. */
export const afterDecline =
  "The client's question was declined: ask the user what is wrong, and do not ask for the same again.";

/** In place of a review id that the same result has in a field. */
export const ofThisResult = 'of this result';

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
  { mode, needed, declined = false }: Yes,
  listsChanges = false,
) {
  const lines = listsChanges
    ? 'Show the user the lines in changedSince; an earlier approval does not cover them.'
    : 'Show the user what is under review: git diff in the target repository, or reviewConfigs.';
  const show = declined ? afterDecline : lines;
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
