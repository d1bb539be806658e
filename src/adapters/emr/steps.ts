/**
 * Reads the steps of a cluster in few calls. ListSteps returns 50 per page, newest first only when unfiltered, and its
 * quota refills one call every two seconds; so final steps are never read again. EMR's types end here.
 */
import type {
  Cluster as EmrCluster,
  ClusterSummary as EmrClusterSummary,
  ListStepsCommandInput,
  StepSummary,
} from '@aws-sdk/client-emr';
import { clean } from '../../domain/foreignText.ts';
import type { Cluster, ClusterSummary, Step } from '../../ports/aws.ts';

/** One call of ListSteps. */
export type ListPage = (
  input: Omit<ListStepsCommandInput, 'ClusterId'>,
) => Promise<{ steps: readonly Step[]; next: string | undefined }>;

/** What is known about a cluster's steps between two reads. */
export interface KnownSteps {
  /** In EMR's order, oldest first. */
  readonly steps: ReadonlyMap<string, Step>;
  /** True when every step that EMR showed is included. */
  readonly complete: boolean;
  /** Steps that EMR no longer shows. */
  readonly hidden: number;
}

/** EMR shows at most this many steps of a cluster. */
const shownAtMost = 1000;
/** Steps in a page of ListSteps. */
export const pageSize = 50;
/** Ids in a call of ListSteps. */
export const idsPerCall = 10;

/** What is known after another look at the cluster. */
export async function lookAtSteps(known: KnownSteps, list: ListPage): Promise<KnownSteps> {
  return known.complete ? laterLook(known, list) : firstLook(known, list);
}

async function firstLook(known: KnownSteps, list: ListPage): Promise<KnownSteps> {
  const { steps: shown } = await readPages(list, {}, () => true);
  const ids = new Set(shown.map(({ id }) => id));
  const hidden = [...known.steps.values()].filter(({ id }) => !ids.has(id));
  const steps = new Map([...hidden, ...shown.toReversed()].map((step) => [step.id, step]));
  return { steps, complete: true, hidden: hidden.length };
}

async function laterLook(known: KnownSteps, list: ListPage): Promise<KnownSteps> {
  const seen = new Map<string, Step>();
  const see = (steps: readonly Step[]) => {
    for (const step of steps) seen.set(step.id, step);
  };

  // The newest pages, until one ends with a known step.
  const newest = await readPages(list, {}, (page) => !known.steps.has(page.at(-1)?.id ?? ''));
  see(newest.steps);
  const added = newest.steps.filter(({ id }) => !known.steps.has(id));

  const order = [...known.steps.keys(), ...added.map(({ id }) => id).toReversed()].toReversed();
  const rank = new Map(order.map((id, index) => [id, index]));
  const unsettled = () => [...known.steps.values()].filter((step) => !isFinal(step) && !seen.has(step.id));
  const positions = () =>
    unsettled().map(({ id }) => Math.max(0, (rank.get(id) ?? 0) - newest.pages * pageSize));

  let { activePages, morePages } = planLook(positions());
  if (activePages > 0) {
    const active = {
      StepStates: ['PENDING', 'CANCEL_PENDING', 'RUNNING'],
    } satisfies Partial<ListStepsCommandInput>;
    see((await readPages(list, active, () => true)).steps.filter(({ id }) => rank.has(id)));
    morePages = pagesThenIds(positions()).pages;
  }
  if (morePages > 0 && newest.next !== undefined) {
    let pages = 1;
    see((await readPages(list, { Marker: newest.next }, () => pages++ < morePages)).steps);
  }
  const left = unsettled().map(({ id }) => id);
  for (let from = 0; from < left.length; from += idsPerCall)
    see(await readByIds(list, left.slice(from, from + idsPerCall)));

  const steps = new Map(known.steps);
  for (const id of order.toReversed()) {
    const step = seen.get(id);
    if (step !== undefined) steps.set(id, step);
  }
  return { steps, complete: true, hidden: Math.max(known.hidden, steps.size - shownAtMost) };
}

/** States after which a step never changes. Any other, including an unknown one, is read again. */
const finalStates = new Set(['COMPLETED', 'CANCELLED', 'FAILED', 'INTERRUPTED']);

const isFinal = (step: Step): boolean => finalStates.has(step.state);

/**
 * Plans the fewest ListSteps calls that read all unfinished steps. `activePages` is the pages of active steps to read
 * first (0, or all of them), `morePages` the further pages of the unfiltered list.
 *
 * Steps run roughly in the order of submission, so a few more pages often contain them all; single old ones are cheaper
 * by id; many scattered ones are cheaper through the list of active steps, after which few are left. The plan with the
 * fewest calls wins, by exact count for the first two and by the number of active steps for the last.
 *
 * @param positions of the unfinished steps in the unfiltered list (newest first), from the first unread entry
 */
export function planLook(positions: readonly number[]): { activePages: number; morePages: number } {
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

/** Pages from the newest (or from a marker), while `needsNext` returns true. */
async function readPages(
  list: ListPage,
  input: Parameters<ListPage>[0],
  needsNext: (page: readonly Step[]) => boolean,
): Promise<{ steps: Step[]; pages: number; next: string | undefined }> {
  const steps: Step[] = [];
  let pages = 0;
  let next = input.Marker;
  do {
    const page = await list(next === undefined ? input : { ...input, Marker: next });
    steps.push(...page.steps);
    pages += 1;
    next = page.next;
    if (!needsNext(page.steps)) break;
  } while (next !== undefined);
  return { steps, pages, next };
}

/** Steps by id. EMR rejects the whole call if it has dropped one of them; then each is requested alone. */
async function readByIds(list: ListPage, ids: readonly string[]): Promise<readonly Step[]> {
  try {
    return (await list({ StepIds: [...ids] })).steps;
  } catch (error) {
    if (!isUnknownStep(error)) throw error;
    if (ids.length === 1) return [];
    const found: Step[] = [];
    for (const id of ids) found.push(...(await readByIds(list, [id])));
    return found;
  }
}

const isUnknownStep = (error: unknown): boolean =>
  error instanceof Error && /step id '?[^']*'? is not valid/i.test(error.message);

/** One entry of ListSteps; undefined for an entry without an id. */
export function stepOf(summary: StepSummary): Step | undefined {
  const { Id: id, Status: status, Config: config } = summary;
  if (id === undefined) return undefined;
  const { CreationDateTime: created, StartDateTime: started, EndDateTime: ended } = status?.Timeline ?? {};
  const details = status?.FailureDetails;
  // Without failure details, EMR sometimes gives the reason in StateChangeReason.
  const message = details?.Message ?? status?.StateChangeReason?.Message;
  const failure = {
    ...(details?.Reason !== undefined && { reason: clean(details.Reason, 1000) }),
    ...(message !== undefined && message !== '' && { message: clean(message, 4000) }),
    ...(details?.LogFile !== undefined && { logFile: details.LogFile }),
  };
  return {
    id,
    name: summary.Name ?? '',
    state: status?.State ?? 'UNKNOWN',
    arguments: config?.Args ?? [],
    createdMs: created?.getTime() ?? 0,
    ...(started && { startedMs: started.getTime() }),
    ...(ended && { endedMs: ended.getTime() }),
    ...(summary.LogUri !== undefined && summary.LogUri !== '' && { logUri: summary.LogUri }),
    ...(Object.keys(failure).length > 0 && { failure }),
  };
}

export function clusterSummaryOf(summary: EmrClusterSummary): ClusterSummary {
  return {
    id: summary.Id ?? '',
    name: summary.Name ?? '',
    state: summary.Status?.State ?? 'UNKNOWN',
    createdMs: summary.Status?.Timeline?.CreationDateTime?.getTime() ?? 0,
  };
}

export function clusterOf(cluster: EmrCluster, observedMs: number): Cluster {
  const { StateChangeReason: reason, Timeline: timeline } = cluster.Status ?? {};
  const stateReason = [reason?.Code, reason?.Message].filter(Boolean).join(': ');
  return {
    ...clusterSummaryOf(cluster),
    observedMs,
    ...(stateReason !== '' && { stateReason: clean(stateReason, 1000) }),
    ...(timeline?.ReadyDateTime && { readyMs: timeline.ReadyDateTime.getTime() }),
    ...(timeline?.EndDateTime && { endedMs: timeline.EndDateTime.getTime() }),
    ...(cluster.LogUri !== undefined && { logUri: cluster.LogUri }),
    ...(cluster.StepConcurrencyLevel !== undefined && { stepConcurrencyLevel: cluster.StepConcurrencyLevel }),
    ...(cluster.ReleaseLabel !== undefined && { releaseLabel: cluster.ReleaseLabel }),
    ...(cluster.InstanceCollectionType !== undefined && {
      instanceCollectionType: cluster.InstanceCollectionType,
    }),
  };
}
