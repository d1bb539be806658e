/** HTTP to Airflow: which API it has, the credentials, a timeout, JSON in and out. */
import * as z from 'zod';
import { ToolError } from '../../domain/errors.ts';
import type { AirflowSettings } from '../../settings.ts';
import { type AirflowCall, notAirflow, notJson, refusedByAirflow, unreachable } from './airflowFaults.ts';

/** Airflow 2 has `/api/v1`, Airflow 3 has `/api/v2`. */
export type AirflowApi = 'v1' | 'v2';

export interface AirflowRequest {
  readonly method: 'GET' | 'POST';
  /** Below `/api/v1` or `/api/v2`, with its segments encoded. */
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

export interface AirflowRequests {
  /** Asks Airflow which API it has, until it has answered once. */
  api(call: AirflowCall, signal: AbortSignal | undefined): Promise<AirflowApi>;
  /** The API that Airflow was seen to have; undefined before it was asked. */
  knownApi(): AirflowApi | undefined;
  send(call: AirflowCall, request: AirflowRequest): Promise<AirflowAnswer>;
}

const timeoutMs = 15_000;

const tokenAnswer = z.object({ access_token: z.string().min(1) });
const versionAnswer = z.object({ version: z.string().min(1) });

/**
 * Sends requests with AIRFLOW_TOKEN as bearer. AIRFLOW_USERNAME and AIRFLOW_PASSWORD are basic authentication for
 * Airflow 2; from Airflow 3 they get a token, cached until Airflow rejects it. Redirects are not followed: credentials
 * go to AIRFLOW_URL alone.
 */
export function createAirflowRequests(settings: AirflowSettings): AirflowRequests {
  let known: AirflowApi | undefined;
  let cachedToken: string | undefined;

  async function api(call: AirflowCall, signal: AbortSignal | undefined): Promise<AirflowApi> {
    if (known !== undefined) return known;
    const authorization = ownAuthorization(settings);
    const version = (path: string, expected: readonly number[]) =>
      send(settings.url, call, { method: 'GET', path, expected, signal }, authorization);
    const newer = await version('/api/v2/version', [404]);
    const { json } = newer.status === 404 ? await version('/api/v1/version', []) : newer;
    readAnswer(versionAnswer, json, call);
    known = newer.status === 404 ? 'v1' : 'v2';
    return known;
  }

  async function tokenOfUser(call: AirflowCall, signal: AbortSignal | undefined): Promise<string> {
    const { username, password } = settings;
    const body = { username, password };
    const answer = await send(settings.url, call, { method: 'POST', path: '/auth/token', body, signal });
    return readAnswer(tokenAnswer, answer.json, call).access_token;
  }

  return {
    api,
    knownApi: () => known,
    async send(call, request) {
      const { signal, expected = [] } = request;
      const version = await api(call, signal);
      const sendWith = (authorization: string, returned: readonly number[]) =>
        send(
          settings.url,
          call,
          { ...request, path: `/api/${version}${request.path}`, expected: returned },
          authorization,
        );
      if (settings.token !== undefined || version === 'v1')
        return sendWith(ownAuthorization(settings), expected);
      // A cached token may have expired; for a new one, 401 is the final answer.
      if (cachedToken !== undefined) {
        const answer = await sendWith(`Bearer ${cachedToken}`, [...expected, 401]);
        if (answer.status !== 401) return answer;
      }
      cachedToken = undefined;
      const token = await tokenOfUser(call, signal);
      cachedToken = token;
      return sendWith(`Bearer ${token}`, expected);
    },
  };
}

/** @throws ToolError UPSTREAM if the answer is not what Airflow documents */
export function readAnswer<Shape extends z.ZodType>(
  shape: Shape,
  json: unknown,
  call: AirflowCall,
): z.output<Shape> {
  const parsed = shape.safeParse(json);
  if (!parsed.success) throw notAirflow(call);
  return parsed.data;
}

/** @throws ToolError CONFIG without credentials */
function ownAuthorization({ token, username, password }: AirflowSettings): string {
  if (token !== undefined) return `Bearer ${token}`;
  if (username !== undefined && password !== undefined)
    return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  throw new ToolError('CONFIG', 'AIRFLOW_URL is set without credentials. Nothing was triggered.', {
    next: 'set AIRFLOW_USERNAME and AIRFLOW_PASSWORD, or AIRFLOW_TOKEN, in .env; or trigger the DAG manually.',
  });
}

/** One request, with the timeout; JSON in and out. `path` is below AIRFLOW_URL. A 404 need not be JSON. */
async function send(
  url: string,
  call: AirflowCall,
  { method, path, body, expected = [], signal }: AirflowRequest,
  authorization?: string,
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
        ...(authorization === undefined ? {} : { authorization }),
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
  if (status === 404) return { status, json: undefined };
  try {
    return { status, json: JSON.parse(text) as unknown };
  } catch {
    throw notJson(text, call);
  }
}
