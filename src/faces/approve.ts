/** The terminal's way to approve: typed by a person, on a real terminal, about the bytes that lie there now. */
import type { Interface } from 'node:readline/promises';
import { ToolError } from '../errors.ts';
import { recordApproval } from '../facts/approvals.ts';
import { readReview } from '../facts/checks.ts';
import { uploadQuestion } from '../facts/questions.ts';
import type { Ports } from '../ports.ts';
import type { ExitStatus, Shell } from './cli.ts';
import { requireSettings, toolErrorIn } from './invoke.ts';
import { saysYes } from './terminal.ts';

/** Answers what to print. @throws ToolError when the review is not the one on disk, or nobody typed yes */
export async function approve(
  reviewId: string | undefined,
  ports: Pick<Ports, 'target' | 'sessions' | 'blobs' | 'settings' | 'problems'>,
  terminal: Interface | undefined,
): Promise<string> {
  if (reviewId === undefined || !/^[0-9a-f]{16}$/.test(reviewId))
    throw new ToolError('BAD_INPUT', 'approve takes one review id of 16 hex digits. Nothing was approved.', {
      next: 'type: audit-load-test approve <reviewId>, with the id that scaleConfigs or reviewConfigs named.',
    });
  if (terminal === undefined)
    throw new ToolError(
      'DENIED',
      'approve is typed by a person in a terminal; this is none. Nothing was approved.',
      {
        next: 'run the same command in a terminal.',
      },
    );
  requireSettings(ports);
  const { session, review } = await readReview(ports, { forWriting: true });
  if (review.reviewId !== reviewId)
    throw new ToolError(
      'CONFLICT',
      `The files on disk are review ${review.reviewId} now, not ${reviewId}. Nothing was approved.`,
      {
        next: `look at them again (git diff, or reviewConfigs), then approve ${review.reviewId}.`,
      },
    );
  if (!review.approvalNeeded) return 'Every byte is the baseline: no approval is needed.';
  if (session.approved.has(reviewId)) return `Review ${reviewId} was approved already.`;
  if (!(await saysYes(terminal, `${uploadQuestion(review, ports.settings)}\nType yes to approve: `)))
    throw new ToolError('WRONG_STATE', 'You did not type yes. Nothing was approved.', {
      next: 'run the same command again when you are sure.',
    });
  await recordApproval(ports, review, 'terminal');
  return `Approved review ${reviewId}. uploadChecks may send it now.`;
}

/** The command: prints the outcome, answers the exit status. */
export async function runApprove(
  words: readonly string[],
  ports: () => Promise<Ports>,
  terminal: Interface | undefined,
  shell: Pick<Shell, 'out' | 'err'>,
): Promise<ExitStatus> {
  if (words.includes('--help') || words.includes('-h')) {
    shell.out(usage);
    return 0;
  }
  try {
    shell.out(await approve(words.length === 1 ? words[0] : undefined, await ports(), terminal));
    return 0;
  } catch (error) {
    const foreseen = toolErrorIn(error);
    if (foreseen === undefined) throw error;
    shell.err(foreseen.text);
    return foreseen.code === 'BAD_INPUT' ? 2 : 1;
  }
}

const usage =
  'audit-load-test approve <reviewId>\n\nShows what would be uploaded and asks. Type yes, in a terminal.';
