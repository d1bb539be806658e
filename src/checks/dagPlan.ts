import { ToolError } from '../errors.ts';
import type { DagFile, StoredObject } from '../ports.ts';
import type { Settings } from '../settings.ts';
import type { Session } from '../state/session.ts';
import { readConstant } from './dagSource.ts';
import { sha256 } from './digest.ts';
import { type JsonChange, jsonChanges } from './jsonChanges.ts';

/** One file of the DAG folder as it is to be uploaded, beside what the bucket holds under its key. */
export interface DagUpload {
  readonly file: DagFile;
  readonly digest: string;
  readonly remote?: Uint8Array;
  readonly status: 'new' | 'changed' | 'unchanged';
}

export function planDagUpload(
  files: readonly DagFile[],
  remotes: readonly (Uint8Array | undefined)[],
): DagUpload[] {
  return files.map((file, index) => {
    const remote = remotes[index];
    const digest = sha256(file.bytes);
    if (remote === undefined) return { file, digest, status: 'new' };
    return { file, digest, remote, status: sha256(remote) === digest ? 'unchanged' : 'changed' };
  });
}

/** Files in the bucket that would be overwritten and that are not our own last upload. */
export function foreignDagFiles(plan: readonly DagUpload[], session: Pick<Session, 'dag'>): string[] {
  return plan
    .filter((one) => one.status === 'changed' && one.remote !== undefined)
    .filter((one) => one.remote !== undefined && session.dag?.files[one.file.name] !== sha256(one.remote))
    .map((one) => one.file.name);
}

/** Objects in the DAG folder that this upload neither writes nor reads. */
export function otherObjects(
  objects: readonly StoredObject[],
  plan: readonly DagUpload[],
  dagsPrefix: string,
): string[] {
  const ours = new Set(plan.map((one) => `${dagsPrefix}/${one.file.name}`));
  return objects.map((object) => object.key).filter((key) => !ours.has(key) && !key.endsWith('/'));
}

/** What a cluster config, or LOAD, changes against the bucket. */
export function changesAgainstBucket(plan: readonly DagUpload[]): ({ file: string } & JsonChange)[] {
  return plan.flatMap((one) => {
    if (one.status !== 'changed' || one.remote === undefined || !one.file.name.endsWith('.json')) return [];
    const [from, to] = [one.remote, one.file.bytes].map((bytes) =>
      parse(Buffer.from(bytes).toString('utf8')),
    );
    return jsonChanges(from, to).map((change) => ({ file: one.file.name, ...change }));
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return 'not JSON';
  }
}

/** @throws ToolError CONFIG when a cluster config is not a JSON object: EMR would refuse it after the round began */
export function requireClusterConfigs(files: readonly DagFile[]): void {
  for (const file of files.filter((one) => one.name.endsWith('.json'))) {
    const config = parse(file.bytes.toString('utf8'));
    if (typeof config === 'object' && config !== null && !Array.isArray(config)) continue;
    throw new ToolError(
      'CONFIG',
      `${file.name} is not a JSON object, so no cluster could be made from it. Nothing was uploaded.`,
      {
        next: 'mend the file beside DAG_FILE, then call uploadDags again.',
      },
    );
  }
}

const places = [
  ['S3_BUCKET', 'bucket'],
  ['CONFIGS_PREFIX', 'configsPrefix'],
  ['RESULTS_PREFIX', 'resultsPrefix'],
] as const;

/** @throws ToolError CONFIG when the DAG reads another place than the checks are uploaded to */
export function requireSamePlaces(source: string, settings: Settings): void {
  for (const [name, setting] of places) {
    const inDag = readConstant(source, name);
    if (inDag === undefined || inDag.replace(/^\/+|\/+$/g, '') === settings[setting]) continue;
    throw new ToolError(
      'CONFIG',
      `The DAG has ${name} = ${JSON.stringify(inDag.slice(0, 80))}, but the setting is ${settings[setting]}: it would run other configs than those uploaded. Nothing was uploaded.`,
      {
        next: `make ${name} in DAG_FILE and in .env the same, then call uploadDags again.`,
      },
    );
  }
}
