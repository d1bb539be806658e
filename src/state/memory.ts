/** What a session remembers of bytes: known fixes, edits that travel, and what it wrote at a load. */
import type { Fix } from './events.ts';
import type { EventOf, Session } from './model.ts';

export function baselineKey(path: string, digest: string): string {
  return `${path} ${digest}`;
}

/** At load 1 the baseline itself is written, so those bytes prove nothing. */
export function withLoaded(
  { loaded }: Session,
  manifest: string | undefined,
  load: unknown,
  baseCommit: string | undefined,
): Session['loaded'] {
  if (manifest === undefined || typeof load !== 'number' || load === 1) return loaded;
  if (loaded.get(manifest)?.baseCommit !== undefined) return loaded;
  return new Map(loaded).set(manifest, { load, baseCommit });
}

/** Drops the edits of `removed` paths, then adds these. */
export function withEdits(
  known: Session['edits'],
  load: number,
  added: readonly Fix[],
  removed: readonly string[],
): Session['edits'] {
  const edits = new Map(known);
  for (const path of removed) edits.delete(path);
  for (const fix of added) edits.set(fix.path, { load, fix });
  return edits;
}

/** A new edit of a file replaces the edits that other loads know of it; values set with fixInterval stay per load. */
function withoutOlderEdits(fixes: Session['fixes'], edits: readonly Fix[]): Map<number, readonly Fix[]> {
  const replaced = new Set(pathsOf(edits.filter(({ origin }) => origin === 'edit')));
  return new Map(
    [...fixes].map(([load, known]) => [
      load,
      known.filter(({ path, origin }) => origin !== 'edit' || !replaced.has(path)),
    ]),
  );
}

/** The level's own fixes, with what it carries from other loads and what the user kept. */
export function withKnown(
  session: Session,
  load: number,
  carried: readonly Fix[],
  kept: readonly Fix[],
): Session {
  const added = [...carried, ...kept];
  const others = fixesAt(session, load).filter(({ path }) => !pathsOf(added).includes(path));
  return {
    ...session,
    fixes: withoutOlderEdits(session.fixes, kept).set(load, [...others, ...added]),
    edits: withEdits(session.edits, load, kept, []),
  };
}

function pathsOf(fixes: readonly Fix[]): string[] {
  return fixes.map(({ path }) => path);
}

export function fixesAt({ fixes }: Session, load: number): readonly Fix[] {
  return fixes.get(load) ?? [];
}

/** An approval makes every file that is not baseline × load a known fix of its load; new edits among them travel. */
export function afterApproval(session: Session, event: EventOf<'approved'>): Session {
  const isOther = ({ schedule }: Fix) => !event.schedules.includes(schedule);
  const known = fixesAt(session, event.load);
  const others = known.filter(isOther);
  const isKnown = (one: Fix) => known.some(({ path, digest }) => path === one.path && digest === one.digest);
  const removed = known.filter((one) => !isOther(one) && !event.fixes.some(({ path }) => path === one.path));
  const edits = event.fixes.filter((one) => !isKnown(one) || !session.edits.has(one.path));
  return {
    ...session,
    edits: withEdits(session.edits, event.load, edits, event.load === 1 ? [] : pathsOf(removed)),
    loaded:
      session.lastReview?.reviewId === event.reviewId
        ? withLoaded(session, session.lastReview.manifest, event.load, session.level?.baseCommit)
        : session.loaded,
    approved: new Set(session.approved).add(event.reviewId),
    approvedManifests: withApproval(session, event),
    fixes: withoutOlderEdits(session.fixes, edits).set(event.load, [...others, ...event.fixes]),
    approvedFixes: new Map(session.approvedFixes).set(event.reviewId, event.fixes),
  };
}

export function keptBy(session: Session, { arguments: { load }, kept }: EventOf<'begun'>): Session {
  return kept === undefined || typeof load !== 'number' ? session : withKnown(session, load, [], kept);
}

/** An approval covers what was shown right before it: that review's manifest, for each schedule under review. */
function withApproval(
  { approvedManifests, lastReview }: Session,
  { reviewId, load, schedules }: EventOf<'approved'>,
): ReadonlyMap<string, string> {
  if (lastReview?.reviewId !== reviewId) return approvedManifests;
  return new Map([
    ...approvedManifests,
    ...schedules.map((schedule) => [approvalKey(load, schedule), lastReview.manifest] as const),
  ]);
}

export function approvalKey(load: number, schedule: string): string {
  return `${load}x ${schedule}`;
}
