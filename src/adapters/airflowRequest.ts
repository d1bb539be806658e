/** One request to Airflow's API: the token, the time limit, JSON in and out. */
import * as z from 'zod';
import { ToolError } from '../errors.ts';
import type { AirflowSettings } from '../settings.ts';
import { type Asking, notAirflow, notJson, refusedByAirflow, unreachable } from './airflowFaults.ts';

export interface AirflowRequest {
  readonly method: 'GET' | 'POST';
  /** Below AIRFLOW_URL, with its parts encoded. */
  readonly path: string;
  readonly body?: unknown;
  /** Statuses that are an answer and not a failure. */
  readonly expected?: readonly number[];
  readonly signal?: AbortSignal | undefined;
}

export interface AirflowAnswer {
  readonly status: number;
  readonly json: unknown;
}

export type AskAirflow = (asking: Asking, request: AirflowRequest) => Promise<AirflowAnswer>;

const patienceMs = 15_000;
const loggedIn = z.object({ access_token: z.string().min(1) });

/**
 * Asks with AIRFLOW_TOKEN, or with a token that AIRFLOW_USERNAME and AIRFLOW_PASSWORD give, kept until it is refused.
 * Redirects are not followed: credentials go to AIRFLOW_URL alone.
 */
export function createAirflowRequests(settings: AirflowSettings): AskAirflow {
  let kept: string | undefined;

  async function token(asking: Asking, signal: AbortSignal | undefined): Promise<string> {
    if (settings.token !== undefined) return settings.token;
    if (kept !== undefined) return kept;
    const { username, password } = settings;
    if (username === undefined || password === undefined)
      throw new ToolError('CONFIG', 'AIRFLOW_URL is set, but no credentials for it. Nothing was triggered.', {
        next: 'set AIRFLOW_USERNAME and AIRFLOW_PASSWORD, or AIRFLOW_TOKEN, in .env; or trigger the DAG by hand.',
      });
    const answer = await send(settings.url, asking, {
      method: 'POST',
      path: '/auth/token',
      body: { username, password },
      signal,
    });
    const parsed = loggedIn.safeParse(answer.json);
    if (!parsed.success) throw notAirflow(asking);
    kept = parsed.data.access_token;
    return kept;
  }

  return async (asking, request) => {
    const first = kept !== undefined;
    const asked = (bearer: string, expected: readonly number[]) =>
      send(settings.url, asking, { ...request, expected }, bearer);
    const expected = request.expected ?? [];
    // A token that was kept may have expired meanwhile; a fresh one is refused for good.
    const answer = await asked(await token(asking, request.signal), first ? [...expected, 401] : expected);
    if (answer.status !== 401) return answer;
    kept = undefined;
    return asked(await token(asking, request.signal), expected);
  };
}

async function send(
  url: string,
  asking: Asking,
  { method, path, body, expected = [], signal }: AirflowRequest,
  bearer?: string,
): Promise<AirflowAnswer> {
  const limit = AbortSignal.timeout(patienceMs);
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
    throw unreachable(error, asking);
  }
  if (!expected.includes(status) && (status < 200 || status >= 300))
    throw refusedByAirflow(status, text, asking);
  try {
    return { status, json: JSON.parse(text) as unknown };
  } catch {
    throw notJson(text, asking);
  }
}
