/** Facts about the checks that several steps of the workflow begin with: the files, the session, the review. */
import type { KnownFixes } from '../checks/expected.ts';
import { type Manifest, type Review, type ReviewTarget, reviewChecks } from '../checks/review.ts';
import { ToolError } from '../errors.ts';
import type { Blobs, ChecksSnapshot, Ports, Watch } from '../ports.ts';
import type { Session } from '../state/session.ts';

/** The fixes of one load with the bytes they put on disk. */
export async function readFixes(blobs: Blobs, session: Session, load: number): Promise<KnownFixes> {
  const fixes = session.fixes.get(load) ?? [];
  const bytes = new Map<string, Uint8Array>();
  for (const fix of fixes) {
    const kept = await blobs.get(fix.digest);
    if (kept !== undefined) bytes.set(fix.digest, kept);
  }
  return { fixes, bytes };
}

/** A manifest that the session names; empty when its bytes are gone, so that nothing in it counts as ours. */
export async function readManifest(blobs: Blobs, digest: string): Promise<Manifest> {
  const bytes = await blobs.get(digest);
  return bytes === undefined ? {} : (JSON.parse(bytes.toString('utf8')) as Manifest);
}

export async function keepManifest(blobs: Blobs, manifest: Manifest): Promise<string> {
  return blobs.put(Buffer.from(JSON.stringify(manifest)));
}

export interface ReviewFacts {
  readonly session: Session;
  readonly snapshot: ChecksSnapshot;
  readonly review: Review;
}

/**
 * The files on disk under review at the session's load level.
 * @throws ToolError WRONG_STATE when no load level was made yet
 */
export async function readReview(
  ports: Pick<Ports, 'target' | 'sessions' | 'blobs' | 'settings'>,
  options: { forWriting: boolean },
  watch?: Watch,
): Promise<ReviewFacts> {
  const session = await ports.sessions.load();
  const level = requireLevel(session);
  const snapshot = await ports.target.snapshot(options, watch);
  return { session, snapshot, review: await reviewOf(ports, session, snapshot, level) };
}

export async function reviewOf(
  ports: Pick<Ports, 'blobs' | 'settings'>,
  session: Session,
  snapshot: ChecksSnapshot,
  target: ReviewTarget,
): Promise<Review> {
  return reviewChecks(snapshot, target, await readFixes(ports.blobs, session, target.load), ports.settings);
}

export function requireLevel(session: Session): ReviewTarget {
  if (session.level !== undefined) return session.level;
  throw new ToolError('WRONG_STATE', 'No load level was made in this session yet. Nothing was changed.', {
    next: 'call scaleConfigs with the load that you want to test, for example 2x.',
  });
}
