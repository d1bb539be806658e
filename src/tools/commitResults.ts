import * as z from 'zod';
import { ToolError } from '../domain/errors.ts';
import { cleanLine } from '../domain/foreignText.ts';
import { localStamp } from '../domain/time.ts';
import type { Ports } from '../ports/ports.ts';
import type { Commit } from '../ports/repository.ts';
import { schedulesInScope } from '../review/expected.ts';
import { commitBody } from '../review/levelSummary.ts';
import type { Review } from '../review/review.ts';
import type { Round, Session } from '../state/session.ts';
import { commitQuestion, isApproved } from '../workflow/approvals.ts';
import { requireUnloadedBaseline, reviewOf } from '../workflow/checks.ts';
import {
  commitAwaitingText,
  commitResultsLines,
  commitResultsResult,
  committedText,
  commitWarnings,
} from './commitResults.text.ts';
import { defineTool, loadInput, type ToolCall } from './tool.ts';

const input = z.strictObject({
  keyFindings: z.string().max(200).optional().describe('one line for the message; default: the verdict'),
  load: loadInput.optional(),
  approved: z.boolean().optional(),
});

type Input = z.output<typeof input>;
type CommitResultsPorts = Pick<Ports, 'target' | 'reports' | 'sessions' | 'blobs' | 'settings' | 'clock'>;

export const commitResults = defineTool({
  name: 'commitResults',
  title: 'Commit the configs and the reports',
  description:
    'Commits the approved configs of a load to the test branch of the target repository, and its reports (with the DAG and cluster configs, if they changed) to the repository that contains the reports. Commits only our own files and pushes nothing. keyFindings goes into the message. Call it when the user says "commit results", before going one level up.',
  effect: 'write',
  writesInTarget: true,
  asksEveryTime: true,
  input,
  output: commitResultsResult,
  run: runCommitResults,
  lines: commitResultsLines,
});

async function runCommitResults(given: Input, ports: CommitResultsPorts, call: ToolCall) {
  const session = await ports.sessions.load();
  const load = loadToCommit(session, given.load);
  const review = await reviewToCommit(ports, session, load);
  const reported = session.rounds.filter((one) => one.load === load && one.report !== undefined);
  if (review !== undefined) {
    const question = () => commitQuestion(review, directoriesOf(reported));
    if (!(await isApproved(ports, session, review, given.approved, call, question)))
      return commitAwaitingText(load, review.reviewId, ports.settings.approval);
  }

  await ports.sessions.record(() => [{ type: 'begun', tool: 'commitResults', arguments: { ...given } }]);
  const target = review === undefined ? null : await commitConfigs(ports, review);
  const committed = await commitReports(ports, load, given.keyFindings, reported);
  const reports = committed?.files.length === 0 ? null : committed;
  const leftOut = reported.filter((one) => isLeftOut(one, review));
  await ports.sessions.record(() => [
    {
      type: 'committed',
      load,
      target: target?.sha ?? null,
      reports: reports?.sha ?? null,
      round: reported.at(-1)?.round,
      rounds: reported.filter((one) => !leftOut.includes(one)).map(({ round }) => round),
    },
  ]);
  return {
    ...committedText(load, target, reports, reported.at(-1)),
    load,
    target: target && { ...fieldsOf(target), branch: target.branch },
    reports: reports && fieldsOf(reports),
    warnings: commitWarnings(load, {
      configs: review === undefined,
      repository: committed === null,
      report: reported.length === 0,
      schedules: [...new Set(leftOut.map(({ schedule }) => schedule))],
    }),
  };
}

function loadToCommit(session: Session, given: number | undefined): number {
  const load =
    given ??
    session.rounds.findLast((round) => round.report !== undefined && !round.committed)?.load ??
    session.level?.load;
  if (load !== undefined) return load;
  throw new ToolError(
    'WRONG_STATE',
    'There is neither a load level nor a report to commit. Nothing was committed.',
    { next: 'call scaleConfigs to start a load test, or showSession for the state of this one.' },
  );
}

/**
 * The configs under review if they are of the load to commit; undefined if another level is on disk.
 * @throws ToolError CONFLICT if the disk differs from the upload
 */
async function reviewToCommit(
  ports: CommitResultsPorts,
  session: Session,
  load: number,
): Promise<Review | undefined> {
  const { level } = session;
  if (level?.load !== load) return undefined;
  const snapshot = await ports.target.snapshot({ forWriting: true });
  await requireUnloadedBaseline(ports, session, snapshot);
  const review = await reviewOf(ports, session, snapshot, level);
  const uploaded = session.uploads.findLast(
    (upload) => upload.load === load && upload.schedule === level.schedule,
  );
  if (uploaded?.reviewId === review.reviewId) return review;
  if (uploaded !== undefined)
    throw new ToolError(
      'CONFLICT',
      `The ${load}x configs on disk differ from the uploaded ones. Nothing was committed.`,
      {
        next: `call reviewConfigs to see the difference; then upload it (uploadChecks with reviewId ${review.reviewId}) or undo it (scaleConfigs with load ${load}).`,
      },
    );
  if (!review.approvalNeeded) return review;
  throw new ToolError(
    'WRONG_STATE',
    `The ${load}x configs were not uploaded yet, so nothing was tested with them. Nothing was committed.`,
    { next: `call uploadChecks with reviewId ${review.reviewId} first.` },
  );
}

/** The approved files that differ from HEAD, and no others. */
async function commitConfigs(ports: CommitResultsPorts, review: Review): Promise<Commit> {
  const { load } = review.target;
  const day = localStamp(ports.clock.localMs() * 1000).slice(0, 10);
  const approved = new Map(
    review.files.flatMap(({ path, file }) =>
      file.diskDigest === file.headDigest || file.disk === undefined ? [] : [[path, file.disk]],
    ),
  );
  return ports.target.commit(
    [...approved.keys()],
    `Load test ${load}x configs - ${day}\n\n${commitBody(review)}`,
    `${load}x ${review.reviewId}`,
    approved,
  );
}

/** The subject ends with the key findings, or with the verdict's first sentence, because a subject is one line. */
function commitReports(
  ports: CommitResultsPorts,
  load: number,
  keyFindings: string | undefined,
  reported: readonly Round[],
) {
  const [verdict] = reported.at(-1)?.report?.verdict.split(/(?<=\.) /) ?? [];
  const findings = cleanLine(keyFindings ?? verdict ?? 'no report yet', 160);
  const directories = directoriesOf(reported);
  const trailer = `${load}x ${directories.join(' ')}`.trim();
  return ports.reports.commit(directories, `Load test ${load}x results - ${findings}`, trailer);
}

function directoriesOf(reported: readonly Round[]): string[] {
  return reported.flatMap(({ report }) => report?.directory ?? []);
}

/**
 * With scope `schedule` the files of other schedules are not under review, so the configs of their rounds are not
 * committed; an hourly round has no configs of its own.
 */
function isLeftOut({ schedule }: Round, review: Review | undefined): boolean {
  if (review === undefined || schedule === 'hourly') return false;
  return !schedulesInScope(review.target.scope, review.target.schedule).includes(schedule);
}

function fieldsOf({ sha, files, message }: Commit) {
  return { sha, files: files.length, message: cleanLine(message, 200) };
}
