/** Looks for DAG runs that no round owns, and words them. */
import { findLoad } from '../dag/source.ts';
import { dagKey } from '../domain/keys.ts';
import { schedules } from '../domain/schedules.ts';
import { formatDuration, plural } from '../domain/text.ts';
import { localStamp } from '../domain/time.ts';
import type { Ports } from '../ports/ports.ts';
import type { Watch } from '../ports/time.ts';
import { isExpected, otherRunsOn, type SeenRun, type SightedCluster } from '../rounds/otherRuns.ts';
import { startMs } from '../rounds/window.ts';
import type { OtherRun, Round, Session } from '../state/session.ts';
import { clusterNames } from './clusters.ts';
import { missedWarnings, type SharedDeadline, shortLooks } from './deadline.ts';

type LookPorts = Pick<Ports, 'clusters' | 'dags' | 'settings'>;

/** How far back to look for an unmarked DAG run, in milliseconds. */
export const lookBackMs = 24 * 3600 * 1000;
/** The steps of at most so many new clusters, and of as many clusters of rounds, are read. */
const mostClusters = 3;

interface Since {
  readonly sinceMs: number;
  /** The rounds that count; default: all. */
  readonly rounds?: readonly Round[];
  /** See unownedRuns. */
  readonly isMark?: boolean;
  /** Leaves out the clusters of rounds. */
  readonly strangersOnly?: boolean;
}

/** The runs of our DAGs since a time that no round owns or expects, oldest first. */
export async function findOtherRuns(
  ports: LookPorts,
  session: Session,
  { sinceMs, rounds = session.rounds, isMark = false, strangersOnly = false }: Since,
  watch?: Watch,
): Promise<SeenRun[]> {
  const names = await namesOf(ports, session);
  const isOurs = (name: string) => Object.values(names).some((prefix) => name.startsWith(prefix));
  const created = (await ports.clusters.createdSince(sinceMs, watch)).filter(({ name }) => isOurs(name));
  const bound = new Set(rounds.flatMap(({ clusterId }) => clusterId ?? []));
  const fresh = created.filter(({ id }) => !bound.has(id)).slice(0, mostClusters);
  const known = strangersOnly ? [] : [...bound].reverse().slice(0, mostClusters);
  const seen: SightedCluster[] = [];
  for (const id of new Set([...fresh.map((cluster) => cluster.id), ...known])) {
    const { steps } = await ports.clusters.steps(id, watch);
    const summary = created.find((cluster) => cluster.id === id);
    seen.push({ id, ...(summary && { created: summary }), steps });
  }
  return otherRunsOn(rounds, seen, names, ports.settings.configsPrefix, isMark).filter(
    (run) =>
      run.startedMs >= sinceMs &&
      (bound.has(run.clusterId) || !isExpected({ createdMs: run.startedMs }, run.schedule, rounds)),
  );
}

/** A run that began so long before a round may still have run beside it. */
const besideMs = 2 * 3600 * 1000;

/** The runs of no round that ran in a round's time, also those that began before it. */
export async function findRunsBeside(
  ports: LookPorts,
  session: Session,
  round: Round,
  watch?: Watch,
): Promise<SeenRun[]> {
  const fromMs = startMs(round);
  const found = await findOtherRuns(ports, session, { sinceMs: fromMs - besideMs }, watch);
  return found.filter((run) => run.startedMs >= fromMs || run.active || run.lastMs > fromMs);
}

/** Schedule -> name prefix of its clusters: from the last upload, otherwise from disk. */
export async function namesOf(ports: Pick<Ports, 'dags'>, session: Session): Promise<Record<string, string>> {
  const uploaded = session.dag?.clusterNames ?? {};
  if (schedules.every((schedule) => uploaded[schedule] !== undefined)) return uploaded;
  return { ...clusterNames(await ports.dags.read()), ...uploaded };
}

/** Records the runs that no round owns, if they are not those that were seen last. */
export async function keepOtherRuns(
  ports: Pick<Ports, 'sessions'>,
  session: Session,
  found: readonly SeenRun[],
): Promise<void> {
  const runs = found.map(otherRunFields);
  if (JSON.stringify(runs) === JSON.stringify(session.otherRuns)) return;
  await ports.sessions.record(() => [{ type: 'otherRunsSeen', runs }]);
}

/**
 * Active runs of the last day that no round owns and that were not told yet; from now on they count as told. If AWS cannot be
 * asked in time, the list is empty and a warning says so.
 */
export async function untoldRuns(
  ports: LookPorts & Pick<Ports, 'sessions' | 'clock'>,
  session: Session,
  watch: Watch,
): Promise<{ untold: SeenRun[]; warnings: string[] }> {
  const deadline = shortLooks(ports.clock, watch);
  const untold = await lookForUntold(ports, session, deadline);
  await keepTold(ports, untold);
  return { untold, warnings: missedWarnings(deadline) };
}

async function lookForUntold(
  ports: LookPorts & Pick<Ports, 'clock'>,
  session: Session,
  deadline: SharedDeadline,
): Promise<SeenRun[]> {
  const since = { sinceMs: ports.clock.localMs() - lookBackMs, strangersOnly: true };
  const look = (inTime: Watch) => findOtherRuns(ports, session, since, inTime);
  const found = (await deadline.look("whether somebody else's run is active", look)) ?? [];
  return found.filter((run) => run.active && !session.toldClusters.has(run.clusterId));
}

/** From now on these runs count as told. */
async function keepTold(ports: Pick<Ports, 'sessions'>, untold: readonly SeenRun[]): Promise<void> {
  if (untold.length === 0) return;
  await ports.sessions.record(({ otherRuns }) => [
    { type: 'otherRunsSeen', runs: [...otherRuns, ...untold.map(otherRunFields)] },
  ]);
}

type StrangerPorts = LookPorts & Pick<Ports, 'clock' | 'store'>;

/** What others do under these names, told before a level begins: active runs, and a LOAD in the bucket. */
export async function strangerWarnings(
  ports: StrangerPorts,
  session: Session,
  deadline: SharedDeadline,
): Promise<string[]> {
  const untold = await lookForUntold(ports, session, deadline);
  const foreign = await foreignLoadWarnings(ports, session, deadline);
  return [...(untold.length === 0 ? [] : [`${untoldText(untold)}.`]), ...foreign];
}

/** As untoldRuns, and warns of a LOAD in the bucket that is not this session's last upload. */
export async function untoldRunsAndLoad(
  ports: StrangerPorts & Pick<Ports, 'sessions'>,
  session: Session,
  watch: Watch,
) {
  const deadline = shortLooks(ports.clock, watch);
  const untold = await lookForUntold(ports, session, deadline);
  await keepTold(ports, untold);
  const foreign = await foreignLoadWarnings(ports, session, deadline);
  return { untold, warnings: [...foreign, ...missedWarnings(deadline)] };
}

/** A LOAD in the bucket that is not this session's last upload. */
async function foreignLoadWarnings(
  { dags, store, settings }: Pick<Ports, 'dags' | 'store' | 'settings'>,
  { dag }: Session,
  deadline: SharedDeadline,
): Promise<string[]> {
  const bytes = await deadline.look('LOAD in the bucket', async () => {
    const [file] = await dags.read();
    return store.read(dagKey(settings, file?.name ?? ''));
  });
  const load = bytes && findLoad(Buffer.from(bytes).toString('utf8'));
  if (load === undefined || load === dag?.load) return [];
  return [foreignLoadText(load, dag?.load)];
}

/** @param ours LOAD in this session's last upload */
export function foreignLoadText(load: number, ours: number | undefined): string {
  const has = `The DAG in the bucket has LOAD = ${load}`;
  if (ours === undefined) return `${has}, from no upload of this session.`;
  return `${has}, not the ${ours}x that this session uploaded last: somebody else changed it.`;
}

/** What is told of them before anything is changed, without a full stop. */
export function untoldText(runs: readonly SeenRun[]): string {
  const noun = runs.length === 1 ? 'A run' : 'Runs';
  return `${noun} of no round in this session ${runs.length === 1 ? 'is' : 'are'} active under these names, perhaps somebody else's: ${runs.map(runText).join('; ')}`;
}

/** A run as a result and the journal name it. */
export function otherRunFields({ clusterId, runId, schedule, load, startedMs, steps }: SeenRun): OtherRun {
  return {
    clusterId,
    ...(runId === undefined ? {} : { runId }),
    schedule,
    ...(load === undefined ? {} : { load }),
    startedAt: localStamp(startedMs * 1000),
    steps,
  };
}

/** A run with its length, for a question. */
export function possibleRunFields(run: SeenRun) {
  const { runId: _, ...fields } = otherRunFields(run);
  return { ...fields, seconds: Math.round((run.lastMs - run.startedMs) / 1000), active: run.active };
}

/** `j-X (4x 15m, since 2025-…, 31 steps, 12m 3s)`. */
export function runText(run: SeenRun): string {
  const { clusterId, schedule, load, startedMs, lastMs, steps } = run;
  const what = load === undefined ? schedule : `${load}x ${schedule}`;
  const length = steps === 0 ? '' : `, ${formatDuration((lastMs - startedMs) / 1000)}`;
  return `${clusterId} (${what}, since ${localStamp(startedMs * 1000)}, ${plural(steps, 'step')}${length})`;
}
