/** The DAG: our folder, the bucket's copy, and whether its checks are uploaded. */
import { requireSoundClusterConfigs } from '../dag/clusterConfig/files.ts';
import { findLoad, readLoad } from '../dag/source.ts';
import { otherObjects, planDagUpload, requireSamePlaces } from '../dag/uploadPlan.ts';
import { ToolError } from '../domain/errors.ts';
import { configsFolder, dagKey } from '../domain/keys.ts';
import { ruleFor, type Schedule, schedules } from '../domain/schedules.ts';
import type { Ports } from '../ports/ports.ts';
import type { DagFile } from '../ports/project.ts';
import type { Watch } from '../ports/time.ts';
import type { Session } from '../state/session.ts';

/** @throws ToolError CONFIG if these files cannot run as a DAG, or it would read other configs than ours */
export async function readOwnDags(ports: Pick<Ports, 'dags' | 'settings'>) {
  const [dag, ...configs] = await ports.dags.read();
  if (dag === undefined) throw new RangeError('the DAG folder has no DAG');
  const source = dag.bytes.toString('utf8');
  const load = readLoad(source, dag.name);
  requireSamePlaces(source, ports.settings);
  requireSoundClusterConfigs(configs);
  return { dag, configs, source, load };
}

/** What an upload of these files (the DAG first) would change in the bucket. */
export async function compareWithBucket(
  ports: Pick<Ports, 'store' | 'settings'>,
  files: readonly DagFile[],
  watch: Watch,
) {
  const { dagsPrefix } = ports.settings;
  const folder = await ports.store.list(`${dagsPrefix}/`, watch);
  const remotes = await Promise.all(files.map((file) => ports.store.read(dagKey(ports.settings, file.name))));
  const plan = planDagUpload(files, remotes);
  const [dag] = remotes;
  const remoteLoad = dag === undefined ? undefined : findLoad(Buffer.from(dag).toString('utf8'));
  return { plan, remoteLoad: remoteLoad ?? null, others: otherObjects(folder, plan, dagsPrefix) };
}

/**
 * Without a load, uploadDags uses that of the last upload; the user may mean another level on disk.
 * @throws ToolError WRONG_STATE if the level on disk has another load and was not uploaded
 */
export function requireMeantLevel({ level, uploads }: Session, load: number): void {
  if (level === undefined || level.load === load) return;
  if (uploads.some((upload) => upload.load === level.load && upload.schedule === level.schedule)) return;
  throw new ToolError(
    'WRONG_STATE',
    `${level.load}x is on disk but its checks were not uploaded; this DAG would read ${load}x. Nothing was uploaded, and LOAD was not changed.`,
    {
      next: `call uploadChecks to test ${level.load}x, or uploadDags with load: ${load} for another round of ${load}x.`,
    },
  );
}

/**
 * A round with only some of the checks would measure less than its load.
 * @throws ToolError WRONG_STATE if an uploadChecks of this load began and is not known to have finished
 */
export function requireWholeUpload(session: Session, load: number): void {
  const cutOff = session.interruptions.find(({ tool }) => tool === 'uploadChecks');
  // Another level on disk ends an interruption, so this one belongs to the current level.
  if (cutOff === undefined || session.level?.load !== load) return;
  throw new ToolError(
    'WRONG_STATE',
    `uploadChecks of ${load}x began at ${cutOff.at} and did not finish (or still runs elsewhere), so some of its checks may be missing in the bucket. Nothing was uploaded, and LOAD was not changed.`,
    { next: `call uploadChecks again with ${JSON.stringify(cutOff.arguments)}, then uploadDags.` },
  );
}

/**
 * How many checks of each schedule the bucket has at this load, with a warning for each schedule without any.
 * @throws ToolError WRONG_STATE if the schedule under test has none
 */
export async function requireChecks(
  ports: Pick<Ports, 'store' | 'settings'>,
  schedule: Schedule,
  load: number,
  watch: Watch,
): Promise<{ checks: Partial<Record<Schedule, number>>; warnings: string[] }> {
  const warnings: string[] = [];
  const checks: Partial<Record<Schedule, number>> = {};
  for (const one of schedules) {
    const prefix = configsFolder(ports.settings, one, load);
    const objects = (await ports.store.list(prefix, watch)).filter(({ key }) => key.endsWith('.yml'));
    checks[one] = objects.length;
    // Table metrics are copied even to levels that were never uploaded, so they do not count.
    if (objects.some(({ key }) => !ruleFor(key)?.fromProduction)) continue;
    if (one === schedule)
      throw new ToolError(
        'WRONG_STATE',
        `There are no ${load}x checks for ${one} in s3://${ports.settings.bucket}/${prefix}, so the DAG would have nothing to run. Nothing was uploaded, and LOAD was not changed.`,
        {
          next: `call scaleConfigs with load ${load}, then uploadChecks; or call uploadDags with a load that is uploaded.`,
        },
      );
    warnings.push(`The bucket has no ${load}x checks for ${one}: do not trigger its DAG at this load.`);
  }
  return { checks, warnings };
}
