/** What a session remembers of bytes: known fixes, edits that travel, and what it wrote at a load. */
import type { Fix } from './events.ts';
import type { Session } from './model.ts';

export function baselineKey(path: string, digest: string): string {
  return `${path} ${digest}`;
}

/** At load 1 the baseline itself is written, so those bytes prove nothing. */
export function withLoaded(
  { loaded, level }: Session,
  manifest: string | undefined,
  load: unknown,
  baseCommit = level?.baseCommit,
): Session['loaded'] {
  if (manifest === undefined || typeof load !== 'number' || load === 1 || loaded.has(manifest)) return loaded;
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
export function withoutOlderEdits(
  fixes: Session['fixes'],
  edits: readonly Fix[],
): Map<number, readonly Fix[]> {
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
  const others = fixesOf(session, load).filter(({ path }) => !pathsOf(added).includes(path));
  return {
    ...session,
    fixes: withoutOlderEdits(session.fixes, kept).set(load, [...others, ...added]),
    edits: withEdits(session.edits, load, kept, []),
  };
}

export function pathsOf(fixes: readonly Fix[]): string[] {
  return fixes.map(({ path }) => path);
}

export function fixesOf({ fixes }: Session, load: number): readonly Fix[] {
  return fixes.get(load) ?? [];
}
