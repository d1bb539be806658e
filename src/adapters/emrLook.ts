/**
 * Reads the steps of a cluster in few calls. ListSteps returns 50 per page, newest first only when unfiltered, and its
 * quota refills one call every two seconds; so final steps are never read again.
 */
import type { ListStepsCommandInput } from '@aws-sdk/client-emr';
import type { Step } from '../ports/aws.ts';
import { isFinal } from './emrSteps.ts';
import { idsPerCall, pageSize, pagesThenIds, planLook } from './lookPlan.ts';

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

  const order = [...[...known.steps.keys(), ...added.map(({ id }) => id).toReversed()]].toReversed();
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
