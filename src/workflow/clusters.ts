/** Which cluster a round runs on: known, found by name and time, or reused from an earlier round. */
import { ToolError } from '../domain/errors.ts';
import { cleanLine } from '../domain/foreignText.ts';
import { type Schedule, schedules } from '../domain/schedules.ts';
import type { ClusterSummary } from '../ports/aws.ts';
import type { Ports } from '../ports/ports.ts';
import type { DagFile } from '../ports/project.ts';
import type { Watch } from '../ports/time.ts';
import { clustersFor, earlierClusters, isNamedFor } from '../rounds/choice.ts';
import { otherRunsOn, type SeenRun } from '../rounds/otherRuns.ts';
import { stepsOfRound } from '../rounds/runs.ts';
import { windowOf } from '../rounds/window.ts';
import type { Round, Session } from '../state/session.ts';

/** Where the cluster comes from: the caller, the round, a search by name and time, or an earlier round. */
export type ClusterFrom = 'given' | 'round' | 'found' | 'carried';

type ClusterPorts = Pick<Ports, 'clusters' | 'settings' | 'dags'>;

export interface ChosenCluster {
  readonly clusterId: string;
  readonly clusterFrom: ClusterFrom;
  /** Its name is unique to this schedule's DAG at this load, so it is the round's even before the first step. */
  readonly certain: boolean;
}

/** What a search found: one cluster, several runs that could be meant, or none yet. */
export type RunSearch =
  | { readonly kind: 'found'; readonly chosen: ChosenCluster }
  | { readonly kind: 'undecided'; readonly runs: readonly SeenRun[] }
  | { readonly kind: 'none'; readonly namePrefix: string; readonly candidates: readonly ClusterSummary[] };

/** At most so many clusters are looked into when several could be meant. */
const mostLookedInto = 5;

/**
 * Looks for the round's run by name and time, then among earlier rounds' clusters. Leaves out clusters that belong to a round,
 * also to this one: a second search happens only if its cluster ended without a step.
 */
export async function searchRun(
  ports: ClusterPorts,
  session: Session,
  round: Round,
  watch?: Watch,
): Promise<RunSearch> {
  const window = windowOf(round, session.rounds);
  const namePrefix = await namePrefixOf(ports, round);
  const created = (await ports.clusters.createdSince(window.fromMs, watch)).filter(
    (cluster) => cluster.id !== round.clusterId,
  );
  const free = created.filter(({ id }) => session.rounds.every(({ clusterId }) => clusterId !== id));
  const named = clustersFor(window, { namePrefix, load: round.load }, free).slice(0, mostLookedInto);
  const isOwn = async ({ id }: ClusterSummary) => {
    const { steps } = await ports.clusters.steps(id, watch);
    return stepsOfRound(round, session.rounds, { id, steps }, ports.settings.configsPrefix).own.length > 0;
  };
  // Without a name only its steps tell whose a cluster is.
  const possible: ClusterSummary[] = [];
  for (const cluster of named) if (namePrefix !== '' || (await isOwn(cluster))) possible.push(cluster);
  const found = (cluster: Pick<ClusterSummary, 'id' | 'name'>): RunSearch => ({
    kind: 'found',
    chosen: {
      clusterId: cluster.id,
      clusterFrom: 'found',
      certain: isNamedFor(cluster, namePrefix, round.load),
    },
  });
  const [only] = possible;
  if (only !== undefined && possible.length === 1) return found(only);
  if (only !== undefined) {
    const runs: SeenRun[] = [];
    for (const cluster of possible) {
      const { steps } = await ports.clusters.steps(cluster.id, watch);
      const names = { [round.schedule]: namePrefix };
      const seen = { id: cluster.id, created: cluster, steps };
      runs.push(...otherRunsOn(session.rounds, [seen], names, ports.settings.configsPrefix));
    }
    // A cluster that ended without a step ran nothing.
    const ran = runs.filter((run) => run.steps > 0 || run.active);
    const ids = new Set(ran.map((run) => run.clusterId));
    // Oldest first, as the user thinks of them.
    if (ids.size > 1) return { kind: 'undecided', runs: ran.toSorted((a, b) => a.startedMs - b.startedMs) };
    return found(possible.find(({ id }) => ids.has(id)) ?? only);
  }
  for (const clusterId of earlierClusters(round, session.rounds)) {
    const { steps } = await ports.clusters.steps(clusterId, watch);
    const cluster = { id: clusterId, steps };
    if (stepsOfRound(round, session.rounds, cluster, ports.settings.configsPrefix).own.length > 0)
      return { kind: 'found', chosen: { clusterId, clusterFrom: 'carried', certain: false } };
  }
  return { kind: 'none', namePrefix, candidates: created };
}

/** The name prefix of a round's clusters: as uploaded, otherwise from disk; empty where no cluster config is. */
export async function namePrefixOf(
  ports: Pick<Ports, 'dags'>,
  { clusterName: uploaded, schedule }: Pick<Round, 'clusterName' | 'schedule'>,
): Promise<string> {
  return uploaded ?? clusterName(await ports.dags.read(), schedule);
}

/** @throws ToolError NOT_FOUND with the candidates by id, name and state */
export function refuseWithoutRun(round: Round, { namePrefix, candidates }: NoRun): never {
  throw new ToolError(
    'NOT_FOUND',
    `${noRunText(round, namePrefix)} ${candidatesText(candidates)} Nothing was changed.`,
    {
      next: `if the DAG was not triggered yet, ask the user to trigger it, then call pollCluster again; or give clusterId. If the DAG ran before the mark, call markRound with schedule: ${round.schedule} and already: true.`,
    },
  );
}

export type NoRun = Pick<Extract<RunSearch, { kind: 'none' }>, 'namePrefix' | 'candidates'>;

/** `named load_test_15m…`; without a name, by what its steps would be. */
export function ofName(namePrefix: string): string {
  return namePrefix === '' ? 'with its steps' : `named ${cleanLine(namePrefix, 100)}…`;
}

function noRunText({ round, startedAt }: Round, namePrefix: string): string {
  return `No cluster ${ofName(namePrefix)} was created after round ${round} started (${startedAt}), and no earlier cluster has steps since then.`;
}

const candidatesShown = 5;

function candidatesText(candidates: readonly ClusterSummary[]): string {
  if (candidates.length === 0) return 'No other cluster was created since then.';
  const shown = candidates.slice(0, candidatesShown).map(candidateText);
  const more = candidates.length > shown.length ? ` and ${candidates.length - shown.length} more` : '';
  return `Created since then: ${shown.join(', ')}${more}.`;
}

/** A cluster by id, name and state; the name is foreign. */
export function candidateText({ id, name, state }: Pick<ClusterSummary, 'id' | 'name' | 'state'>): string {
  return `${id} (${cleanLine(name, 100)}, ${cleanLine(state, 40)})`;
}

/** Schedule -> the `Name` in its cluster config, for an upload; omits configs without one. */
export function clusterNames(files: readonly DagFile[]): Record<string, string> {
  return Object.fromEntries(
    schedules.flatMap((schedule) => {
      const name = nameIn(configOf(files, schedule));
      return name === undefined ? [] : [[schedule, name]];
    }),
  );
}

/**
 * The `Name` in a schedule's cluster config: the name prefix of every cluster its DAG creates. Empty where there is no
 * config: the DAG makes its cluster itself.
 * @throws ToolError CONFIG for a config without one
 */
function clusterName(files: readonly DagFile[], schedule: Schedule): string {
  const file = configOf(files, schedule);
  if (file === undefined) return '';
  const name = nameIn(file);
  if (name !== undefined) return name;
  throw new ToolError('CONFIG', `${file.name} has no Name, so its clusters cannot be found.`, {
    next: 'add a Name to the cluster config, or give clusterId.',
  });
}

function configOf(files: readonly DagFile[], schedule: Schedule): DagFile | undefined {
  return files.find((one) => one.name.endsWith(`_cluster_${schedule}.json`));
}

function nameIn(file: DagFile | undefined): string | undefined {
  try {
    const { Name } = JSON.parse(file?.bytes.toString('utf8') ?? '{}') as { Name?: unknown };
    return typeof Name === 'string' && Name.length >= 3 ? Name : undefined;
  } catch {
    return undefined;
  }
}
