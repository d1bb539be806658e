import type { Report } from './model.ts';

/**
 * A round of which most steps did not complete, or whose cluster failed: where its time went says nothing about the load, so
 * that no setting is suggested from it.
 */
export function isBroken({ cluster, counts }: Pick<Report, 'cluster' | 'counts'>): boolean {
  const ended = counts.total - counts.unfinished;
  return cluster.failure !== undefined || 2 * counts.successful < ended;
}
