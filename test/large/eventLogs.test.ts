/** The memory that a large event log needs. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { expect, test } from 'vitest';
import { logLines } from '../report/evidence/logs.ts';

test('a log of 200 MB needs at most 64 MB beyond the idle process', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'large-log-'));
  const lines = logLines('spark-4.0', 'window_2');
  const task = lines.find((line) => line.includes('"SparkListenerTaskEnd"')) ?? '';
  const many = Array.from({ length: Math.ceil(200e6 / task.length) }, (_, at) =>
    task
      .replace(/"Partition ID":\d+/, `"Partition ID":${at + 10}`)
      .replace(/"Task ID":\d+/, `"Task ID":${at + 10}`),
  );
  const log = join(folder, 'local-1');
  writeFileSync(log, [...lines.slice(0, -1), ...many, lines.at(-1)].join('\n'));
  const outfile = join(folder, 'read.mjs');
  await build({
    stdin: {
      contents: `
        import { localEventLog } from './src/adapters/eventLogs/localLogs.ts';
        import { readEventLog } from './src/adapters/eventLogs/read.ts';
        import { readEvidence } from './src/workflow/evidence/read.ts';
        const idle = process.memoryUsage().rss;
        let most = idle;
        const timer = setInterval(() => { most = Math.max(most, process.memoryUsage().rss); }, 5);
        const began = performance.now();
        const { found, evidence, bytes } = await readEvidence(await localEventLog(process.argv[2]), { read: readEventLog });
        clearInterval(timer);
        most = Math.max(most, process.memoryUsage().rss);
        console.log(JSON.stringify({ found, tasks: evidence?.tasks, bytes, beyondMb: (most - idle) / 1e6, seconds: (performance.now() - began) / 1000 }));`,
      resolveDir: process.cwd(),
      loader: 'ts',
    },
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile,
  });
  const { stdout, stderr } = spawnSync(process.execPath, [outfile, log], { encoding: 'utf8' });
  expect(stderr).toBe('');
  const measured = JSON.parse(stdout);
  process.stdout.write(stdout);
  expect(measured).toMatchObject({ found: 'evidence' });
  expect(measured.tasks).toBeGreaterThan(20_000);
  expect(measured.beyondMb).toBeLessThan(64);
});
