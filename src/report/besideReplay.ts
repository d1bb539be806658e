import type { Report } from './model.ts';

/**
 * Seconds of a round that a replay of its steps leaves out: the wait for the first start, and gaps between steps. Every replay adds
 * them, so that it compares with the measured runtime; 0 where nothing was replayed.
 */
export function unmodelledSeconds({ verdict, findings }: Pick<Report, 'verdict' | 'findings'>): number {
  const runtime = verdict.runtimeSeconds ?? 0;
  return Math.max(0, runtime - (findings.model.makespanSeconds ?? runtime));
}
