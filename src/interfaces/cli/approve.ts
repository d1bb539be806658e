/** Approval in a terminal: the user types it, for the bytes that are on disk now. */
import type { Interface } from 'node:readline/promises';
import { OpenQuestion, ToolError } from '../../domain/errors.ts';
import type { Ports } from '../../ports/ports.ts';
import { reviewConfigs } from '../../tools/reviewConfigs.ts';
import { recordApproval, uploadQuestion } from '../../workflow/approvals.ts';
import { readReview } from '../../workflow/checks.ts';
import { answerOf, requireSettings, toolErrorIn } from '../invoke.ts';
import type { ExitStatus, Shell } from './cli.ts';
import { saysYes } from './terminal.ts';

/** Returns what to print. @throws ToolError when the review is not the one on disk, or nobody typed yes */
export async function approve(
  reviewId: string | undefined,
  ports: Pick<Ports, 'target' | 'sessions' | 'blobs' | 'settings' | 'problems'>,
  terminal: Interface | undefined,
): Promise<string> {
  if (reviewId === undefined || !/^[0-9a-f]{16}$/.test(reviewId))
    throw new ToolError('BAD_INPUT', 'approve takes one review id of 16 hex digits. Nothing was approved.', {
      next: 'type: audit-load-test approve <reviewId>, with the id from scaleConfigs or reviewConfigs.',
    });
  if (terminal === undefined)
    throw new ToolError(
      'DENIED',
      'approve works only in a terminal, and this is not one. Nothing was approved.',
      {
        next: 'run the same command in a terminal.',
      },
    );
  requireSettings(ports);
  const { session, review } = await readReview(ports, { forWriting: true });
  if (review.reviewId !== reviewId)
    throw new ToolError(
      'CONFLICT',
      `The files on disk are now review ${review.reviewId}, not ${reviewId}. Nothing was approved.`,
      {
        next: `review them again (git diff or reviewConfigs), then approve ${review.reviewId}.`,
      },
    );
  if (!review.approvalNeeded) return 'All bytes equal the baseline: no approval is needed.';
  if (session.approved.has(reviewId)) return `Review ${reviewId} is already approved.`;
  if (!(await saysYes(terminal, `${uploadQuestion(review, ports.settings)}\nType yes to approve: `)))
    throw new ToolError('WRONG_STATE', 'You did not type yes. Nothing was approved.', {
      next: 'run the same command again when you are sure.',
    });
  await recordApproval(ports, review, 'terminal');
  return `Approved review ${reviewId}. uploadChecks can upload it now.`;
}

/** The command: prints the outcome and returns the exit status. */
export async function runApprove(
  args: readonly string[],
  ports: () => Promise<Ports>,
  terminal: Interface | undefined,
  shell: Pick<Shell, 'out' | 'err'>,
): Promise<ExitStatus> {
  if (args.includes('--help') || args.includes('-h')) {
    shell.out(usage);
    return 0;
  }
  try {
    shell.out(await approve(args.length === 1 ? args[0] : undefined, await ports(), terminal));
    return 0;
  } catch (error) {
    if (error instanceof OpenQuestion) {
      shell.out(answerOf(reviewConfigs, error, await ports()).text);
      return 1;
    }
    const expected = toolErrorIn(error);
    if (expected === undefined) throw error;
    shell.err(expected.text);
    return expected.code === 'BAD_INPUT' ? 2 : 1;
  }
}

const usage =
  'audit-load-test approve <reviewId>\n\nShows what would be uploaded and asks for a typed yes. Works in a terminal only.';
