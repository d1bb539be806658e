/** The part of Airflow 3's public API (`/api/v2`) that triggers a DAG and reads its runs. */
import * as z from 'zod';
import { ToolError } from '../../domain/errors.ts';
import type { Airflow } from '../../ports/airflow.ts';
import type { Watch } from '../../ports/time.ts';
import type { AirflowSettings } from '../../settings.ts';
import { type AirflowCall, notAirflow, notJson, refusedByAirflow, unreachable } from './airflowFaults.ts';

const tokenAnswer = z.object({ access_token: z.string().min(1) });
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
  const get = (call: AirflowCall, path: string, watch: Pick<Watch, 'signal'> | undefined) =>
    send(call, { method: 'GET', path, expected: [404], signal: watch?.signal });
  const runPath = (dagId: string, dagRunId: string) =>
    `${dagPath(dagId)}/dagRuns/${encodeURIComponent(dagRunId)}`;

  async function run(dagId: string, dagRunId: string, watch?: Pick<Watch, 'signal'>) {
    const call = { what: `reading run ${dagRunId} of ${dagId} from Airflow` };
    const answer = await get(call, runPath(dagId, dagRunId), watch);
    return answer.status === 404 ? undefined : runOf(read(runAnswer, answer.json, call));
  }

  return {
    url: settings.url,
    runUrl: (dagId, dagRunId) =>
      `${settings.url}/dags/${encodeURIComponent(dagId)}/runs/${encodeURIComponent(dagRunId)}`,
    async dag(dagId, watch) {
      const call = { what: `reading DAG ${dagId} from Airflow` };
      const { status, json } = await get(call, dagPath(dagId), watch);
      if (status === 404) return undefined;
      const dag = read(dagAnswer, json, call);
      return { tags: dag.tags.map(({ name }) => name), paused: dag.is_paused, broken: dag.has_import_errors };
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

interface AirflowRequest {
  readonly method: 'GET' | 'POST';
  /** Below AIRFLOW_URL, with its segments encoded. */
  readonly path: string;
  readonly body?: unknown;
  /** Statuses to return instead of throwing. */
  readonly expected?: readonly number[];
  readonly signal?: AbortSignal | undefined;
}

interface AirflowAnswer {
  readonly status: number;
  readonly json: unknown;
}

const timeoutMs = 15_000;

/**
 * Sends requests with AIRFLOW_TOKEN, or with a token that AIRFLOW_USERNAME and AIRFLOW_PASSWORD get, cached until
 * Airflow rejects it. Redirects are not followed: credentials go to AIRFLOW_URL alone.
 */
function createAirflowRequests(settings: AirflowSettings) {
  let cachedToken: string | undefined;

  async function token(call: AirflowCall, signal: AbortSignal | undefined): Promise<string> {
    if (settings.token !== undefined) return settings.token;
    if (cachedToken !== undefined) return cachedToken;
    const { username, password } = settings;
    if (username === undefined || password === undefined)
      throw new ToolError('CONFIG', 'AIRFLOW_URL is set without credentials. Nothing was triggered.', {
        next: 'set AIRFLOW_USERNAME and AIRFLOW_PASSWORD, or AIRFLOW_TOKEN, in .env; or trigger the DAG manually.',
      });
    const answer = await send(settings.url, call, {
      method: 'POST',
      path: '/auth/token',
      body: { username, password },
      signal,
    });
    cachedToken = read(tokenAnswer, answer.json, call).access_token;
    return cachedToken;
  }

  return async (call: AirflowCall, request: AirflowRequest): Promise<AirflowAnswer> => {
    const { expected = [], signal } = request;
    // A cached token may have expired; for a new one, 401 is the final answer.
    const first = cachedToken === undefined ? expected : [...expected, 401];
    const answer = await send(settings.url, call, { ...request, expected: first }, await token(call, signal));
    if (answer.status !== 401) return answer;
    cachedToken = undefined;
    return send(settings.url, call, request, await token(call, signal));
  };
}

/** One request, with the timeout; JSON in and out. */
async function send(
  url: string,
  call: AirflowCall,
  { method, path, body, expected = [], signal }: AirflowRequest,
  bearer?: string,
): Promise<AirflowAnswer> {
  const limit = AbortSignal.timeout(timeoutMs);
  let status: number;
  let text: string;
  try {
    const response = await fetch(`${url}${path}`, {
      method,
      redirect: 'manual',
      signal: signal === undefined ? limit : AbortSignal.any([signal, limit]),
      headers: {
        accept: 'application/json',
        ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    status = response.status;
    text = await response.text();
  } catch (error) {
    signal?.throwIfAborted();
    throw unreachable(error, call);
  }
  if (!expected.includes(status) && (status < 200 || status >= 300))
    throw refusedByAirflow(status, text, call);
  try {
    return { status, json: JSON.parse(text) as unknown };
  } catch {
    throw notJson(text, call);
  }
}
