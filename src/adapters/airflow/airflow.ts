/** The part of Airflow's public API that triggers a DAG and reads its runs: `/api/v2` of Airflow 3, `/api/v1` of Airflow 2. */
import * as z from 'zod';
import { ToolError } from '../../domain/errors.ts';
import type { Airflow } from '../../ports/airflow.ts';
import type { Watch } from '../../ports/time.ts';
import type { AirflowSettings } from '../../settings.ts';
import type { AirflowCall } from './airflowFaults.ts';
import { createAirflowRequests, readAnswer } from './airflowRequests.ts';

const dagAnswer = z.object({
  is_paused: z.boolean(),
  has_import_errors: z.boolean().default(false),
  /** Airflow 2 may answer null. */
  tags: z.array(z.object({ name: z.string() })).nullable(),
});
const runAnswer = z.object({ dag_run_id: z.string(), state: z.string() });
const runsAnswer = z.object({ dag_runs: z.array(runAnswer) });

export function createAirflow(settings: AirflowSettings): Airflow {
  const { api, knownApi, send } = createAirflowRequests(settings);
  const dagPath = (dagId: string) => `/dags/${encodeURIComponent(dagId)}`;
  const get = (call: AirflowCall, path: string, watch: Pick<Watch, 'signal'> | undefined) =>
    send(call, { method: 'GET', path, expected: [404], signal: watch?.signal });
  const runPath = (dagId: string, dagRunId: string) =>
    `${dagPath(dagId)}/dagRuns/${encodeURIComponent(dagRunId)}`;

  async function run(dagId: string, dagRunId: string, watch?: Pick<Watch, 'signal'>) {
    const call = { what: `reading run ${dagRunId} of ${dagId} from Airflow` };
    const answer = await get(call, runPath(dagId, dagRunId), watch);
    return answer.status === 404 ? undefined : runOf(readAnswer(runAnswer, answer.json, call));
  }

  return {
    url: settings.url,
    runUrl(dagId, dagRunId) {
      const run = encodeURIComponent(dagRunId);
      const page = knownApi() === 'v1' ? `grid?dag_run_id=${run}` : `runs/${run}`;
      return `${settings.url}${dagPath(dagId)}/${page}`;
    },
    async dag(dagId, watch) {
      const call = { what: `reading DAG ${dagId} from Airflow` };
      const { status, json } = await get(call, dagPath(dagId), watch);
      if (status === 404) return undefined;
      const dag = readAnswer(dagAnswer, json, call);
      return {
        tags: (dag.tags ?? []).map(({ name }) => name),
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
      return readAnswer(runsAnswer, json, call).dag_runs.map(runOf);
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
        body: {
          dag_run_id: dagRunId,
          conf,
          note,
          // Airflow 3 requires it, as null: a manual run belongs to no date. Airflow 2 takes the present without it.
          ...((await api(call, watch?.signal)) === 'v2' && { logical_date: null }),
        },
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
