import type { Ports } from '../ports/ports.ts';
import type { Watch } from '../ports/time.ts';
import { schedulesInScope } from '../review/expected.ts';
import type { Review } from '../review/review.ts';
import type { Settings } from '../settings.ts';
import type { Fix, Session } from '../state/session.ts';
import { keepReview } from './checks.ts';
import { uploadQuestion } from './questions.ts';

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

type ApprovalPorts = Pick<Ports, 'sessions' | 'blobs' | 'settings'>;
type Asking = Watch & { ask(question: string): Promise<'accepted' | 'unanswered'> };

/**
 * Whether the user approved exactly these bytes; asks through the client where that is allowed, and records an approval.
 * Silence, decline and a client that cannot ask count neither as approval nor as refusal.
 */
export async function isApproved(
  ports: ApprovalPorts,
  session: Session,
  review: Review,
  approved: boolean | undefined,
  call: Asking,
  question = () => uploadQuestion(review, ports.settings),
): Promise<boolean> {
  const step = approvalStep(session, review, approved, ports.settings.approval);
  if (step === 'not_needed' || step === 'approved_before') return true;
  if (step === 'wait_for_person') return false;
  if (step === 'approved_now') {
    await recordApproval(ports, review, 'chat');
    return true;
  }
  const answer = await call.ask(question());
  if (answer !== 'accepted') return false;
  await recordApproval(ports, review, 'elicitation');
  return true;
}

/** Records the approval. Every file that is not baseline × load becomes a known fix of this load. */
export async function recordApproval(
  ports: Pick<Ports, 'sessions' | 'blobs'>,
  review: Review,
  by: 'elicitation' | 'chat' | 'terminal',
): Promise<void> {
  const { reviewId, target } = review;
  const fixes: Fix[] = [];
  for (const { path, rule, file, scaledDigest, fix } of review.files) {
    if (file.diskDigest === scaledDigest || file.disk === undefined || file.baselineDigest === undefined)
      continue;
    const origin = fix !== undefined && fix.digest === file.diskDigest ? fix.origin : 'edit';
    const digest = await ports.blobs.put(file.disk);
    fixes.push({ path, schedule: rule.schedule, baselineDigest: file.baselineDigest, digest, origin });
  }
  const schedules = [...schedulesInScope(target.scope, target.schedule)];
  // Later reviews list what changed since this manifest.
  const manifest = await keepReview(ports, review);
  await ports.sessions.record(() => [
    { type: 'reviewed', reviewId, manifest },
    { type: 'approved', reviewId, load: target.load, by, fixes, schedules },
  ]);
}
