import { sha256 } from '../domain/digest.ts';
import { ToolError } from '../domain/errors.ts';
import { dagFileNames } from '../domain/keys.ts';
import type { StoredObject } from '../ports/aws.ts';
import type { DagFile } from '../ports/project.ts';
import type { Settings } from '../settings.ts';
import type { Session } from '../state/session.ts';
import { configsRead, findLoad, isSetTwice, readConstant, writeLoad } from './source.ts';

/** A file of the DAG folder to upload, and what the bucket has under its key. */
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

/** Files in the bucket that would be overwritten and that this session did not upload last. */
export function foreignDagFiles(plan: readonly DagUpload[], session: Pick<Session, 'dag'>): string[] {
  return plan.flatMap(({ file, remote, status }) =>
    status === 'changed' && remote !== undefined && session.dag?.files[file.name] !== sha256(remote)
      ? file.name
      : [],
  );
}

/** Objects in the DAG folder that are not part of this upload. */
export function otherObjects(
  objects: readonly StoredObject[],
  plan: readonly DagUpload[],
  dagsPrefix: string,
): string[] {
  const ours = new Set(plan.map((one) => `${dagsPrefix}/${one.file.name}`));
  return objects.map((object) => object.key).filter((key) => !ours.has(key) && !key.endsWith('/'));
}

/** What the upload changes in the bucket: LOAD, the rest of the DAG, and each cluster config. */
export function changesAgainstBucket(plan: readonly DagUpload[]): ({ file: string } & JsonChange)[] {
  return plan.flatMap(({ file, remote, status }) => {
    if (status !== 'changed' || remote === undefined) return [];
    const before = Buffer.from(remote).toString('utf8');
    const after = file.bytes.toString('utf8');
    const changes = file.name.endsWith('.json')
      ? jsonChanges(parse(before), parse(after))
      : dagChanges(before, after);
    return changes.map((change) => ({ file: file.name, ...change }));
  });
}

function dagChanges(before: string, after: string): JsonChange[] {
  const [from, to] = [findLoad(before), findLoad(after)];
  const withSameLoad = to === undefined ? before : writeLoad(before, to);
  return [
    ...(from === to ? [] : [{ path: 'LOAD', from: String(from ?? '(none)'), to: String(to ?? '(none)') }]),
    ...(withSameLoad === after
      ? []
      : [{ path: 'other lines', from: 'as in the bucket', to: 'as in DAG_FILE' }]),
  ];
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return 'not JSON';
  }
}

/** @throws ToolError CONFIG without a cluster config that the DAG reads */
export function requireConfigsRead(source: string, dagName: string, files: readonly DagFile[]): void {
  const [, ...names] = dagFileNames(dagName);
  const missing = configsRead(source, names).find((name) => files.every((file) => file.name !== name));
  if (missing === undefined) return;
  throw new ToolError('CONFIG', `${missing} is missing beside DAG_FILE. Nothing was uploaded.`, {
    next: 'point DAG_FILE in .env at the DAG whose folder contains cluster_configs/.',
  });
}

const locations = [
  ['S3_BUCKET', 'bucket'],
  ['CONFIGS_PREFIX', 'configsPrefix'],
  ['RESULTS_PREFIX', 'resultsPrefix'],
] as const;

/** @throws ToolError CONFIG when the DAG reads another place than the one the checks are uploaded to */
export function requireSamePlaces(source: string, settings: Settings): void {
  for (const [name, setting] of locations) {
    if (isSetTwice(source, name))
      throw new ToolError(
        'CONFIG',
        `The DAG sets ${name} more than once, so it is unclear which configs it would run. Nothing was changed.`,
        { next: `keep exactly one line ${name} = "…" in DAG_FILE.` },
      );
    const inDag = readConstant(source, name);
    if (inDag === undefined || inDag.replace(/^\/+|\/+$/g, '') === settings[setting]) continue;
    throw new ToolError(
      'CONFIG',
      `The DAG has ${name} = ${JSON.stringify(inDag.slice(0, 80))}, but the setting is ${settings[setting]}: it would run other configs than the uploaded ones. Nothing was changed.`,
      {
        next: `use the same ${name} in DAG_FILE and in .env.`,
      },
    );
  }
}

export interface JsonChange {
  /** For example `Instances.InstanceGroups[1].InstanceCount`. */
  readonly path: string;
  readonly from: string;
  readonly to: string;
}

/** The values that differ between two JSON documents, by path; a branch on one side only is one change. */
export function jsonChanges(from: unknown, to: unknown, path = ''): JsonChange[] {
  if (isBranch(from) && isBranch(to) && Array.isArray(from) === Array.isArray(to)) {
    const pathOf = (key: string) =>
      Array.isArray(from) ? `${path}[${key}]` : path === '' ? key : `${path}.${key}`;
    const keys = new Set([...Object.keys(from), ...Object.keys(to)]);
    return [...keys].flatMap((key) => jsonChanges(from[key], to[key], pathOf(key)));
  }
  const before = valueText(from);
  const after = valueText(to);
  return before === after ? [] : [{ path, from: before, to: after }];
}

function isBranch(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function valueText(value: unknown): string {
  return value === undefined ? '(none)' : JSON.stringify(value);
}
