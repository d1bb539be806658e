/** What triggerDag says. */

import type { Schedule } from '../../checks/schedules.ts';
import type { FollowedRun } from '../../facts/dagRuns.ts';

interface Wish {
  readonly dagId: string;
  readonly load: number;
  readonly schedule: Schedule;
  readonly clusterId: string | undefined;
}

export function triggerQuestion({ dagId, load, schedule, clusterId }: Wish, round: number): string {
  return [
    `Trigger ${dagId} in Airflow now?`,
    `It runs the ${schedule} checks at ${load}x, and no other, as round ${round}.`,
    clusterId === undefined
      ? 'It creates a new EMR cluster, which costs money until the run ends.'
      : `It runs on cluster ${clusterId}, which stays up afterwards.`,
  ].join('\n');
}

export function awaitingWords(wish: Wish, mode: string, isMarked: boolean) {
  const { dagId, load, schedule, clusterId } = wish;
  if (mode === 'terminal')
    return {
      status: 'awaiting_approval' as const,
      summary: `Nothing was triggered. With APPROVAL=terminal the person triggers ${dagId} (${load}x) in the Airflow UI.`,
      nextSteps: [
        isMarked
          ? 'The person triggers the DAG in the Airflow UI.'
          : 'markRound; then the person triggers the DAG in the Airflow UI.',
        'Then pollCluster until it is done.',
      ],
    };
  return {
    status: 'awaiting_approval' as const,
    summary: `Nothing was triggered. Everything is ready for ${dagId} at ${load}x; the person has not said yes yet.`,
    nextSteps: [
      'Ask the person: trigger the DAG now? It costs a cluster.',
      'If yes: triggerDag with approved: true; or the person triggers it in the Airflow UI.',
    ],
    callAgain: {
      tool: 'triggerDag',
      arguments: { schedule, ...(clusterId === undefined ? {} : { clusterId }), approved: true },
    },
  };
}

export function triggeredWords(
  { dagId, load }: Pick<Wish, 'dagId' | 'load'>,
  round: number,
  status: 'triggered' | 'unchanged',
  { clusterId, problem }: FollowedRun,
) {
  const what =
    status === 'triggered'
      ? `Triggered ${dagId} at ${load}x as round ${round}`
      : `Round ${round} (${load}x) was triggered already; nothing was triggered again`;
  const cluster = clusterId === undefined ? 'its cluster is not to be seen yet' : `it runs on ${clusterId}`;
  return {
    status,
    summary: `${what}; ${cluster}.`,
    nextSteps: ['pollCluster until the round is done; then buildReport.'],
    warnings:
      problem === undefined
        ? []
        : [
            `The run is under way, but looking for its cluster failed: ${problem.code}. pollCluster looks again.`,
          ],
  };
}
