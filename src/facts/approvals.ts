import { approvalStep } from '../checks/approval.ts';
import { schedulesInScope } from '../checks/expected.ts';
import type { Review } from '../checks/review.ts';
import type { Ports, Watch } from '../ports.ts';
import type { Fix, Session } from '../state/session.ts';
import { keepReview } from './checks.ts';
import { uploadQuestion } from './questions.ts';

type Wanted = Pick<Ports, 'sessions' | 'blobs' | 'settings'>;
type Asking = Watch & { ask(question: string): Promise<'accepted' | 'unanswered'> };

/**
 * Whether the person's yes to these very bytes is there, after asking where asking is allowed. A yes is recorded;
 * silence, decline and a missing capability are never taken for a no, nor for a yes.
 */
export async function isApproved(
  ports: Wanted,
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

/** Records the approval with every file that is not simply baseline × load: those are the load's known fixes now. */
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
    const kept = await ports.blobs.put(file.disk);
    fixes.push({ path, schedule: rule.schedule, baselineDigest: file.baselineDigest, digest: kept, origin });
  }
  const schedules = [...schedulesInScope(target.scope, target.schedule)];
  // A later look tells what changed since then.
  const manifest = await keepReview(ports, review);
  await ports.sessions.record(() => [
    { type: 'reviewed', reviewId, manifest },
    { type: 'approved', reviewId, load: target.load, by, fixes, schedules },
  ]);
}
