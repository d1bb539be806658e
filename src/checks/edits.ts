import type { Fix } from '../state/session.ts';
import type { ExpectedFile } from './expected.ts';
import type { Manifest } from './review.ts';

/**
 * Files that somebody edited: their bytes are not those of the baseline, of HEAD, of the last write (finished or
 * interrupted), of anything fixed or approved, nor of what this call would write.
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
