import * as z from 'zod';
import {
  changesAgainstBucket,
  type DagUpload,
  foreignDagFiles,
  otherObjects,
  planDagUpload,
  requireClusterConfigs,
  requireSamePlaces,
} from '../checks/dagPlan.ts';
import { dagIdOf, readLoad, writeLoad } from '../checks/dagSource.ts';
import { configsFolder, dagKey } from '../checks/keys.ts';
import { schedules } from '../checks/schedules.ts';
import { ToolError } from '../errors.ts';
import { requireNoRoundUnderWay } from '../facts/rounds.ts';
import type { DagFile, Ports } from '../ports.ts';
import type { Session } from '../state/session.ts';
import { localStamp } from '../state/stamps.ts';
import { callAgain, defineTool, loadInput, loadOutput, result, type ToolCall } from './tool.ts';
import { count, textOf } from './words/text.ts';

type Wanted = Pick<Ports, 'store' | 'dags' | 'sessions' | 'settings' | 'clusters' | 'clock'>;

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
    const [dag, ...configs] = await ports.dags.read();
    if (dag === undefined) throw new RangeError('the DAG folder has no DAG');
    const source = dag.bytes.toString('utf8');
    const previousLoad = readLoad(source, dag.name);
    requireSamePlaces(source, ports.settings);
    requireClusterConfigs(configs);
    const schedule = session.schedule ?? '15m';
    const uploadedLoad = session.uploads.findLast((upload) => upload.schedule === schedule)?.load;
    const load = input.load ?? uploadedLoad ?? previousLoad;
    await requireNoRoundUnderWay(ports, session, call);
    const warnings = await requireChecks(ports, schedule, load, call);

    const files: DagFile[] = [{ ...dag, bytes: Buffer.from(writeLoad(source, load)) }, ...configs];
    const folder = await ports.store.list(`${ports.settings.dagsPrefix}/`, call);
    const remotes = await Promise.all(
      files.map((file) => ports.store.read(dagKey(ports.settings, file.name))),
    );
    const plan = planDagUpload(files, remotes);
    const others = otherObjects(folder, plan, ports.settings.dagsPrefix);
    if (others.length > 0)
      warnings.push(
        `${count(others.length, 'other object')} in the DAG folder (${others.slice(0, 3).join(', ')}) stay untouched.`,
      );
    const told = {
      load,
      previousLoad,
      remoteLoad: loadIn(remotes[0]),
      files: plan.map((one) => ({ key: dagKey(ports.settings, one.file.name), status: one.status })),
      changes: changesAgainstBucket(plan).slice(0, 20),
      dagIds: schedules.map((one) => dagIdOf(dag.name, one)),
      warnings,
    };
    const foreign = foreignDagFiles(plan, session);
    if (
      foreign.length > 0 &&
      input.overwrite !== true &&
      !(await mayOverwrite(ports, foreign, load, input.overwrite, call))
    )
      return { ...told, ...overwriteQuestion(foreign, load) };

    if (load !== previousLoad) await ports.dags.writeDag(files[0]?.bytes ?? dag.bytes);
    const digests = Object.fromEntries(plan.map((one) => [one.file.name, one.digest]));
    const changed = plan.filter((one) => one.status !== 'unchanged');
    if (changed.length === 0) {
      await ports.sessions.record((now) =>
        sameDag(now, load, digests) ? [] : [{ type: 'dagUploaded', load, files: digests }],
      );
      return { ...told, ...unchangedWords(load, schedule, told.dagIds) };
    }
    await ports.sessions.record(() => [{ type: 'begun', tool: 'uploadDags', arguments: { ...input } }]);
    await ports.store.upload(uploadsOf(changed, ports), call);
    const now = await ports.clock.now();
    const after = await ports.sessions.record(() => [
      { type: 'dagUploaded', load, files: digests },
      {
        type: 'roundOpened',
        load,
        schedule,
        startedAt: localStamp(now.epochUs),
        clock: { source: now.source, skewSeconds: now.skewSeconds },
        by: 'uploadDags',
        reviewId: session.uploads.findLast((upload) => upload.schedule === schedule && upload.load === load)
          ?.reviewId,
        clusterConfig: digests[`cluster_configs/${dagIdOf(dag.name, `cluster_${schedule}`)}.json`],
      },
    ]);
    const round = after.rounds.length;
    return { ...told, round, ...uploadedWords(changed.length, load, round, dagIdOf(dag.name, schedule)) };
  },
  render: (output) =>
    textOf(output, {
      files: (rows) => rows.map((row) => `  - ${row.status}: ${row.key}`),
      changes: (rows) => [
        'Changes against the bucket:',
        ...rows.map((row) => `  ${row.file} ${row.path}: ${row.from} → ${row.to}`),
      ],
    }),
});

/** The DAG must find checks: of the schedule under test surely, of the others it is only said. */
async function requireChecks(
  ports: Wanted,
  schedule: string,
  load: number,
  call: ToolCall,
): Promise<string[]> {
  const warnings: string[] = [];
  for (const one of schedules) {
    const prefix = configsFolder(ports.settings, one, load);
    const checks = (await ports.store.list(prefix, call)).filter((object) => object.key.endsWith('.yml'));
    if (checks.length > 0) continue;
    if (one === schedule)
      throw new ToolError(
        'WRONG_STATE',
        `There are no ${load}x checks for ${one} in s3://${ports.settings.bucket}/${prefix}, so the DAG would have nothing to run. Nothing was uploaded, and LOAD was not changed.`,
        {
          next: `scaleConfigs with load ${load} and uploadChecks first, or give uploadDags the load that is uploaded.`,
        },
      );
    warnings.push(`No ${load}x checks for ${one} are in the bucket: do not trigger its DAG at this load.`);
  }
  return warnings;
}

async function mayOverwrite(
  ports: Wanted,
  foreign: readonly string[],
  load: number,
  answered: boolean | undefined,
  call: ToolCall,
): Promise<boolean> {
  if (answered === false || ports.settings.approval !== 'ask') return false;
  const question = `The DAG folder in the bucket holds files that are not this session's last upload (${foreign.join(', ')}). Overwrite them with LOAD = ${load}?`;
  return (await call.ask(question)) === 'accepted';
}

function overwriteQuestion(foreign: readonly string[], load: number) {
  return {
    status: 'needs_overwrite' as const,
    summary: `The DAG folder exists, and ${count(foreign.length, 'file')} there ${foreign.length === 1 ? 'is' : 'are'} not this session's last upload. Nothing was uploaded, and LOAD was not changed.`,
    nextSteps: [
      'Ask the person: overwrite the folder?',
      `If yes: uploadDags with load ${load} and overwrite: true.`,
    ],
    callAgain: { tool: 'uploadDags', arguments: { load, overwrite: true } },
  };
}

function unchangedWords(load: number, schedule: string, dagIds: readonly string[]) {
  return {
    status: 'unchanged' as const,
    summary: `The bucket already holds this DAG with LOAD = ${load} and these cluster configs; nothing was sent.`,
    nextSteps: [
      `markRound right before triggering ${dagIds.find((id) => id.endsWith(`_${schedule}`)) ?? 'the DAG'} in Airflow again.`,
    ],
  };
}

function uploadedWords(files: number, load: number, round: number, dagId: string) {
  return {
    status: 'uploaded' as const,
    summary: `Uploaded ${count(files, 'file')} with LOAD = ${load}, and opened round ${round}. Managed Airflow shows a new DAG version after 30 s to 6 min.`,
    nextSteps: [
      `The person triggers ${dagId} in Airflow by hand (markRound moves the round's start when that takes a while).`,
      'Then pollCluster until it is done.',
    ],
  };
}

function uploadsOf(changed: readonly DagUpload[], ports: Wanted) {
  return changed.map(({ file }) => ({
    key: dagKey(ports.settings, file.name),
    body: async () => file.bytes,
  }));
}

function sameDag(session: Session, load: number, digests: Record<string, string>): boolean {
  return (
    session.dag?.load === load &&
    Object.entries(digests).every(([name, digest]) => session.dag?.files[name] === digest)
  );
}

function loadIn(bytes: Uint8Array | undefined): number | null {
  if (bytes === undefined) return null;
  try {
    return readLoad(Buffer.from(bytes).toString('utf8'), 'the DAG in the bucket');
  } catch {
    return null;
  }
}
