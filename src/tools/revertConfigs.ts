import * as z from 'zod';
import { ruleFor } from '../domain/schedules.ts';
import type { Ports } from '../ports/ports.ts';
import type { CheckFile } from '../ports/repository.ts';
import type { Session } from '../state/session.ts';
import {
  alreadyRevertedText,
  type RevertTarget,
  revertConfigsResult,
  revertedText,
} from './revertConfigs.text.ts';
import { defineTool, type ToolCall } from './tool.ts';

const input = z.strictObject({ to: z.enum(['baseline', 'lastCommit']).default('baseline') });

type RevertConfigsPorts = Pick<Ports, 'target' | 'sessions' | 'settings'>;

export const revertConfigs = defineTool({
  name: 'revertConfigs',
  title: 'Revert the check configs',
  description:
    'Reverts every check file to the baseline (before any load) or to the last commit of the test branch. First saves a patch that restores the current files. Leaves the bucket as it is.',
  effect: 'destroy',
  writesInTarget: true,
  input,
  output: revertConfigsResult,
  run: runRevertConfigs,
});

async function runRevertConfigs(
  { to }: z.output<typeof input>,
  ports: RevertConfigsPorts,
  call: ToolCall,
): Promise<z.input<typeof revertConfigsResult>> {
  const session = await ports.sessions.load();
  const snapshot = await ports.target.snapshot({ forWriting: true }, call);
  const writes = snapshot.files.flatMap((file) => revertOf(file, to));
  const files = writes.length;
  const fields = { filesReverted: files, stillInBucket: uploadedPrefixes(session, ports.settings) };
  if (files === 0) {
    if (session.level !== undefined)
      await ports.sessions.record(() => [{ type: 'reverted', to, files, backup: '' }]);
    return { ...fields, status: 'unchanged', ...alreadyRevertedText(to, session) };
  }
  const backup = await ports.target.backup(
    writes.map(({ path, before, bytes }) => ({ path, before, after: bytes })),
  );
  await ports.sessions.record(() => [{ type: 'begun', tool: 'revertConfigs', arguments: { to } }]);
  await ports.target.write(writes, call);
  await ports.sessions.record(() => [{ type: 'reverted', to, files, backup }]);
  return { ...fields, backup, status: 'reverted', ...revertedText(files, to, session) };
}

function revertOf(file: CheckFile, to: RevertTarget) {
  const bytes = to === 'baseline' ? file.baseline : file.head;
  const digest = to === 'baseline' ? file.baselineDigest : file.headDigest;
  if (ruleFor(file.path) === undefined || bytes === undefined || digest === file.diskDigest) return [];
  return [{ path: file.path, before: file.disk, bytes, expected: file.diskDigest }];
}

function uploadedPrefixes(
  { uploads }: Session,
  { bucket, configsPrefix }: Pick<Ports['settings'], 'bucket' | 'configsPrefix'>,
): string[] {
  return uploads.map(({ schedule, load }) => `s3://${bucket}/${configsPrefix}/${schedule}/${load}x/`);
}
