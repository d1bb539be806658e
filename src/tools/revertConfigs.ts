import * as z from 'zod';
import { ruleFor } from '../domain/schedules.ts';
import { takeWithinBudget } from '../domain/text.ts';
import type { Ports } from '../ports/ports.ts';
import type { CheckFile } from '../ports/repository.ts';
import { metricsLoads } from '../review/uploadPlan.ts';
import type { Session } from '../state/session.ts';
import { requireUnloadedBaseline } from '../workflow/baseline/loadedBaselines.ts';
import {
  alreadyRevertedText,
  type RevertTarget,
  revertConfigsLines,
  revertConfigsResult,
  revertedText,
} from './revertConfigs.text.ts';
import { defineTool, type ToolCall } from './tool.ts';

const input = z.strictObject({ to: z.enum(['baseline', 'lastCommit']).default('baseline') });

type RevertConfigsPorts = Pick<Ports, 'target' | 'sessions' | 'settings' | 'blobs'>;

export const revertConfigs = defineTool({
  name: 'revertConfigs',
  title: 'Revert the check configs',
  description:
    'Reverts every check file to the baseline (before any load) or to the last commit of the test branch. First saves a patch that restores the current files. Leaves the bucket as it is.',
  effect: 'destroy',
  needsBaseline: true,
  writesInTarget: true,
  input,
  output: revertConfigsResult,
  run: runRevertConfigs,
  lines: revertConfigsLines,
});

async function runRevertConfigs(
  { to }: z.output<typeof input>,
  ports: RevertConfigsPorts,
  call: ToolCall,
): Promise<z.input<typeof revertConfigsResult>> {
  const session = await ports.sessions.load();
  const snapshot = await ports.target.snapshot({ forWriting: true }, call);
  if (to === 'baseline') await requireUnloadedBaseline(ports, session, snapshot, call);
  const writes = snapshot.files.flatMap((file) => revertOf(file, to));
  const files = writes.length;
  const stays = {
    fixesKept: [...session.edits.keys()].sort(),
    uncommitted: snapshot.files.filter((file) => isUncommitted(file, to)).length,
  };
  const fields = {
    filesReverted: files,
    stillInBucket: inBucket(session, ports.settings),
    fixesKept: takeWithinBudget(stays.fixesKept, 800),
    fixesKeptTotal: stays.fixesKept.length,
    uncommitted: stays.uncommitted,
  };
  if (files === 0) {
    if (session.level !== undefined)
      await ports.sessions.record(() => [{ type: 'reverted', to, files, backup: '' }]);
    return { ...fields, status: 'unchanged', ...alreadyRevertedText(to, session, stays) };
  }
  const backup = await ports.target.backup(
    writes.map(({ path, before, bytes }) => ({ path, before, after: bytes })),
  );
  await ports.sessions.record(() => [{ type: 'begun', tool: 'revertConfigs', arguments: { to } }]);
  await ports.target.write(writes, call);
  await ports.sessions.record(() => [{ type: 'reverted', to, files, backup }]);
  return { ...fields, backup, status: 'reverted', ...revertedText(files, to, session, stays) };
}

function revertOf(file: CheckFile, to: RevertTarget) {
  const bytes = to === 'baseline' ? file.baseline : file.head;
  const digest = to === 'baseline' ? file.baselineDigest : file.headDigest;
  if (ruleFor(file.path) === undefined || bytes === undefined || digest === file.diskDigest) return [];
  return [{ path: file.path, before: file.disk, bytes, replaces: file.diskDigest }];
}

/** Whether the file differs from HEAD after the revert. */
function isUncommitted(file: CheckFile, to: RevertTarget): boolean {
  if (ruleFor(file.path) === undefined || to === 'lastCommit') return false;
  return (file.baselineDigest ?? file.diskDigest) !== file.headDigest;
}

/** What uploads of this session left in the bucket: levels, copies of table metrics, and the DAG. */
function inBucket(
  { uploads, dag }: Session,
  { bucket, configsPrefix, dagsPrefix }: Pick<Ports['settings'], 'bucket' | 'configsPrefix' | 'dagsPrefix'>,
): string[] {
  const folder = `s3://${bucket}/${configsPrefix}`;
  const levels = uploads.map(({ schedule, load }) => `${folder}/${schedule}/${load}x/`);
  const hourly = uploads.filter(({ schedule }) => schedule === 'hourly');
  const metrics = new Set(hourly.flatMap(({ load }) => metricsLoads(load)));
  for (const { load } of hourly) metrics.delete(load);
  return [
    ...levels,
    ...[...metrics].map((load) => `${folder}/hourly/${load}x/ (table metrics)`),
    ...(dag === undefined ? [] : [`s3://${bucket}/${dagsPrefix}/ (the DAG with LOAD = ${dag.load})`]),
  ];
}
