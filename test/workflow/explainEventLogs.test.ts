import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { eventLogText, explainEventLog } from '../../src/workflow/evidence/explain.ts';
import { eventLogs, logPath } from '../report/evidence/logs.ts';

test('an event log on disk is explained, in the names of the contract', async () => {
  const file = logPath('spark-4.0', 'codec_default');
  const explained = await explainEventLog(file, eventLogs);
  expect(explained).toMatchObject({
    file,
    application: 'application_1767225600000_0033',
    sparkVersion: '4.0.1',
    rowsRead: 40_000,
    tasks: 2,
    failedTasks: 0,
    spillBytes: 0,
    filters: ['local.db.events: ts IS NOT NULL, ts >= 1767916800000000'],
    outcome: 'succeeded',
    bottleneck: { kind: 'driver_only', share: expect.any(Number), text: expect.any(String) },
  });
  expect(Object.keys(explained ?? {})).toEqual(
    expect.arrayContaining(['skew', 'gcShare', 'driverShare', 'coresUsed']),
  );
});

test('the same in lines: figures, scans, the bottleneck and what to do', async () => {
  const explained = await explainEventLog(logPath('spark-4.0', 'skewed'), eventLogs);
  const lines = explained === undefined ? [] : eventLogText(explained).split('\n');
  expect(lines[0]).toMatch(/skewed.*: application_1767225600000_\d+, Spark 4\.0\.1: succeeded$/);
  expect(lines[1]).toContain('80,000 rows read · ');
  expect(lines[2]).toBe('  scan of local.db.events: ts IS NOT NULL, ts >= 1767744000000000');
  expect(lines[3]).toContain('the longest task of a stage ran');
  expect(lines[4]).toMatch(/^ {2}To do: One key has most of the rows\./);
});

test('a log that is not an event log gives no evidence, and one that cannot be read says why', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'explain-'));
  const stderr = join(folder, 'stderr');
  writeFileSync(stderr, 'Traceback (most recent call last):\n');
  expect(await explainEventLog(stderr, eventLogs)).toBeUndefined();
  const snappy = await explainEventLog(logPath('spark-3.5', 'codec_snappy'), eventLogs);
  expect(snappy).toMatchObject({ notRead: 'codec' });
  expect(snappy && eventLogText(snappy)).toContain('not read: packed by snappy or lzf');
});
