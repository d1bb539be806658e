/** The part of Airflow 3's public API (`/api/v2`) that triggers a DAG and reads its runs. */
import * as z from 'zod';
import { ToolError } from '../domain/errors.ts';
import type { Airflow } from '../ports/airflow.ts';
import type { AirflowSettings } from '../settings.ts';
import { type AirflowCall, notAirflow } from './airflowFaults.ts';
import { createAirflowRequests } from './airflowRequest.ts';

const dagAnswer = z.object({
  is_paused: z.boolean(),
  has_import_errors: z.boolean().default(false),
  tags: z.array(z.object({ name: z.string() })),
});
const runAnswer = z.object({ dag_run_id: z.string(), state: z.string() });
const runsAnswer = z.object({ dag_runs: z.array(runAnswer) });

export function createAirflow(settings: AirflowSettings): Airflow {
  const send = createAirflowRequests(settings);
  const dagPath = (dagId: string) => `/api/v2/dags/${encodeURIComponent(dagId)}`;
  const runPath = (dagId: string, dagRunId: string) =>
    `${dagPath(dagId)}/dagRuns/${encodeURIComponent(dagRunId)}`;

  async function run(dagId: string, dagRunId: string, watch: { signal: AbortSignal } | undefined) {
    const call = { what: `reading run ${dagRunId} of ${dagId} from Airflow` };
    const { status, json } = await send(call, {
      method: 'GET',
      path: runPath(dagId, dagRunId),
      expected: [404],
      signal: watch?.signal,
    });
    return status === 404 ? undefined : runOf(read(runAnswer, json, call));
  }

  return {
    url: settings.url,
    runUrl: (dagId, dagRunId) =>
      `${settings.url}/dags/${encodeURIComponent(dagId)}/runs/${encodeURIComponent(dagRunId)}`,
    async dag(dagId, watch) {
      const call = { what: `reading DAG ${dagId} from Airflow` };
      const { status, json } = await send(call, {
        method: 'GET',
        path: dagPath(dagId),
        expected: [404],
        signal: watch?.signal,
      });
      if (status === 404) return undefined;
      const dag = read(dagAnswer, json, call);
      return {
        tags: dag.tags.map((tag) => tag.name),
        paused: dag.is_paused,
        broken: dag.has_import_errors,
      };
    },
    run,
    async activeRuns(dagId, watch) {
      const call = { what: `reading the active runs of ${dagId} from Airflow` };
      const { json } = await send(call, {
        method: 'GET',
        path: `${dagPath(dagId)}/dagRuns?state=queued&state=running&limit=10`,
        signal: watch?.signal,
      });
      return read(runsAnswer, json, call).dag_runs.map(runOf);
    },
    async trigger(dagId, { dagRunId, conf, note }, watch) {
      const call = {
        what: `triggering ${dagId}`,
        ifUnknown:
          'It is not known whether the run started: triggerDag checks for it before it triggers again.',
      };
      const { status } = await send(call, {
        method: 'POST',
        path: `${dagPath(dagId)}/dagRuns`,
        // Required by the API, and null: a manual run belongs to no date.
        body: { dag_run_id: dagRunId, logical_date: null, conf, note },
        expected: [409],
        signal: watch?.signal,
      });
      if (status !== 409) return 'triggered';
      if ((await run(dagId, dagRunId, watch)) !== undefined) return 'existed';
      throw new ToolError('CONFLICT', 'Airflow has a conflicting run (HTTP 409). Nothing was triggered.', {
        next: 'check the runs of the DAG in the Airflow UI, then call triggerDag again or trigger it there.',
      });
    },
  };
}

function runOf({ dag_run_id: dagRunId, state }: z.output<typeof runAnswer>) {
  return { dagRunId, state };
}

function read<Shape extends z.ZodType>(shape: Shape, json: unknown, call: AirflowCall): z.output<Shape> {
  const parsed = shape.safeParse(json);
  if (!parsed.success) throw notAirflow(call);
  return parsed.data;
}
