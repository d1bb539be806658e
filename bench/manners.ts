/**
 * `npm run bench:manners`: how soon the process ends when it is asked to, and how soon a cancelled call drops its
 * connections; in docs/measurements/manners.md. Uploads hang longer than the bench runs.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { startWorld, type World } from '../sandbox/world/world.ts';
import { watchHungPuts } from '../test/stdio/hungRequests.ts';
import { type RawClient, startClient } from './rawClient.ts';
import { markdownTable } from './tables.ts';

const rounds = 9;
const hangMs = 10 * 60_000;

const endings: Readonly<Record<string, (child: ChildProcess) => void>> = {
  'stdin ends': (child) => child.stdin?.end(),
  SIGTERM: (child) => child.kill('SIGTERM'),
  SIGINT: (child) => child.kill('SIGINT'),
  'nobody reads stdout': (child) => child.stdout?.destroy(),
};

export async function main(): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'audit-load-test-manners-'));
  const world = await startWorld({ directory, dagsFolder: 'dags' });
  try {
    const upload = await reviewedUpload(world);
    const fault = { service: 's3', operation: 'PutObject', delayMs: hangMs };
    await fetch(`${world.endpoint}/_sandbox/faults`, { method: 'POST', body: JSON.stringify([fault]) });
    const rows: string[][] = [];
    for (const [name, end] of Object.entries(endings)) {
      // Without a call nothing is written, and a closed pipe is only noticed on the next write.
      if (name !== 'nobody reads stdout')
        rows.push(await row(`${name}, no call`, () => untilExit(world, end)));
      rows.push(await row(`${name}, during an upload`, () => untilExit(world, end, upload)));
    }
    rows.push(await row('the call is cancelled', () => untilConnectionsClosed(world, upload)));
    rows.push(await row('Ctrl-C in the shell, during an upload', () => untilShellExit(world, upload)));
    const page = text(rows);
    console.log(page);
    writeFileSync('docs/measurements/manners.md', page);
  } finally {
    await world.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

interface Upload {
  readonly reviewId: string;
  readonly approved: true;
}

const serve = ({ env }: World) => startClient(process.execPath, ['dist/main.js'], env);

async function reviewedUpload(world: World): Promise<Upload> {
  const client = await serve(world);
  const answer = await client.request('tools/call', { name: 'scaleConfigs', arguments: { load: 2 } });
  await client.close();
  const { reviewId } = answer.structuredContent as { reviewId: string };
  return { reviewId, approved: true };
}

const cancelledId = 'upload';

/** Sends the upload and waits until it hangs. */
async function hang(client: RawClient, upload: Upload) {
  const hung = watchHungPuts();
  const params = { name: 'uploadChecks', arguments: upload };
  client.send({ id: cancelledId, method: 'tools/call', params });
  await untilSome(hung.count);
  hung.stop();
  return hung;
}

async function untilSome(count: () => number): Promise<void> {
  while (count() === 0) await new Promise((resolve) => setImmediate(resolve));
}

async function untilExit(world: World, end: (child: ChildProcess) => void, upload?: Upload): Promise<number> {
  const client = await serve(world);
  if (upload !== undefined) await hang(client, upload);
  const start = performance.now();
  end(client.child);
  await once(client.child, 'exit');
  return performance.now() - start;
}

async function untilConnectionsClosed(world: World, upload: Upload): Promise<number> {
  const client = await serve(world);
  const hung = await hang(client, upload);
  const start = performance.now();
  client.send({ method: 'notifications/cancelled', params: { requestId: cancelledId } });
  await hung.givenUp();
  const durationMs = performance.now() - start;
  await client.close();
  return durationMs;
}

async function untilShellExit(world: World, { reviewId }: Upload): Promise<number> {
  const hung = watchHungPuts();
  const args = ['dist/main.js', 'uploadChecks', '--reviewId', reviewId, '--approved'];
  const child = spawn(process.execPath, args, {
    env: { PATH: process.env.PATH, ...world.env },
    stdio: 'ignore',
  });
  await untilSome(hung.count);
  hung.stop();
  const start = performance.now();
  child.kill('SIGINT');
  await once(child, 'exit');
  return performance.now() - start;
}

async function row(name: string, measure: () => Promise<number>): Promise<string[]> {
  const durationsMs: number[] = [];
  for (let round = 0; round < rounds; round += 1) durationsMs.push(await measure());
  const sorted = durationsMs.toSorted((a, b) => a - b);
  const ms = (value: number | undefined) => `${Math.round(value ?? Number.NaN)} ms`;
  return [name, ms(sorted[Math.floor(rounds / 2)]), ms(sorted.at(-1))];
}

function text(rows: readonly (readonly string[])[]): string {
  return `# Shutdown times

Written by \`npm run bench:manners\` with Node ${process.version} on ${cpus().length} × ${cpus()[0]?.model}; do not edit. The time from the event to the end of the process, or of a cancelled call's last connection; ${rounds} runs each. *During an upload* means that every object hangs for ten minutes. After stdin ends, earlier requests have 1 s to be answered; a cancelled call has 0.4 s to record its state in the session. The limit is one second, except for a dead stdout, which the next ping notices (every 5 s). The tests (\`test/stdio\`) prove that nothing waits for the upload; they do not assert times, which depend on the machine.

${markdownTable(['Event', 'Median', 'Largest'], rows)}
`;
}
