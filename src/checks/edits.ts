import type { Fix } from '../state/session.ts';
import type { ExpectedFile } from './expected.ts';
import type { Manifest } from './review.ts';

/**
 * Somebody's edits: files whose bytes are none of the baseline, HEAD's, what was last written (or was being written
 * when a call was interrupted), anything fixed or approved, and what this call would write anyway.
 */
export function foreignEdits(
  files: readonly ExpectedFile[],
  written: readonly Manifest[],
  fixes: Iterable<readonly Fix[]>,
): ExpectedFile[] {
  const known = new Set<string>();
  for (const some of fixes) for (const fix of some) known.add(`${fix.path}\0${fix.digest}`);
  for (const manifest of written)
    for (const [path, digest] of Object.entries(manifest)) known.add(`${path}\0${digest}`);
  return files.filter(({ path, file, digest }) => {
    const disk = file.diskDigest ?? 'deleted';
    if (disk === file.baselineDigest || disk === file.headDigest || disk === digest) return false;
    return !known.has(`${path}\0${disk}`);
  });
}
