import { ToolError } from '../domain/errors.ts';
import { type Schedule, schedules } from '../domain/schedules.ts';
import type { Ports } from '../ports/ports.ts';
import type { DagFile } from '../ports/project.ts';
import type { Watch } from '../ports/time.ts';
import { clusterFor, earlierClusters, isNamedFor } from '../rounds/choice.ts';
import { stepsIn, windowOf } from '../rounds/window.ts';
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

/** @throws ToolError NOT_FOUND with the candidates if no cluster can be the round's */
export async function chooseCluster(
  ports: ClusterPorts,
  session: Session,
  round: Round,
  given: string | undefined,
  watch?: Watch,
): Promise<ChosenCluster> {
  if (given !== undefined) return { clusterId: given, clusterFrom: 'given', certain: false };
  if (round.clusterId !== undefined)
    return { clusterId: round.clusterId, clusterFrom: 'round', certain: true };
  return searchCluster(ports, session, round, watch);
}

/**
 * Looks for the round's cluster by name and time, then among earlier rounds' clusters. Excludes the cluster the round
 * is bound to: a second search happens only if that one ended without a step.
 * @throws ToolError NOT_FOUND
 */
export async function searchCluster(
  ports: ClusterPorts,
  session: Session,
  round: Round,
  watch?: Watch,
): Promise<ChosenCluster> {
  const window = windowOf(round, session.rounds);
  const name = round.clusterName ?? clusterName(await ports.dags.read(), round.schedule);
  const created = (await ports.clusters.createdSince(window.fromMs, watch)).filter(
    (cluster) => cluster.id !== round.clusterId,
  );
  const found = clusterFor(window, { namePrefix: name, load: round.load }, created);
  if (found !== undefined)
    return { clusterId: found.id, clusterFrom: 'found', certain: isNamedFor(found, name, round.load) };

  for (const clusterId of earlierClusters(round, session.rounds)) {
    const { steps } = await ports.clusters.steps(clusterId, watch);
    if (stepsIn(window, round.schedule, steps, ports.settings.configsPrefix).own.length > 0)
      return { clusterId, clusterFrom: 'carried', certain: false };
  }
  const candidates = created.slice(0, 5).map((cluster) => `${cluster.id} (${cluster.state})`);
  throw new ToolError(
    'NOT_FOUND',
    `No cluster named ${name}… was created after round ${round.round} started (${round.startedAt}), and no earlier cluster has steps since then. ${
      candidates.length === 0
        ? 'No other cluster was created since then.'
        : `Created since then: ${candidates.join(', ')}.`
    } Nothing was changed.`,
    {
      next: `if the DAG was not triggered yet, ask the user to trigger it, then call pollCluster again; or give clusterId. If the DAG ran before the mark, call markRound with schedule: ${round.schedule} and already: true.`,
    },
  );
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
 * The `Name` in a schedule's cluster config: the name prefix of every cluster its DAG creates.
 * @throws ToolError CONFIG without one
 */
export function clusterName(files: readonly DagFile[], schedule: Schedule): string {
  const file = configOf(files, schedule);
  const name = nameIn(file);
  if (name !== undefined) return name;
  throw new ToolError(
    'CONFIG',
    `${file?.name ?? 'The cluster config'} has no Name, so its clusters cannot be found.`,
    {
      next: 'add a Name to the cluster config, or give clusterId.',
    },
  );
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
