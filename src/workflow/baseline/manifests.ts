import type { Manifest } from '../../review/review.ts';
import type { Blobs } from '../../state/store.ts';

/** A manifest that the session names; undefined when its bytes are gone. */
export async function readManifest(blobs: Blobs, digest: string): Promise<Manifest | undefined> {
  const bytes = await blobs.get(digest);
  return bytes && (JSON.parse(bytes.toString('utf8')) as Manifest);
}
