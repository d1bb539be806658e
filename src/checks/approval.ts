import type { Settings } from '../settings.ts';
import type { Session } from '../state/session.ts';

/** What to do about the user's approval before bytes leave the machine. */
export type ApprovalStep =
  | 'not_needed'
  | 'approved_before'
  | 'approved_now'
  | 'ask_person'
  | 'wait_for_person';

/**
 * `approved` is the caller's claim that the user approved. With APPROVAL=terminal only the user's own terminal
 * counts; with APPROVAL=chat the chat is the place to ask. Anything but a clear yes waits.
 */
export function approvalStep(
  session: Pick<Session, 'approved'>,
  review: { reviewId: string; approvalNeeded: boolean },
  approved: boolean | undefined,
  mode: Settings['approval'],
): ApprovalStep {
  if (!review.approvalNeeded) return 'not_needed';
  if (session.approved.has(review.reviewId)) return 'approved_before';
  if (mode === 'terminal') return 'wait_for_person';
  if (approved === true) return 'approved_now';
  // An explicit false is the user's answer in the chat: do not ask again.
  return mode === 'ask' && approved === undefined ? 'ask_person' : 'wait_for_person';
}
