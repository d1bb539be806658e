import * as z from 'zod';
import { schedulesInScope } from '../checks/expected.ts';
import type { Review } from '../checks/review.ts';
import { ToolError } from '../errors.ts';
import { isApproved } from '../facts/approvals.ts';
import { reviewOf } from '../facts/checks.ts';
import { commitQuestion } from '../facts/questions.ts';
import { cleanLine } from '../foreignText.ts';
import type { Commit, Ports } from '../ports.ts';
import type { Round, Session } from '../state/session.ts';
import { localStamp } from '../state/stamps.ts';
import { callAgain, defineTool, loadInput, loadOutput, result } from './tool.ts';
import { stepsToYes, type Yes } from './words/approving.ts';
import { outcomeIn } from './words/sameLoad.ts';
import { count, textOf } from './words/text.ts';

type Wanted = Pick<Ports, 'target' | 'reports' | 'sessions' | 'blobs' | 'settings' | 'clock'>;

const commit = z.object({ sha: z.string(), files: z.int(), message: z.string() });

export const commitResults = defineTool({
  name: 'commitResults',
  title: 'Commit the configs and the reports',
  description:
    'Commits the approved configs of the load on the test branch of the target repository, and its reports (with the DAG and cluster configs, when they changed) in the repository that holds the reports. Only our own files; nothing is pushed. keyFindings goes into the message. Call it when the person says "commit results", before going one level up.',
  effect: 'write',
  idempotent: true,
  openWorld: false,
  asksEveryTime: true,
  input: z.strictObject({
    keyFindings: z
      .string()
      .max(200)
      .optional()
      .describe('one line for the message; the verdict when left out'),
    load: loadInput.optional(),
    approved: z.boolean().optional(),
  }),
  output: z.object({
    ...result,
    status: z.enum(['committed', 'unchanged', 'awaiting_approval']),
    load: loadOutput,
    target: commit.extend({ branch: z.string() }).nullable(),
    reports: commit.nullable(),
    warnings: z.array(z.string()),
    callAgain: callAgain.optional(),
  }),
  async run(input, ports: Wanted, call) {
    const session = await ports.sessions.load();
    const load = loadToCommit(session, input.load);
    const review = await reviewToCommit(ports, session, load);
    const reported = session.rounds.filter((one) => one.load === load && one.report !== undefined);
    const directories = reported.flatMap((one) => (one.report === undefined ? [] : [one.report.directory]));
    if (review !== undefined) {
      const question = () => commitQuestion(review, directories);
      if (!(await isApproved(ports, session, review, input.approved, call, question)))
        return awaiting(load, review.reviewId, ports.settings.approval);
    }

    const round = reported.at(-1);
    const day = localStamp(ports.clock.localMs() * 1000).slice(0, 10);
    // A subject has room for what was found, not for how it would have been with what is missing.
    const [verdict] = round?.report?.verdict.split(/(?<=\.) /) ?? [];
    const findings = cleanLine(input.keyFindings ?? verdict ?? 'no report yet', 160);
    await ports.sessions.record(() => [{ type: 'begun', tool: 'commitResults', arguments: { ...input } }]);
    const target =
      review === undefined ? null : await commitConfigs(ports, review, `Load test ${load}x configs - ${day}`);
    const ofReports = await ports.reports.commit(
      directories,
      `Load test ${load}x results - ${findings}`,
      `${load}x ${directories.join(' ')}`.trim(),
    );

    const reports = ofReports?.files.length === 0 ? null : ofReports;
    const created = [target, reports].some((one) => one?.created === true);
    await ports.sessions.record(() => [
      {
        type: 'committed',
        load,
        target: target?.sha ?? null,
        reports: reports?.sha ?? null,
        ...(round === undefined ? {} : { round: round.round }),
        rounds: reported.filter((one) => !leftOut(one, review)).map((one) => one.round),
      },
    ]);
    const warnings = [
      ...(review === undefined
        ? ['The configs on disk are of another level, or of none: only the reports were committed.']
        : []),
      ...(ofReports === null
        ? ['No git repository with a branch holds REPORTS_DIR, so the reports were not committed.']
        : []),
      ...(directories.length === 0 ? [`No report of ${load}x yet, so none was committed.`] : []),
      ...leftOutWarnings(reported, review),
    ];
    return {
      status: created ? ('committed' as const) : ('unchanged' as const),
      summary: summaryOf(load, created, target, reports),
      nextSteps: [
        nextLevel(reported.at(-1), load),
        'Nothing was pushed, and no hook of the repository ran: the person pushes when they want to.',
      ],
      load,
      target: target === null ? null : { ...factsOf(target), branch: target.branch },
      reports: reports === null ? null : factsOf(reports),
      warnings,
    };
  },
  render: (output) =>
    textOf(output, {
      target: (target) =>
        target === null ? [] : [`Target: ${told(target)} on ${target.branch}: ${target.message}`],
      reports: (reports) => (reports === null ? [] : [`Reports: ${told(reports)}: ${reports.message}`]),
    }),
});

/** What the round showed decides whether a higher level is worth its cost. */
function nextLevel(round: Round | undefined, load: number): string {
  const outcome = round?.report === undefined ? 'fits' : outcomeIn(round.report.verdict);
  if (outcome === 'fits')
    return `scaleConfigs with the next load (for example ${Math.min(2 * load, 1000)}x) goes one level up.`;
  if (outcome === 'missed')
    return `${load}x missed its window: the person decides whether to mend and run ${load}x again, to go up all the same, or to stop.`;
  return `${load}x decided nothing: the person mends what broke, then ${load}x again, before a higher load.`;
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
    {
      next: 'call scaleConfigs to begin a load test; showSession tells where this one stands.',
    },
  );
}

/**
 * The configs under review when they are of the load to commit; undefined when the disk holds another level.
 * @throws ToolError CONFLICT when the disk differs from what was uploaded
 */
async function reviewToCommit(ports: Wanted, session: Session, load: number): Promise<Review | undefined> {
  if (session.level?.load !== load) return undefined;
  const snapshot = await ports.target.snapshot({ forWriting: true });
  const review = await reviewOf(ports, session, snapshot, session.level);
  const uploaded = session.uploads.findLast(
    (upload) => upload.load === load && upload.schedule === session.level?.schedule,
  );
  if (uploaded === undefined || uploaded.reviewId === review.reviewId) {
    if (uploaded !== undefined || !review.approvalNeeded) return review;
    throw new ToolError(
      'WRONG_STATE',
      `The ${load}x configs were not uploaded yet, so nothing was tested with them. Nothing was committed.`,
      {
        next: `uploadChecks with reviewId ${review.reviewId} first.`,
      },
    );
  }
  throw new ToolError(
    'CONFLICT',
    `The ${load}x configs on disk differ from those that were uploaded. Nothing was committed.`,
    {
      next: `look at the difference with reviewConfigs; then upload it (uploadChecks with reviewId ${review.reviewId}), or undo it (scaleConfigs with load ${load}).`,
    },
  );
}

/**
 * With scope `schedule` the files of other schedules are not under review, so their rounds still owe their configs;
 * an hourly round has none of its own.
 */
function leftOut({ schedule }: Round, review: Review | undefined): boolean {
  if (review === undefined || schedule === 'hourly') return false;
  return !schedulesInScope(review.target.scope, review.target.schedule).includes(schedule);
}

function leftOutWarnings(reported: readonly Round[], review: Review | undefined): string[] {
  const missing = [...new Set(reported.filter((one) => leftOut(one, review)).map((one) => one.schedule))];
  return missing.map(
    (schedule) =>
      `The ${schedule} configs are outside the scope on disk and were not committed: scaleConfigs with schedule ${schedule}, then commitResults, takes them.`,
  );
}

/** Approved files that differ from HEAD, and no other. */
async function commitConfigs(ports: Wanted, review: Review, message: string): Promise<Commit> {
  const seen = new Map(
    review.files.flatMap(({ path, file }) =>
      file.diskDigest === file.headDigest || file.disk === undefined ? [] : [[path, file.disk]],
    ),
  );
  return ports.target.commit([...seen.keys()], message, `${review.target.load}x ${review.reviewId}`, seen);
}

function awaiting(load: number, reviewId: string, mode: Yes['mode']) {
  return {
    status: 'awaiting_approval' as const,
    summary: `Nothing was committed: the person has not approved the ${load}x configs on disk (review ${reviewId}).`,
    ...stepsToYes('commitResults', { load }, reviewId, { mode, needed: true }),
    load,
    target: null,
    reports: null,
    warnings: [],
  };
}

function factsOf({ sha, files, message }: Commit) {
  return { sha, files: files.length, message: cleanLine(message, 200) };
}

function told({ sha, files }: z.infer<typeof commit>): string {
  return `${count(files, 'file')}, ${sha.slice(0, 8)}`;
}

function summaryOf(load: number, created: boolean, target: Commit | null, reports: Commit | null): string {
  if (!created) return `Everything of ${load}x was committed already.`;
  const parts = [
    target?.created
      ? `${count(target.files.length, 'config file')} in the target repository (${target.sha.slice(0, 8)})`
      : undefined,
    reports?.created
      ? `${count(reports.files.length, 'file')} of report, DAG and cluster configs (${reports.sha.slice(0, 8)})`
      : undefined,
  ];
  return `Committed ${parts.filter((part) => part !== undefined).join(' and ')} for ${load}x.`;
}
