/** What triggerDag says. */

import * as z from 'zod';
import type { Schedule } from '../domain/schedules.ts';
import { afterDecline } from '../workflow/approvals.ts';
import type { FollowedRun } from '../workflow/dags.ts';
import { outlookLines, type Wording } from './text.ts';
import { callAgain, declined, listOf, loadOutput, outlookOutput, result, scheduleInput } from './tool.ts';

/** The result of triggerDag. */
export const triggerDagResult = z.object({
  ...result,
  status: z.enum(['triggered', 'unchanged', 'awaiting_approval']),
  dagId: z.string(),
  load: loadOutput,
  schedule: scheduleInput,
  dagRunId: z.string().optional(),
  url: z.string().optional(),
  round: z.int().optional(),
  startedAt: z.string().optional(),
  runState: z.string().optional(),
  clusterId: z.string().optional(),
  declined,
  ...outlookOutput,
  warnings: listOf(z.string()),
  callAgain: callAgain.optional(),
});

/** The DAG run that the user asked for. */
export interface RunRequest {
  readonly dagId: string;
  readonly load: number;
  readonly schedule: Schedule;
  readonly clusterId: string | undefined;
}

export function triggerQuestion(
  { dagId, load, schedule, clusterId }: RunRequest,
  round: number,
  outlook: string | undefined,
): string {
  return [
    `Trigger ${dagId} in Airflow now?`,
    `It runs only the ${schedule} checks, at ${load}x, as round ${round}.`,
    clusterId === undefined
      ? 'It creates a new EMR cluster, which costs money until the run ends.'
      : `It runs on cluster ${clusterId}, which stays up afterwards.`,
    ...(outlook === undefined ? [] : [outlook]),
  ].join('\n');
}

export function triggerAwaitingText(
  request: RunRequest,
  { mode, isMarked, isDeclined }: { mode: string; isMarked: boolean; isDeclined: boolean },
) {
  const { dagId, load, schedule, clusterId } = request;
  const asked = { status: 'awaiting_approval' as const, dagId, load, schedule };
  if (mode === 'terminal')
    return {
      ...asked,
      summary: `Nothing was triggered. With APPROVAL=terminal only the user can trigger ${dagId} (${load}x), in the Airflow UI.`,
      nextSteps: [
        isMarked
          ? 'Ask the user to trigger the DAG in the Airflow UI.'
          : 'Call markRound, then ask the user to trigger the DAG in the Airflow UI.',
        'Then call pollCluster until the round is done.',
      ],
    };
  return {
    ...asked,
    ...(isDeclined && { declined: true as const }),
    summary: isDeclined
      ? `Nothing was triggered: the client's question about ${dagId} (${load}x) was declined.`
      : `Nothing was triggered. ${dagId} is ready at ${load}x, but the user has not said yes yet.`,
    nextSteps: [
      isDeclined ? afterDecline : 'Ask the user: trigger the DAG now? It costs a cluster.',
      'If the user says yes: call triggerDag with approved: true. Or the user triggers it in the Airflow UI.',
    ],
    callAgain: {
      tool: 'triggerDag',
      arguments: { schedule, ...(clusterId === undefined ? {} : { clusterId }), approved: true },
    },
  };
}

export function triggeredText(
  { dagId, load }: Pick<RunRequest, 'dagId' | 'load'>,
  round: number,
  status: 'triggered' | 'unchanged',
  { clusterId, problem }: FollowedRun,
) {
  const what =
    status === 'triggered'
      ? `Triggered ${dagId} at ${load}x as round ${round}`
      : `Round ${round} (${load}x) was already triggered; nothing was triggered again`;
  const cluster = clusterId === undefined ? 'its cluster is not visible yet' : `it runs on ${clusterId}`;
  return {
    summary: `${what}; ${cluster}.`,
    nextSteps: ['Call pollCluster until the round is done, then buildReport.'],
    warnings:
      problem === undefined
        ? []
        : [
            `The run is under way, but the search for its cluster failed: ${problem.code}. pollCluster searches again.`,
          ],
  };
}

export const triggerDagLines: Wording<z.output<typeof triggerDagResult>> = {
  ...outlookLines,
  round: () => [],
};
