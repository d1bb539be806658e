import type { Schedule } from '../domain/schedules.ts';
import type { Session } from '../state/session.ts';

/** The digest of a schedule's cluster config in the files of a DAG upload (name -> digest). */
export function clusterConfigDigest(
  files: Readonly<Record<string, string>>,
  schedule: Schedule,
): string | undefined {
  return Object.entries(files).find(([name]) => name.endsWith(`_cluster_${schedule}.json`))?.[1];
}

/** What a round that begins now runs with: the uploaded review and the cluster config in the bucket. */
export function roundInputs(
  session: Pick<Session, 'uploads'>,
  dag: Pick<NonNullable<Session['dag']>, 'files' | 'clusterNames'> | undefined,
  { load, schedule }: { readonly load: number; readonly schedule: Schedule },
): { reviewId?: string; clusterConfig?: string; clusterName?: string } {
  const uploaded = session.uploads.findLast((upload) => upload.schedule === schedule && upload.load === load);
  const clusterConfig = clusterConfigDigest(dag?.files ?? {}, schedule);
  const clusterName = dag?.clusterNames?.[schedule];
  return {
    ...(uploaded === undefined ? {} : { reviewId: uploaded.reviewId }),
    ...(clusterConfig === undefined ? {} : { clusterConfig }),
    ...(clusterName === undefined ? {} : { clusterName }),
  };
}
