import * as z from 'zod';
import { requireSoundClusterConfigs } from '../checks/clusterConfig/files.ts';
import { changesAgainstBucket, foreignDagFiles } from '../checks/dagPlan.ts';
import { dagIdOf, writeLoad } from '../checks/dagSource.ts';
import { fitting } from '../checks/fitting.ts';
import { dagKey } from '../checks/keys.ts';
import { type Schedule, schedules } from '../checks/schedules.ts';
import { notUploaded } from '../facts/checks.ts';
import { clusterNames } from '../facts/clusters.ts';
import {
  compareWithBucket,
  readOwnDags,
  requireChecks,
  requireMeantLevel,
  requireWholeUpload,
} from '../facts/dags.ts';
import { movableRound } from '../facts/marks.ts';
import { requireNoRoundUnderWay } from '../facts/rounds.ts';
import type { DagFile, Instant, Ports } from '../ports.ts';
import { lacksRound, roundBegins } from '../rounds/begin.ts';
import { waitingRound } from '../rounds/choice.ts';
import type { Round, Session } from '../state/session.ts';
import { localStamp } from '../state/stamps.ts';
import { count, textOf } from './text.ts';
import { callAgain, defineTool, loadInput, loadOutput, result, type ToolCall } from './tool.ts';
import { overwriteQuestion, overwriteWords, unchangedWords, uploadedWords } from './words/uploadingDags.ts';

type Wanted = Pick<
  Ports,
  'store' | 'dags' | 'sessions' | 'settings' | 'clusters' | 'clock' | 'blobs' | 'target'
>;

export const uploadDags = defineTool({
  name: 'uploadDags',
  title: 'Upload the DAG and the cluster configs',
  description:
    'Sets LOAD in the DAG file, and uploads it with the three cluster configs, so that the next DAG run reads the configs of that load. Refuses a load whose checks are not in the bucket. Asks before it overwrites a folder that somebody else uploaded. A changed upload opens a round.',
  effect: 'write',
  idempotent: true,
  openWorld: true,
  input: z.strictObject({
    load: loadInput
      .optional()
      .describe("left out: the last uploaded load of the session's schedule, else LOAD stays as it is"),
    overwrite: z.boolean().optional().describe('true when the person agreed to overwrite the folder'),
  }),
  output: z.object({
    ...result,
    status: z.enum(['uploaded', 'unchanged', 'needs_overwrite']),
    load: loadOutput,
    previousLoad: loadOutput,
    remoteLoad: loadOutput.nullable(),
    files: z.array(z.object({ key: z.string(), status: z.enum(['new', 'changed', 'unchanged']) })),
    changes: z.array(z.object({ file: z.string(), path: z.string(), from: z.string(), to: z.string() })),
    dagIds: z.array(z.string()),
    warnings: z.array(z.string()),
    round: z.int().optional(),
    callAgain: callAgain.optional(),
  }),
  async run(input, ports: Wanted, call) {
    const session = await ports.sessions.load();
    const { dag, configs, source, load: previousLoad } = await readOwnDags(ports);
    const schedule = session.schedule ?? '15m';
    const uploadedLoad = session.uploads.findLast((upload) => upload.schedule === schedule)?.load;
    const load = input.load ?? uploadedLoad ?? previousLoad;
    if (input.load === undefined) requireMeantLevel(session, load);
    requireWholeUpload(session, load);
    await requireNoRoundUnderWay(ports, session, call);
    const { checks, warnings } = await requireChecks(ports, schedule, load, call);
    warnings.push(...requireSoundClusterConfigs(configs, checks));
    warnings.unshift(...(await notUploaded(ports, session, { load, schedule }, call)));

    const withLoad: DagFile = { ...dag, bytes: Buffer.from(writeLoad(source, load)) };
    const { plan, remoteLoad, others } = await compareWithBucket(ports, [withLoad, ...configs], call);
    if (others.length > 0)
      warnings.push(
        `${count(others.length, 'other object')} in the DAG folder (${others.slice(0, 3).join(', ')}) ${others.length === 1 ? 'stays' : 'stay'} untouched.`,
      );
    const told = {
      load,
      previousLoad,
      remoteLoad,
      files: plan.map((one) => ({ key: dagKey(ports.settings, one.file.name), status: one.status })),
      changes: fitting(changesAgainstBucket(plan), 2400),
      dagIds: schedules.map((one) => dagIdOf(dag.name, one)),
      warnings,
    };
    const foreign = foreignDagFiles(plan, session);
    if (foreign.length > 0 && !(await mayOverwrite(ports, foreign, told, input.overwrite, call)))
      return { ...told, ...overwriteWords(foreign, load, ports.settings.approval) };
    // A person may take minutes to answer, and a round may have begun meanwhile.
    if (foreign.length > 0 && input.overwrite === undefined)
      await requireNoRoundUnderWay(ports, await ports.sessions.load(), call);

    const digests = Object.fromEntries(plan.map((one) => [one.file.name, one.digest]));
    const names = clusterNames(configs);
    const changed = plan.filter((one) => one.status !== 'unchanged');
    // An upload that was cut off after its last byte still owes the round that it was to open.
    const owesRound = session.interruptions.some(({ tool }) => tool === 'uploadDags');
    const dagId = dagIdOf(dag.name, schedule);
    if (changed.length === 0 && !owesRound) {
      if (load !== previousLoad) await ports.dags.writeDag(withLoad.bytes, dag.bytes);
      const begun = await recordUnchanged(ports, { load, schedule, digests, names }, call);
      const round = begun === undefined || begun.how === 'waiting' ? {} : { round: begun.round };
      return { ...told, ...round, ...unchangedWords(load, dagId, begun) };
    }
    // A report that is built after the next change still knows what its round ran with.
    for (const config of configs) await ports.blobs.put(config.bytes);
    await ports.sessions.record(() => [{ type: 'begun', tool: 'uploadDags', arguments: { ...input } }]);
    if (load !== previousLoad) await ports.dags.writeDag(withLoad.bytes, dag.bytes);
    await ports.store.upload(
      changed.map(({ file }) => ({ key: dagKey(ports.settings, file.name), body: async () => file.bytes })),
      call,
    );
    const now = await ports.clock.now();
    const present = { load, schedule, digests };
    const after = await ports.sessions.record((latest) => [
      { type: 'dagUploaded', load, files: digests, clusterNames: names },
      ...(newRoundSince(session, latest, present)
        ? []
        : [
            roundBegins(
              { uploads: latest.uploads, dag: { files: digests, clusterNames: names } },
              undefined,
              beginningAt(now, { load, schedule }),
              'uploadDags',
            ),
          ]),
    ]);
    const round = after.rounds.length;
    return { ...told, round, ...uploadedWords(changed.length, load, round, dagId) };
  },
  render: (output) =>
    textOf(output, {
      previousLoad: (load) => [`LOAD in the DAG file before: ${load}`],
      remoteLoad: (load, { files }) => [
        load !== null
          ? `LOAD in the bucket before: ${load}`
          : files[0]?.status === 'new'
            ? 'The bucket had no DAG yet.'
            : 'LOAD in the bucket before: not readable',
      ],
      files: (rows) => rows.map((row) => `  - ${row.status}: ${row.key}`),
      changes: (rows) => [
        'Changes against the bucket:',
        ...rows.map((row) => `  ${row.file} ${row.path}: ${row.from} → ${row.to}`),
      ],
    }),
});

interface Present {
  readonly load: number;
  readonly schedule: Schedule;
  readonly digests: Record<string, string>;
  readonly names: Record<string, string>;
}

/**
 * The bucket holds these bytes already. When other checks were uploaded since the last round, what is under test
 * changed all the same, and a round begins. Answers the round that waits for its DAG run then, if any.
 */
async function recordUnchanged(
  ports: Wanted,
  { load, schedule, digests, names }: Present,
  call: ToolCall,
): Promise<{ round: number; how: 'opened' | 'moved' | 'waiting' } | undefined> {
  const uploaded = { type: 'dagUploaded', load, files: digests, clusterNames: names } as const;
  const isKnown = (session: Session) =>
    sameDag(session, load, digests) && session.phase !== 'checks_uploaded';
  const session = await ports.sessions.load();
  const lacking = lacksRound(session, { load, schedule });
  const moved = lacking ? await movableRound(ports, session, schedule, call) : undefined;
  const facts = lacking ? beginningAt(await ports.clock.now(), { load, schedule }) : undefined;
  const after = await ports.sessions.record((latest) => [
    ...(isKnown(latest) ? [] : [uploaded]),
    // Another call may have begun the round meanwhile.
    ...(facts !== undefined && lacksRound(latest, facts)
      ? [roundBegins({ uploads: latest.uploads, dag: uploaded }, moved, facts, 'uploadDags')]
      : []),
  ]);
  const isOfThis = (round: Round) => round.schedule === schedule && round.load === load;
  const begun = lacking ? after.rounds.findLast(isOfThis) : undefined;
  if (begun !== undefined) return { round: begun.round, how: moved === undefined ? 'opened' : 'moved' };
  const waiting = waitingRound(after.rounds);
  return waiting && isOfThis(waiting) ? { round: waiting.round, how: 'waiting' } : undefined;
}

function beginningAt(now: Instant, under: { load: number; schedule: Schedule }) {
  const clock = { source: now.source, skewSeconds: now.skewSeconds };
  return { ...under, startedAt: localStamp(now.epochUs), clock };
}

/** Only a person may say so: in the call, asked through the client, or, with APPROVAL=terminal, at a terminal alone. */
async function mayOverwrite(
  ports: Wanted,
  foreign: readonly string[],
  { load, remoteLoad }: { load: number; remoteLoad: number | null },
  said: boolean | undefined,
  call: ToolCall,
): Promise<boolean> {
  const { approval, bucket, dagsPrefix } = ports.settings;
  const question = overwriteQuestion(foreign, `s3://${bucket}/${dagsPrefix}/`, remoteLoad, load);
  if (approval === 'terminal') return said === true && (await call.askAtTerminal?.(question)) === 'accepted';
  if (said !== undefined || approval !== 'ask') return said === true;
  return (await call.ask(question)) === 'accepted';
}

/** Another call opened a round for the very same upload meanwhile. */
function newRoundSince(
  before: Session,
  latest: Session,
  { load, schedule, digests }: { load: number; schedule: Schedule; digests: Record<string, string> },
): boolean {
  const newest = latest.rounds.at(-1);
  if (newest === undefined || latest.rounds.length === before.rounds.length) return false;
  const isOpen = newest.finished === undefined && newest.report === undefined && !newest.abandoned;
  return isOpen && newest.load === load && newest.schedule === schedule && sameDag(latest, load, digests);
}

function sameDag(session: Session, load: number, digests: Record<string, string>): boolean {
  return (
    session.dag?.load === load &&
    Object.entries(digests).every(([name, digest]) => session.dag?.files[name] === digest)
  );
}
