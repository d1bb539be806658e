/** The guard of the baseline: what a load test wrote at a load above 1 is not a baseline unless the user says so. */
import { OpenQuestion, type Question } from '../../domain/errors.ts';
import { ruleFor } from '../../domain/schedules.ts';
import { plural, takeWithinBudget } from '../../domain/text.ts';
import type { Ports } from '../../ports/ports.ts';
import type { ChecksSnapshot } from '../../ports/repository.ts';
import type { Watch } from '../../ports/time.ts';
import type { Settings } from '../../settings.ts';
import { baselineKey, type Session } from '../../state/session.ts';
import { readManifest } from './manifests.ts';

/** A check file whose baseline holds what a load test wrote, or the user approved, at a load above 1. */
export interface LoadedBaseline {
  readonly file: string;
  readonly load: number;
  readonly digest: string;
  /** The baseline that it was written against, when this session knows it. */
  readonly baseCommit: string | undefined;
}

type BaselinePorts = Pick<Ports, 'blobs' | 'target' | 'settings'>;

/**
 * The baselines that are a level: after a squash, a merge or a branch made anew. This session remembers its own, and the
 * history names those of any session that were committed. Bytes that the file already had before, and those that the
 * user accepted, are its own.
 */
export async function loadedBaselines(
  { blobs, target }: Pick<Ports, 'blobs' | 'target'>,
  session: Session,
  { files, baseCommit, loadTested }: ChecksSnapshot,
  watch?: Watch,
): Promise<LoadedBaseline[]> {
  const scaled = files.filter(
    ({ path, baselineDigest = '' }) =>
      ruleFor(path)?.scales && !session.acceptedBaselines.has(baselineKey(path, baselineDigest)),
  );
  const isSame = !scaled.some(({ newOnBranch }) => newOnBranch);
  const remembered = new Map<string, LoadedBaseline>();
  for (const [digest, { load, baseCommit: before }] of session.loaded) {
    if (isSame && before === baseCommit) continue;
    const manifest = (await readManifest(blobs, digest)) ?? {};
    for (const { path, baselineDigest } of scaled)
      if (baselineDigest !== undefined && manifest[path] === baselineDigest)
        remembered.set(path, { file: path, load, digest: baselineDigest, baseCommit: before });
  }
  const suspects = [...remembered.values()];
  const held = new Set<string>();
  for (const commit of new Set(suspects.flatMap((one) => one.baseCommit ?? []))) {
    const paths = suspects.flatMap((one) => (one.baseCommit === commit ? [one.file] : []));
    for (const path of await target.heldUpTo(commit, paths, watch)) held.add(path);
  }
  const committed = new Map(loadTested.map(({ path, load }) => [path, load]));
  return scaled.flatMap(({ path, baselineDigest }): LoadedBaseline[] => {
    const known = held.has(path) ? undefined : remembered.get(path);
    const load = committed.get(path);
    if (known !== undefined || load === undefined || baselineDigest === undefined)
      return known ? [known] : [];
    return [{ file: path, load, digest: baselineDigest, baseCommit: undefined }];
  });
}

/** What a loaded baseline is, and how to get back to an unloaded one. */
export function loadedBaselineText(
  loaded: readonly LoadedBaseline[],
  { baselineRef, testBranch, place }: Pick<Settings, 'baselineRef' | 'testBranch' | 'place'>,
) {
  const loads = [...new Set(loaded.map(({ load }) => `${load}x`))].join(', ');
  const known = loaded.find((one) => one.baseCommit !== undefined)?.baseCommit?.slice(0, 12);
  const before = known === undefined ? 'the commit before the load test' : `${known}, the baseline before`;
  return {
    what: `The baseline (${baselineRef}) has in ${plural(loaded.length, 'check file')} what a load test wrote at ${loads}, so scaling it would compound.`,
    back: `To get back, the user types git revert for the commit on ${baselineRef} that brought the scaled files, and makes ${testBranch} anew from ${baselineRef}; or sets BASELINE_REF in ${place} to ${before}.`,
  };
}

/** The question about such a baseline; `again` are the arguments of the scaling that accepts it. */
export function baselineQuestion(
  loaded: readonly LoadedBaseline[],
  settings: Settings,
  again: Readonly<Record<string, unknown>>,
) {
  const { what, back } = loadedBaselineText(loaded, settings);
  return {
    summary: `${what} Nothing was changed.`,
    nextSteps: [
      'Ask the user: are these files (loadedBaselines) the baseline now?',
      back,
      `Only if the user says that they are: scaleConfigs with load ${again.load}${again.dryRun ? ', dryRun: true' : ''} and acceptBaseline: true.`,
    ],
    status: 'needs_decision' as const,
    loadedBaselines: takeWithinBudget(
      loaded.map(({ file, load }) => ({ file, load })),
      900,
    ),
    loadedBaselinesTotal: loaded.length,
    callAgain: { tool: 'scaleConfigs', arguments: { ...again, acceptBaseline: true } },
  } satisfies Question;
}

/** @throws OpenQuestion when the baseline is a level that nobody accepted as a baseline */
export async function requireUnloadedBaseline(
  ports: BaselinePorts,
  session: Session,
  snapshot: ChecksSnapshot,
  watch?: Watch,
): Promise<void> {
  const loaded = await loadedBaselines(ports, session, snapshot, watch);
  if (loaded.length === 0) return;
  const { load = session.uploads.at(-1)?.load ?? 1, schedule, scope } = session.level ?? {};
  const again = { load, ...(schedule && { schedule }), ...(scope && { scope }) };
  throw new OpenQuestion(baselineQuestion(loaded, ports.settings, again));
}
