import * as z from 'zod';
import { ruleFor } from '../checks/schedules.ts';
import type { CheckFile, Ports } from '../ports.ts';
import type { Session } from '../state/session.ts';
import { count, textOf } from './text.ts';
import { defineTool, result } from './tool.ts';

export const revertConfigs = defineTool({
  name: 'revertConfigs',
  title: 'Revert the check configs',
  description:
    'Puts every check file back: to the baseline (before any load), or to the last commit of the test branch. Saves a patch first that brings the present files back. The bucket is left as it is.',
  effect: 'destroy',
  idempotent: true,
  openWorld: false,
  input: z.strictObject({ to: z.enum(['baseline', 'lastCommit']).default('baseline') }),
  output: z.object({
    ...result,
    status: z.enum(['reverted', 'unchanged']),
    filesReverted: z.int(),
    backup: z.string().optional(),
    stillInBucket: z.array(z.string()),
  }),
  async run(input, ports: Pick<Ports, 'target' | 'sessions' | 'settings'>, call) {
    const session = await ports.sessions.load();
    const snapshot = await ports.target.snapshot({ forWriting: true }, call);
    const writes = snapshot.files.flatMap((file) => revertOf(file, input.to));
    const stillInBucket = uploadedPrefixes(session, ports.settings.bucket, ports.settings.configsPrefix);
    const left = leftAlone(session);
    const where = input.to === 'baseline' ? 'the baseline' : 'the last commit';
    if (writes.length > 0) {
      const backup = await ports.target.backup(
        writes.map(({ path, before, bytes }) => ({ path, before, after: bytes })),
      );
      await ports.sessions.record(() => [{ type: 'begun', tool: 'revertConfigs', arguments: { ...input } }]);
      await ports.target.write(writes, call);
      await ports.sessions.record(() => [{ type: 'reverted', to: input.to, files: writes.length, backup }]);
      return {
        status: 'reverted' as const,
        summary: `Reverted ${count(writes.length, 'check file')} to ${where}. What was there before is kept as a patch.${left}`,
        nextSteps: [
          ...stepsOf(session),
          'To bring the files back, the person types git apply and the path of the backup in the target repository.',
        ],
        filesReverted: writes.length,
        backup,
        stillInBucket,
      };
    }
    if (session.level !== undefined)
      await ports.sessions.record(() => [{ type: 'reverted', to: input.to, files: 0, backup: '' }]);
    return {
      status: 'unchanged' as const,
      summary: `Every check file already is at ${where}; nothing was written.${left}`,
      nextSteps: stepsOf(session),
      filesReverted: 0,
      stillInBucket,
    };
  },
  render: (output) => textOf(output),
});

/** What a person who says "revert everything" may think is reverted, too. */
function leftAlone({ dag }: Session): string {
  return dag === undefined ? '' : ` LOAD = ${dag.load} in the DAG and the cluster configs stay as they are.`;
}

function stepsOf({ phase, rounds }: Session): string[] {
  const next = 'scaleConfigs starts a new load level.';
  const latest = rounds.at(-1);
  if (latest === undefined) return [next];
  if (phase === 'round_open')
    return [
      `Round ${latest.round} (${latest.load}x) is open: if its DAG was triggered, pollCluster follows it.`,
      next,
    ];
  if (phase !== 'running') return [next];
  return [`pollCluster: round ${latest.round} (${latest.load}x) still runs what was uploaded.`, next];
}

function revertOf(file: CheckFile, to: 'baseline' | 'lastCommit') {
  const bytes = to === 'baseline' ? file.baseline : file.head;
  const digest = to === 'baseline' ? file.baselineDigest : file.headDigest;
  if (ruleFor(file.path) === undefined || bytes === undefined || digest === file.diskDigest) return [];
  return [{ path: file.path, before: file.disk, bytes, expected: file.diskDigest }];
}

function uploadedPrefixes(session: Session, bucket: string, configsPrefix: string): string[] {
  return session.uploads.map(
    (upload) => `s3://${bucket}/${configsPrefix}/${upload.schedule}/${upload.load}x/`,
  );
}
