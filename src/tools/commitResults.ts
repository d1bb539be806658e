import * as z from 'zod';
import { ToolError } from '../domain/errors.ts';
import { cleanLine } from '../domain/foreignText.ts';
import { localStamp } from '../domain/time.ts';
import type { Ports } from '../ports/ports.ts';
import type { Commit } from '../ports/repository.ts';
import { commitBody } from '../review/levelSummary.ts';
import type { Round, Session, Uploaded } from '../state/session.ts';
import { askApproval, commitQuestion } from '../workflow/approvals.ts';
import { requireUnloadedBaseline } from '../workflow/baseline/loadedBaselines.ts';
import { type KeptLevel, keptLevels } from '../workflow/commits/keptLevels.ts';
import {
  commitAwaitingText,
  commitResultsLines,
  commitResultsResult,
  committedText,
  commitWarnings,
  neverRanText,
} from './commitResults.text.ts';
import { defineTool, loadInput, type ToolCall } from './tool.ts';

const input = z.strictObject({
  keyFindings: z.string().max(200).optional().describe('one line for the message; default: the verdict'),
  load: loadInput.optional(),
  approved: z.boolean().optional(),
  withoutReport: z.boolean().default(false).describe('commit configs that never ran'),
});

type Input = z.output<typeof input>;
type CommitResultsPorts = Pick<Ports, 'target' | 'reports' | 'sessions' | 'blobs' | 'settings' | 'clock'>;

export const commitResults = defineTool({
  name: 'commitResults',
  title: 'Commit the configs and the reports',
  description:
    'Commits the approved configs of a load to the test branch of the target repository, and its reports (with the DAG and cluster configs, if they changed) to the repository that contains the reports. Commits only our own files and pushes nothing. keyFindings goes into the message. Call it when the user says "commit results", before going one level up.',
  effect: 'write',
  needsBaseline: true,
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
  const rounds = session.rounds.filter((one) => one.load === load && !one.abandoned);
  const reported = rounds.filter((one) => one.report !== undefined);
  const uploads = session.uploads.filter((one) => one.load === load);
  requireUploaded(session, load, uploads.length + reported.length);
  if (!rounds.some(hasRun) && !given.withoutReport) return neverRanText(session, given, load);

  const levels = await levelsToCommit(ports, session, load);
  for (const { review } of levels) {
    const question = () => commitQuestion(review, directoriesOf(reported));
    const approval = await askApproval(ports, session, review, given.approved, call, question);
    if (approval !== 'approved')
      return commitAwaitingText(given, load, review.reviewId, {
        mode: ports.settings.approval,
        needed: true,
        declined: approval === 'declined',
      });
  }

  await ports.sessions.record(() => [{ type: 'begun', tool: 'commitResults', arguments: { ...given } }]);
  return commitAll(ports, { load, uploads, rounds, reported, levels, keyFindings: given.keyFindings });
}

interface Commits {
  readonly load: number;
  readonly uploads: readonly Uploaded[];
  readonly rounds: readonly Round[];
  readonly reported: readonly Round[];
  readonly levels: readonly KeptLevel[];
  readonly keyFindings: string | undefined;
}

/** Commits in both repositories, and records what is committed. */
async function commitAll(ports: CommitResultsPorts, all: Commits) {
  const { load, uploads, rounds, reported, levels } = all;
  const notRun = schedulesNotRun(uploads, rounds);
  const isDone = uploads.length > 0 && uploads.every((one) => one.committed);
  const target = levels.length === 0 ? null : await commitConfigs(ports, levels, notRun, isDone);
  const committed = await commitReports(ports, load, all.keyFindings, reported, notRun);
  const reports = committed?.files.length === 0 ? null : committed;
  await ports.sessions.record(() => [
    {
      type: 'committed',
      load,
      reviewIds: levels.map(({ review }) => review.reviewId),
      target: target?.sha ?? null,
      reports: reports?.sha ?? null,
      round: reported.at(-1)?.round,
      rounds: reported.map(({ round }) => round),
    },
  ]);
  return {
    ...committedText(load, target, reports, rounds, notRun),
    load,
    target: target && { ...fieldsOf(target), branch: target.branch },
    reports: reports && fieldsOf(reports),
    warnings: commitWarnings(load, {
      repository: committed === null,
      report: reported.length === 0,
      notRun,
      differOnDisk: levels.reduce((sum, one) => sum + one.differOnDisk, 0),
      differs: target?.differs ?? [],
      unsigned: target?.unsigned === true || reports?.unsigned === true,
    }),
  };
}

/** The newest load that ran and is not committed, else the newest uncommitted, else the newest that has anything. */
function loadToCommit(session: Session, given: number | undefined): number {
  const { uploads, rounds, level } = session;
  const open = uploads.filter((one) => !one.committed);
  const ran = new Set(rounds.flatMap((one) => (hasRun(one) && !one.abandoned ? one.load : [])));
  const load =
    given ??
    (open.findLast((one) => ran.has(one.load)) ?? open.at(-1))?.load ??
    rounds.findLast((round) => round.report !== undefined && !round.committed)?.load ??
    level?.load ??
    uploads.at(-1)?.load;
  if (load !== undefined) return load;
  throw new ToolError(
    'WRONG_STATE',
    'There is neither a load level nor a report to commit. Nothing was committed.',
    { next: 'call scaleConfigs to start a load test, or showSession for the state of this one.' },
  );
}

/** @throws ToolError WRONG_STATE for a load of which nothing was uploaded or reported */
function requireUploaded({ lastReview, level }: Session, load: number, known: number): void {
  if (known > 0) return;
  const reviewId = level?.load === load ? lastReview?.reviewId : undefined;
  throw new ToolError(
    'WRONG_STATE',
    `The ${load}x configs were not uploaded yet, so nothing was tested with them. Nothing was committed.`,
    {
      next:
        reviewId === undefined
          ? 'call showSession to see which loads there are.'
          : `call uploadChecks with reviewId ${reviewId} first.`,
    },
  );
}

function hasRun({ clusterId, finished, report }: Round): boolean {
  return clusterId !== undefined || finished !== undefined || report !== undefined;
}

async function levelsToCommit(
  ports: CommitResultsPorts,
  session: Session,
  load: number,
): Promise<KeptLevel[]> {
  if (!session.uploads.some((one) => one.load === load)) return [];
  const snapshot = await ports.target.snapshot({ forWriting: true });
  await requireUnloadedBaseline(ports, session, snapshot);
  return keptLevels(ports, session, snapshot, load);
}

/** Schedules that ran before, and whose newest upload has not run: the verdict is of other configs. */
function schedulesNotRun(uploads: readonly Uploaded[], rounds: readonly Round[]): string[] {
  return uploads.flatMap(({ schedule, reviewId }) => {
    const latest = rounds.findLast((one) => one.schedule === schedule && hasRun(one));
    return latest?.reviewId === undefined || latest.reviewId === reviewId ? [] : [schedule];
  });
}

/** The approved files that differ from HEAD, and no others; once committed, a load is not written over a later one. */
async function commitConfigs(
  ports: CommitResultsPorts,
  levels: readonly KeptLevel[],
  notRun: readonly string[],
  isDone: boolean,
): Promise<Commit> {
  const load = levels[0]?.review.target.load ?? 1;
  const day = localStamp(ports.clock.localMs() * 1000).slice(0, 10);
  const files = levels.flatMap(({ review, schedules }) =>
    review.files.filter(({ rule }) => schedules.includes(rule.schedule)),
  );
  const changed = files.filter(({ file }) => file.diskDigest !== file.headDigest);
  const approved = new Map(changed.map(({ path, file }) => [path, file.disk]));
  const body = [
    ...levels.map(({ review }) => commitBody(review)),
    ...notRun.map((schedule) => `${schedule}: uploaded after its latest run, not run yet.`),
  ];
  const message = `Load test ${load}x configs - ${day}\n\n${body.join('\n')}`;
  const trailer = `${load}x ${levels.map(({ review }) => review.reviewId).join(' ')}`;
  const known = isDone ? await ports.target.commit([], message, trailer) : undefined;
  // A commit that was reset since is made again.
  if (known !== undefined && known.message !== '') return known;
  return ports.target.commit([...approved.keys()], message, trailer, approved);
}

/** The subject ends with the key findings, or with the verdict's first sentence, because a subject is one line. */
function commitReports(
  ports: CommitResultsPorts,
  load: number,
  keyFindings: string | undefined,
  reported: readonly Round[],
  notRun: readonly string[],
) {
  const newest = reported.at(-1);
  const [sentence] = newest?.report?.verdict.split(/(?<=\.) /) ?? [];
  const isOld = newest !== undefined && notRun.includes(newest.schedule);
  const verdict = isOld ? `before the newest upload: ${sentence}` : sentence;
  const findings = cleanLine(keyFindings ?? verdict ?? 'no report yet', 160);
  const directories = directoriesOf(reported);
  const trailer = `${load}x ${directories.join(' ')}`.trim();
  return ports.reports.commit(directories, `Load test ${load}x results - ${findings}`, trailer);
}

function directoriesOf(reported: readonly Round[]): string[] {
  return reported.flatMap(({ report }) => report?.directory ?? []);
}

function fieldsOf({ sha, files, message }: Commit) {
  return { sha, files: files.length, message: cleanLine(message, 200) };
}
