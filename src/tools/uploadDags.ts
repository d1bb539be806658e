import * as z from 'zod';
import { requireSoundClusterConfigs } from '../dag/clusterConfig/files.ts';
import { dagIdOf, hasLoadTag, writeLoad } from '../dag/source.ts';
import { changesAgainstBucket, foreignDagFiles } from '../dag/uploadPlan.ts';
import { sha256 } from '../domain/digest.ts';
import { ToolError } from '../domain/errors.ts';
import { dagKey } from '../domain/keys.ts';
import { type Schedule, schedules } from '../domain/schedules.ts';
import { takeWithinBudget } from '../domain/text.ts';
import type { Ports } from '../ports/ports.ts';
import type { DagFile } from '../ports/project.ts';
import { clusterConfigDigest, lacksRound, roundBegins } from '../rounds/begin.ts';
import { waitingRound } from '../rounds/choice.ts';
import type { Round, Session } from '../state/session.ts';
import { notUploaded } from '../workflow/checks.ts';
import { clusterNames } from '../workflow/clusters.ts';
import {
  compareWithBucket,
  readOwnDags,
  readReferenceRunner,
  requireChecks,
  requireMeantLevel,
  requireWholeUpload,
} from '../workflow/dags.ts';
import { beginningAt, movableRound } from '../workflow/marks.ts';
import { untoldRuns } from '../workflow/otherRuns.ts';
import { readOutlook } from '../workflow/reporting.ts';
import { requireNoRoundUnderWay } from '../workflow/rounds.ts';
import { type Answer, defineTool, loadInput, type ToolCall } from './tool.ts';
import {
  type BegunRound,
  dagUnchangedText,
  otherObjectsWarning,
  otherRunsText,
  overwriteQuestion,
  overwriteText,
  uploadDagsLines,
  uploadDagsResult,
  uploadedText,
} from './uploadDags.text.ts';

const input = z.strictObject({
  load: loadInput
    .optional()
    .describe("left out: the last uploaded load of the session's schedule, else LOAD stays as it is"),
  overwrite: z.boolean().optional().describe('true when the user agreed to overwrite the folder'),
});

type Input = z.output<typeof input>;
type Output = z.input<typeof uploadDagsResult>;
type UploadDagsPorts = Pick<
  Ports,
  'store' | 'dags' | 'sessions' | 'settings' | 'clusters' | 'clock' | 'blobs' | 'target' | 'reports'
>;

export const uploadDags = defineTool({
  name: 'uploadDags',
  title: 'Upload the DAG and the cluster configs',
  description:
    'Sets LOAD in the DAG file and uploads it with the three cluster configs, so that the next DAG run reads the configs of that load. Refuses a load whose checks are not in the bucket. Asks before it overwrites a folder that somebody else uploaded. A changed upload opens a round.',
  effect: 'write',
  openWorld: true,
  input,
  output: uploadDagsResult,
  run: runUploadDags,
  lines: uploadDagsLines,
});

async function runUploadDags(given: Input, ports: UploadDagsPorts, call: ToolCall): Promise<Output> {
  const session = await ports.sessions.load();
  const planned = await planDags(ports, session, given.load, call);
  const { load, changed } = planned;

  const others = await untoldRuns(ports, session, call);
  const fields = fieldsOf(ports, { ...planned, warnings: [...planned.warnings, ...others.warnings] });
  if (others.untold.length > 0 && given.overwrite !== true) {
    const question = otherRunsText(others.untold, load, ports.settings.approval);
    return { ...fields, status: 'needs_overwrite', ...question };
  }
  const foreign = foreignDagFiles(planned.plan, session);
  const answer =
    foreign.length === 0 ? 'accepted' : await mayOverwrite(ports, foreign, planned, given.overwrite, call);
  if (answer !== 'accepted') {
    const question = overwriteText(foreign, load, ports.settings.approval, answer === 'declined');
    return { ...fields, status: 'needs_overwrite', ...question };
  }
  // The user may take minutes to answer, and a round may have started meanwhile.
  if (foreign.length > 0 && given.overwrite === undefined)
    await requireNoRoundUnderWay(ports, await ports.sessions.load(), call);

  // An upload that was interrupted after its last byte still has to open its round.
  const owesRound = session.interruptions.some(({ tool }) => tool === 'uploadDags');
  if (changed.length === 0 && !owesRound) {
    await setLoad(ports, planned);
    const begun = await recordUnchanged(ports, planned, call);
    const round = begun === undefined || begun.how === 'waiting' ? {} : { round: begun.round };
    return { ...fields, ...round, status: 'unchanged', ...dagUnchangedText(planned, begun) };
  }
  const { retried } = await sendDags(ports, planned, given, call);
  const round = await recordUploaded(ports, session, planned);
  const text = uploadedText({ files: changed.length, retried }, round, planned);
  return { ...fields, retried, round, status: 'uploaded', ...text };
}

/** The load and schedule under test, and what the bucket has for them. */
interface UnderTest {
  readonly load: number;
  readonly schedule: Schedule;
  /** Digest of each file, and the name of each schedule's clusters, as an upload records them. */
  readonly upload: { readonly files: Record<string, string>; readonly clusterNames: Record<string, string> };
}

type PlannedDags = Awaited<ReturnType<typeof planDags>>;

/** Chooses the load and compares the folder with the bucket. @throws ToolError when a DAG run at this load could not work */
async function planDags(
  ports: UploadDagsPorts,
  session: Session,
  givenLoad: number | undefined,
  call: ToolCall,
) {
  const own = await readOwnDags(ports);
  const { dag, configs, source, load: previousLoad, readsTemplate } = own;
  const schedule = session.schedule ?? '15m';
  const uploadedLoad = session.uploads.findLast((upload) => upload.schedule === schedule)?.load;
  const load = givenLoad ?? uploadedLoad ?? previousLoad ?? refuseWithoutLoad();
  if (givenLoad === undefined) requireMeantLevel(session, load);
  requireWholeUpload(session, load);
  await requireNoRoundUnderWay(ports, session, call);
  const { checks, warnings } = await requireChecks(ports, schedule, load, call);
  const lintWarnings = requireSoundClusterConfigs(configs, {
    checks,
    readsTemplate,
    isShown: (file) => session.uploadedConfigs.has(sha256(file.bytes)),
  });
  const diskWarnings = await notUploaded(ports, session, { load, schedule }, call);

  const withLoad: DagFile = { ...dag, bytes: Buffer.from(writeLoad(source, load)) };
  const folder = [withLoad, ...configs, ...(await readReferenceRunner(ports, configs))];
  const { plan, remoteLoad, others } = await compareWithBucket(ports, folder, call);
  const otherWarnings = others.length === 0 ? [] : [otherObjectsWarning(others)];
  const files = Object.fromEntries(plan.map((one) => [one.file.name, one.digest]));
  const clusterConfig = clusterConfigDigest(files, schedule);
  const ahead = await readOutlook(ports, session, { load, schedule, clusterConfig });
  return {
    load,
    schedule,
    dagId: dagIdOf(dag.name, schedule),
    hasTag: hasLoadTag(source),
    setsLoad: previousLoad !== undefined,
    upload: { files, clusterNames: clusterNames(configs) },
    outlook: ahead.outlook,
    previousLoad,
    remoteLoad,
    dag,
    withLoad,
    configs,
    plan,
    changed: plan.filter((one) => one.status !== 'unchanged'),
    warnings: [
      ...own.warnings,
      ...diskWarnings,
      ...warnings,
      ...lintWarnings,
      ...otherWarnings,
      ...ahead.warnings,
    ],
  };
}

/** @throws ToolError WRONG_STATE */
function refuseWithoutLoad(): never {
  throw new ToolError(
    'WRONG_STATE',
    'The DAG sets no LOAD, and no level is uploaded, so it is unknown which load is meant. Nothing was uploaded.',
    { next: 'call scaleConfigs and uploadChecks first, or uploadDags with a load.' },
  );
}

function fieldsOf(
  ports: UploadDagsPorts,
  { load, previousLoad, remoteLoad, dag, plan, outlook, warnings }: PlannedDags,
) {
  return {
    load,
    previousLoad: previousLoad ?? null,
    remoteLoad,
    files: plan.map((one) => ({ key: dagKey(ports.settings, one.file.name), status: one.status })),
    changes: takeWithinBudget(changesAgainstBucket(plan), 2400),
    dagIds: schedules.map((one) => dagIdOf(dag.name, one)),
    ...outlook,
    warnings: [...warnings],
  };
}

/** Only the user may agree: in the call, through the client, or, with APPROVAL=terminal, only in a terminal. */
async function mayOverwrite(
  ports: UploadDagsPorts,
  foreign: readonly string[],
  { load, remoteLoad, plan }: Pick<PlannedDags, 'load' | 'remoteLoad' | 'plan'>,
  agreed: boolean | undefined,
  call: ToolCall,
): Promise<Answer> {
  const { approval, bucket, dagsPrefix } = ports.settings;
  const overwritten = plan.filter(({ file }) => foreign.includes(file.name));
  const versions = overwritten.map(({ file, digest, remote }) => [
    file.name,
    digest,
    remote && sha256(remote),
  ]);
  const contents = sha256(JSON.stringify(versions)).slice(0, 12);
  const question = overwriteQuestion(foreign, `s3://${bucket}/${dagsPrefix}/`, remoteLoad, load, contents);
  if (approval === 'terminal')
    return agreed === true ? ((await call.askAtTerminal?.(question)) ?? 'unanswered') : 'unanswered';
  if (agreed !== undefined || approval !== 'ask') return agreed === true ? 'accepted' : 'unanswered';
  return call.ask(question);
}

async function setLoad(ports: UploadDagsPorts, { load, previousLoad, withLoad, dag }: PlannedDags) {
  if (previousLoad !== undefined && load !== previousLoad)
    await ports.dags.writeDag(withLoad.bytes, dag.bytes);
}

async function sendDags(ports: UploadDagsPorts, planned: PlannedDags, given: Input, call: ToolCall) {
  // A report built after the next change still needs the cluster configs of its own round.
  for (const config of planned.configs) await ports.blobs.put(config.bytes);
  await ports.sessions.record(() => [{ type: 'begun', tool: 'uploadDags', arguments: { ...given } }]);
  await setLoad(ports, planned);
  return ports.store.upload(
    planned.changed.map(({ file }) => ({
      key: dagKey(ports.settings, file.name),
      body: async () => file.bytes,
    })),
    call,
  );
}

/** Records the upload and opens its round; returns the number of the round. */
async function recordUploaded(ports: UploadDagsPorts, before: Session, uploaded: UnderTest): Promise<number> {
  const { load, upload: dag } = uploaded;
  const beginning = beginningAt(await ports.clock.now(), uploaded);
  const after = await ports.sessions.record((latest) => [
    { type: 'dagUploaded', load, ...dag },
    ...(isRoundOpenedSince(before, latest, uploaded)
      ? []
      : [roundBegins({ uploads: latest.uploads, dag }, undefined, beginning, 'uploadDags')]),
  ]);
  return after.rounds.length;
}

/**
 * The bucket already has these bytes. If checks were uploaded since the last round, a round begins anyway, because what
 * is under test has changed. Returns that round, or the one that waits for its DAG run, if any.
 */
async function recordUnchanged(
  ports: UploadDagsPorts,
  underTest: UnderTest,
  call: ToolCall,
): Promise<BegunRound | undefined> {
  const { load, schedule, upload: dag } = underTest;
  const isKnown = (session: Session) => hasSameDag(session, underTest) && session.phase !== 'checks_uploaded';
  const session = await ports.sessions.load();
  const lacking = lacksRound(session, { load, schedule });
  const moved = lacking ? await movableRound(ports, session, schedule, call) : undefined;
  const beginning = lacking ? beginningAt(await ports.clock.now(), underTest) : undefined;
  const after = await ports.sessions.record((latest) => [
    ...(isKnown(latest) ? [] : [{ type: 'dagUploaded' as const, load, ...dag }]),
    // Another call may have begun the round meanwhile.
    ...(beginning !== undefined && lacksRound(latest, beginning)
      ? [roundBegins({ uploads: latest.uploads, dag }, moved, beginning, 'uploadDags')]
      : []),
  ]);
  const isUnderTest = (round: Round) => round.schedule === schedule && round.load === load;
  const begun = lacking ? after.rounds.findLast(isUnderTest) : undefined;
  if (begun !== undefined) return { round: begun.round, how: moved === undefined ? 'opened' : 'moved' };
  const waiting = waitingRound(after.rounds);
  return waiting && isUnderTest(waiting) ? { round: waiting.round, how: 'waiting' } : undefined;
}

/** Whether another call meanwhile opened a round for the same upload. */
function isRoundOpenedSince(before: Session, latest: Session, uploaded: UnderTest): boolean {
  const newest = latest.rounds.at(-1);
  if (newest === undefined || latest.rounds.length === before.rounds.length) return false;
  const isOpen = newest.finished === undefined && newest.report === undefined && !newest.abandoned;
  const isUnderTest = newest.load === uploaded.load && newest.schedule === uploaded.schedule;
  return isOpen && isUnderTest && hasSameDag(latest, uploaded);
}

function hasSameDag({ dag }: Session, { load, upload }: UnderTest): boolean {
  const files = Object.entries(upload.files);
  return dag?.load === load && files.every(([name, digest]) => dag.files[name] === digest);
}
