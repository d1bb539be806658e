/** Pure: plans the fewest ListSteps calls that read all steps which may have changed. */

/** Steps per page, and ids per call. */
export const pageSize = 50;
export const idsPerCall = 10;

export interface LookPlan {
  /** Pages of active steps to read first: 0, or all of them. */
  readonly activePages: number;
  /** Further pages of the unfiltered list. */
  readonly morePages: number;
}

/**
 * @param positions of the unfinished steps in the unfiltered list (newest first), counted from the first unread entry
 *
 * Steps run roughly in the order of submission, so a few more pages often contain them all; single old ones are cheaper by
 * id; many scattered ones are cheaper through the list of active steps, after which few are left. The plan with the fewest
 * calls wins, by exact count for the first two and by the number of active steps for the last.
 */
export function planLook(positions: readonly number[]): LookPlan {
  if (positions.length === 0) return { activePages: 0, morePages: 0 };
  const { calls, pages } = pagesThenIds(positions);
  // Plus one call for the steps that finished since the last read.
  const activePages = Math.ceil(positions.length / pageSize);
  return activePages + 1 < calls ? { activePages, morePages: 0 } : { activePages: 0, morePages: pages };
}

/** The number of further pages that minimizes pages plus calls by id. */
export function pagesThenIds(positions: readonly number[]): { calls: number; pages: number } {
  const sorted = [...positions].sort((a, b) => a - b);
  let best = { calls: Math.ceil(sorted.length / idsPerCall), pages: 0 };
  sorted.forEach((position, index) => {
    const pages = Math.floor(position / pageSize) + 1;
    const left = sorted.slice(index + 1).filter((other) => other >= pages * pageSize).length;
    const calls = pages + Math.ceil(left / idsPerCall);
    if (calls < best.calls) best = { calls, pages };
  });
  return best;
}
