/** The levels that were uploaded, by the bytes that the session keeps of them: a commit does not depend on the disk. */
import { sha256 } from '../../domain/digest.ts';
import { ToolError } from '../../domain/errors.ts';
import type { Ports } from '../../ports/ports.ts';
import type { ChecksSnapshot } from '../../ports/repository.ts';
import type { Review } from '../../review/review.ts';
import { withDisk } from '../../review/scalePlan.ts';
import { getPack, putPack } from '../../state/packs.ts';
import type { Session, Uploaded } from '../../state/session.ts';
import type { Blobs } from '../../state/store.ts';
import { reviewOf } from '../checks.ts';

/** Stores every file under review, unless an earlier upload of it did. Returns the digest. */
export async function keepBytes(blobs: Blobs, { uploads }: Session, review: Review): Promise<string> {
  const known = uploads.find(({ reviewId }) => reviewId === review.reviewId)?.bytes;
  if (known !== undefined && (await blobs.get(known)) !== undefined) return known;
  return putPack(blobs, new Map(review.files.map(({ path, file }) => [path, file.disk])));
}

/** An uploaded level as it was approved. */
export interface KeptLevel {
  readonly review: Review;
  /** The schedules whose newest upload it is. */
  readonly schedules: readonly Uploaded['schedule'][];
  /** How many of its files are different on disk by now. */
  readonly differOnDisk: number;
}

/** The newest uploads of a load, each as it was approved. @throws ToolError CONFLICT when the bytes of one are gone */
export async function keptLevels(
  ports: Pick<Ports, 'blobs' | 'settings'>,
  session: Session,
  snapshot: ChecksSnapshot,
  load: number,
): Promise<KeptLevel[]> {
  const uploads = session.uploads.filter((one) => one.load === load);
  const newest = uploads.filter(
    (one, index) => uploads.findIndex(({ reviewId }) => reviewId === one.reviewId) === index,
  );
  return Promise.all(
    newest.map(async (upload) => {
      const schedules = uploads
        .filter(({ reviewId }) => reviewId === upload.reviewId)
        .map(({ schedule }) => schedule);
      return { ...(await keptLevel(ports, session, snapshot, upload)), schedules };
    }),
  );
}

async function keptLevel(
  ports: Pick<Ports, 'blobs' | 'settings'>,
  session: Session,
  snapshot: ChecksSnapshot,
  upload: Uploaded,
): Promise<Omit<KeptLevel, 'schedules'>> {
  const onDisk = await reviewOf(ports, session, snapshot, upload);
  if (onDisk.reviewId === upload.reviewId) return { review: onDisk, differOnDisk: 0 };
  const kept = upload.bytes === undefined ? undefined : await getPack(ports.blobs, upload.bytes);
  if (kept === undefined)
    throw new ToolError(
      'CONFLICT',
      `The ${upload.load}x configs on disk differ from the uploaded ones, and the uploaded bytes are not in STATE_DIR. Nothing was committed.`,
      {
        next: `call scaleConfigs with load ${upload.load} and uploadChecks again, then commitResults.`,
      },
    );
  let differOnDisk = 0;
  const asUploaded = snapshot.files.map((file) => {
    if (!kept.has(file.path)) return file;
    const bytes = kept.get(file.path);
    const digest = bytes && sha256(bytes);
    if (digest !== file.diskDigest) differOnDisk += 1;
    return withDisk(file, bytes && digest ? { digest, bytes } : undefined);
  });
  return {
    review: await reviewOf(ports, session, { ...snapshot, files: asUploaded }, upload),
    differOnDisk,
  };
}
