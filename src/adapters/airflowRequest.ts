/** One request to Airflow's API: the token, the timeout, JSON in and out. */
import * as z from 'zod';
import { ToolError } from '../domain/errors.ts';
import type { AirflowSettings } from '../settings.ts';
import { type AirflowCall, notAirflow, notJson, refusedByAirflow, unreachable } from './airflowFaults.ts';

export interface AirflowRequest {
  readonly method: 'GET' | 'POST';
  /** Below AIRFLOW_URL, with its segments encoded. */
  readonly path: string;
  readonly body?: unknown;
  /** Statuses to return instead of throwing. */
  readonly expected?: readonly number[];
  readonly signal?: AbortSignal | undefined;
}

export interface AirflowAnswer {
  readonly status: number;
  readonly json: unknown;
}

export type SendToAirflow = (call: AirflowCall, request: AirflowRequest) => Promise<AirflowAnswer>;

const timeoutMs = 15_000;
const tokenAnswer = z.object({ access_token: z.string().min(1) });

/**
 * Sends requests with AIRFLOW_TOKEN, or with a token requested by AIRFLOW_USERNAME and AIRFLOW_PASSWORD and cached until
 * Airflow rejects it. Redirects are not followed: credentials go to AIRFLOW_URL alone.
 */
export function createAirflowRequests(settings: AirflowSettings): SendToAirflow {
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
    const parsed = tokenAnswer.safeParse(answer.json);
    if (!parsed.success) throw notAirflow(call);
    cachedToken = parsed.data.access_token;
    return cachedToken;
  }

  return async (call, request) => {
    const isCached = cachedToken !== undefined;
    const sendWith = (bearer: string, expected: readonly number[]) =>
      send(settings.url, call, { ...request, expected }, bearer);
    const expected = request.expected ?? [];
    // A cached token may have expired; for a new one, 401 is the final answer.
    const answer = await sendWith(
      await token(call, request.signal),
      isCached ? [...expected, 401] : expected,
    );
    if (answer.status !== 401) return answer;
    cachedToken = undefined;
    return sendWith(await token(call, request.signal), expected);
  };
}

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
