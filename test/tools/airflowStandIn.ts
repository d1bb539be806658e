/**
 * The part of Airflow's documented API (of 3, or of 2) that triggerDag calls: version, tokens, a DAG, its runs. A run does what the DAG does
 * first: it creates the cluster under the DAG's name for it. test/airflow runs the real Airflow.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { readDagFolder } from '../../sandbox/airflow/dagFolder.ts';
import { parseClusterOrder } from '../../sandbox/emr/requests.ts';
import type { EmbeddedAws } from '../../sandbox/world/embeddedAws.ts';
import { bucketName, dagsPrefix } from '../../sandbox/world/environment.ts';

export interface StandInRun {
  dag_run_id: string;
  state: string;
  conf: Record<string, unknown>;
  note: string;
}

export interface StandIn {
  readonly url: string;
  readonly env: Record<string, string>;
  readonly runs: StandInRun[];
  /** Method and path of every request, in order. */
  readonly requests: string[];
  dag: { is_paused: boolean; tags: { name: string }[]; has_import_errors: boolean } | undefined;
  /** False: a run stays queued and creates nothing. */
  scheduler: boolean;
  /** Returns true if it answered in place of Airflow; false lets the request through. */
  intercept: (request: string, times: number, response: ServerResponse) => boolean;
  close(): Promise<void>;
}

export const credentials = { username: 'somebody', password: 'a-pass-phrase', token: 'a-bearer-of-its-own' };

export type AirflowMajor = 2 | 3;

export async function airflowStandIn(
  aws: EmbeddedAws | undefined,
  load = 2,
  major: AirflowMajor = 3,
): Promise<StandIn> {
  const tokens = new Set<string>();
  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      response.destroy(error instanceof Error ? error : new Error(String(error)));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const standIn: StandIn = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    env: {},
    runs: [],
    requests: [],
    dag: {
      is_paused: false,
      has_import_errors: false,
      tags: ['15m', 'audit_load_test', `load_${load}x`].map((name) => ({ name })),
    },
    scheduler: true,
    intercept: () => false,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  Object.assign(standIn.env, {
    AIRFLOW_URL: `${standIn.url}/`,
    AIRFLOW_USERNAME: credentials.username,
    AIRFLOW_PASSWORD: credentials.password,
  });
  onTestFinished(async () => {
    if (server.listening) await standIn.close();
  });

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', standIn.url);
    const name = `${request.method} ${decodeURIComponent(url.pathname)}`;
    standIn.requests.push(name);
    const times = standIn.requests.filter((one) => one === name).length;
    const body = await bodyOf(request);
    if (standIn.intercept(name, times, response)) return;
    const [status, json] = answerTo(name, url.searchParams, request.headers.authorization ?? '', body);
    if (standIn.intercept(`${name} after`, times, response)) return;
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(json));
  }

  function answerTo(
    name: string,
    query: URLSearchParams,
    authorization: string,
    body: unknown,
  ): [number, unknown] {
    // The other major version has no such path.
    if (name.includes(major === 3 ? ' /api/v1/' : ' /api/v2/'))
      return [404, { detail: null, title: 'Not Found' }];
    if (name.endsWith('/version')) return [200, { version: major === 3 ? '3.3.2' : '2.11.2' }];
    if (name === 'POST /auth/token' && major === 3) {
      const { username, password } = body as Partial<typeof credentials>;
      if (username !== credentials.username || password !== credentials.password)
        return [401, { detail: 'Invalid credentials' }];
      const token = `token-${tokens.size + 1}`;
      tokens.add(token);
      return [201, { access_token: token }];
    }
    const [, method, dagId, runs, runId] =
      /^(GET|POST) \/api\/v[12]\/dags\/([^/]+)(?:\/(dagRuns)(?:\/(.+))?)?$/.exec(name) ?? [];
    if (dagId === undefined) return [404, { detail: 'Not Found' }];
    if (!isAllowed(authorization))
      return major === 3
        ? [401, { detail: 'Invalid JWT token' }]
        : [403, { detail: null, title: 'Forbidden' }];
    if (standIn.dag === undefined) return [404, { detail: `The Dag with ID: \`${dagId}\` was not found` }];
    if (method === 'POST') return trigger(dagId, body as Record<string, unknown>);
    if (runs === undefined) return [200, { dag_id: dagId, ...standIn.dag }];
    if (runId === undefined) {
      const states = query.getAll('state');
      return [200, { dag_runs: standIn.runs.filter((run) => states.includes(run.state)) }];
    }
    const run = standIn.runs.find((one) => one.dag_run_id === runId);
    return run === undefined ? [404, { detail: 'DagRun was not found' }] : [200, run];
  }

  function isAllowed(authorization: string): boolean {
    const [scheme, secret = ''] = authorization.split(' ');
    if (scheme === 'Bearer') return tokens.has(secret) || secret === credentials.token;
    const given = Buffer.from(secret, 'base64').toString('utf8');
    return major === 2 && given === `${credentials.username}:${credentials.password}`;
  }

  function trigger(dagId: string, body: Record<string, unknown>): [number, unknown] {
    // Airflow refuses an unknown key, and 3 a body without logical_date, where 2 refuses null.
    const { dag_run_id, logical_date, conf, note, ...unknown } = body;
    if (
      logical_date !== (major === 3 ? null : undefined) ||
      Object.keys(unknown).length > 0 ||
      typeof dag_run_id !== 'string'
    )
      return [422, { detail: [{ type: 'missing', loc: ['body', 'logical_date'] }] }];
    if (!/^[A-Za-z0-9_.~:+-]+$/.test(dag_run_id)) return [400, { detail: 'bad run_id' }];
    if (standIn.runs.some((run) => run.dag_run_id === dag_run_id))
      return [409, { detail: { reason: 'Unique constraint violation' } }];
    const run: StandInRun = {
      dag_run_id,
      state: 'queued',
      conf: conf as Record<string, unknown>,
      note: String(note),
    };
    standIn.runs.push(run);
    if (standIn.scheduler) begin(dagId, run);
    return [200, run];
  }

  function begin(dagId: string, run: StandInRun): void {
    run.state = 'running';
    if (aws === undefined || run.conf.cluster_id !== undefined) return;
    const schedule = dagId.replace('yang_audit_load_test_', '') as '15m';
    const folder = readDagFolder(aws.s3.buckets, { bucket: bucketName, dagsPrefix }, schedule);
    const Name = `${folder.clusterConfig.Name}_${folder.load}x_${run.dag_run_id}`;
    // The stopped clock would put the cluster in the same millisecond as the mark.
    aws.advance(0.05);
    aws.simulation.advance();
    aws.simulation.run(parseClusterOrder({ ...folder.clusterConfig, Name }));
  }
  return standIn;
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString('utf8');
  return text === '' ? undefined : (JSON.parse(text) as unknown);
}
