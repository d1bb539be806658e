/** The world around a conversation: what happens in it, and what it holds afterwards. The sandbox's own entries only. */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Event, Scenario } from './scenario.ts';

export interface Place {
  readonly endpoint: string;
  /** The variables of the server: where the files, the repositories and the bucket are. */
  readonly env: Readonly<Record<string, string>>;
}

/** Lets an event happen; answers the cluster id of a DAG run. */
export async function happen(event: Event, place: Place): Promise<string | undefined> {
  switch (event.happens) {
    case 'dagRun': {
      // A person is never as fast as the clock of a test.
      await control(place, 'POST', 'advance', { minutes: 0.1 });
      const { schedule, conf = {} } = event;
      const run = await control(place, 'POST', 'dagRuns', {
        dagId: `yang_audit_load_test_${schedule}`,
        conf,
      });
      return (run as { clusterId: string }).clusterId;
    }
    case 'minutesPass':
      await control(place, 'POST', 'advance', { minutes: event.minutes });
      return undefined;
    case 'edit': {
      const file = join(event.in === 'checks' ? checksFolder(place) : dagsFolder(place), event.path);
      const text = readFileSync(file, 'utf8');
      if (!text.includes(event.from)) throw new Error(`${event.path} does not hold ${event.from}`);
      writeFileSync(file, text.replace(event.from, event.to));
      return undefined;
    }
    case 'object':
      for (const key of event.key === '$log' ? await failureLogs(place) : [event.key])
        await s3(place, 'PUT', key, key.endsWith('.gz') ? gzipSync(event.text) : Buffer.from(event.text));
      return undefined;
    case 'fault': {
      const { happens: _, ...fault } = event;
      await control(place, 'POST', 'faults', [fault]);
      return undefined;
    }
    case 'faultsEnd':
      await control(place, 'DELETE', 'faults');
      return undefined;
  }
}

/** Where the world is not what the scenario says, one sentence each. `session` is showSession's result. */
export async function differences(
  after: Scenario['after'],
  session: Readonly<Record<string, unknown>>,
  place: Place,
): Promise<string[]> {
  const problems: string[] = [];
  if (after.session !== undefined && !holds(session, after.session))
    problems.push(`the session holds ${JSON.stringify(session)}, not ${JSON.stringify(after.session)}`);
  for (const [prefix, wanted] of Object.entries(after.bucket ?? {})) {
    const { length } = await keysUnder(place, prefix);
    const right = wanted === 'some' ? length > 0 : length === (wanted === 'none' ? 0 : wanted);
    if (!right) problems.push(`${prefix} holds ${length} objects, not ${wanted}`);
  }
  for (const { path, has, lacks } of after.checks ?? []) {
    const text = readFileSync(join(checksFolder(place), path), 'utf8');
    if (has !== undefined && !text.includes(has)) problems.push(`${path} does not hold ${has}`);
    if (lacks !== undefined && text.includes(lacks)) problems.push(`${path} holds ${lacks}`);
  }
  if (after.commits !== undefined) {
    const target = commits(place.env.TARGET_REPO, 'main..HEAD');
    const reports = commits(dirname(place.env.REPORTS_DIR ?? ''), 'HEAD') - 1;
    if (target !== after.commits.target || reports !== after.commits.reports)
      problems.push(
        `there are ${target} commits on the test branch and ${reports} of reports, not ${JSON.stringify(after.commits)}`,
      );
  }
  const folders = reportFolders(place);
  if (after.reports !== undefined && folders !== after.reports)
    problems.push(`there are ${folders} reports, not ${after.reports}`);
  return problems;
}

/** Every member of `wanted` is in `value`; lists are compared from their beginning. */
export function holds(value: unknown, wanted: unknown): boolean {
  if (typeof wanted !== 'object' || wanted === null) return value === wanted;
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(wanted).every(([name, one]) => holds((value as Record<string, unknown>)[name], one));
}

const checksFolder = ({ env }: Place) => join(env.TARGET_REPO ?? '', env.CHECKS_PATH ?? '');
const dagsFolder = ({ env }: Place) => dirname(env.DAG_FILE ?? '');

function commits(repository: string | undefined, range: string): number {
  return Number(execFileSync('git', ['rev-list', '--count', range], { cwd: repository, encoding: 'utf8' }));
}

function reportFolders({ env }: Place): number {
  const folder = env.REPORTS_DIR ?? '';
  if (!existsSync(folder)) return 0;
  return readdirSync(folder).filter((name) => /^\d+x_\d{8}_\d{6}$/.test(name)).length;
}

async function failureLogs(place: Place): Promise<string[]> {
  const logs = (await keysUnder(place, '')).filter((key) => /\/stderr\.gz$/.test(key));
  if (logs.length === 0) throw new Error('EMR has delivered no log yet');
  return logs;
}

async function keysUnder(place: Place, prefix: string): Promise<string[]> {
  const listing = await s3(place, 'GET', `?list-type=2&prefix=${encodeURIComponent(prefix)}`);
  return [...listing.matchAll(/<Key>([^<]+)<\/Key>/g)].map((match) => `${match[1]}`);
}

async function control({ endpoint }: Place, method: string, path: string, body?: unknown): Promise<unknown> {
  const answer = await fetch(`${endpoint}/_sandbox/${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${path}: ${text}`);
  return text === '' ? undefined : JSON.parse(text);
}

/** The sandbox looks at who signs, not at the signature. */
async function s3({ endpoint, env }: Place, method: string, path: string, body?: Buffer): Promise<string> {
  const scope = `${env.AWS_ACCESS_KEY_ID}/20251208/${env.AWS_REGION}/s3/aws4_request`;
  const answer = await fetch(`${endpoint}/${env.S3_BUCKET}/${path}`, {
    method,
    headers: { authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=0` },
    ...(body === undefined ? {} : { body: new Uint8Array(body) }),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path}: ${text}`);
  return text;
}
