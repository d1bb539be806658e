import type { Report } from '../model/model.ts';

export type SuggestionFacts = Pick<
  Report,
  'load' | 'coverage' | 'cluster' | 'verdict' | 'counts' | 'findings' | 'failures' | 'clusterConfig' | 'steps'
>;

/** Slots stay free although nothing waits: the steps came more slowly than they ran. */
export function isSubmittedSlowly({ findings, counts }: Pick<Report, 'findings' | 'counts'>): boolean {
  const { meanRunning, slots, waitingShare, tail } = findings;
  if (slots.from !== 'cluster' || slots.limit === null || meanRunning === null || waitingShare === null)
    return false;
  const isIdle = meanRunning < 0.5 * slots.limit && waitingShare < 0.1;
  return isIdle && counts.total > 2 * slots.limit && (tail.shareOfRuntime ?? 0) <= 0.3;
}
