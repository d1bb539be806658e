/** How event logs lie on disk: packed, rolled, open, cut, too large, hostile. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeEach, describe, expect, it } from 'vitest';
import { eventLogsAmong } from '../../src/adapters/eventLogs/names.ts';
import type { EventLogLimits } from '../../src/ports/eventLogs.ts';
import {
  eventLogs,
  evidenceAt,
  evidenceFrom,
  logLines,
  logPath,
  readPath,
  sparks,
} from '../report/evidence/logs.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'event-logs-'));
});

function put(name: string, bytes: string | Uint8Array): string {
  const path = join(folder, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, bytes);
  return path;
}

/** What is read under other limits, or until a signal. */
async function readWith(path: string, limits: Partial<EventLogLimits>, signal?: AbortSignal) {
  const log = await eventLogs.onDisk(path);
  if (log === undefined) throw new Error('no log');
  const lines: string[] = [];
  const all = { unpackedBytes: 1e9, lineBytes: 1e9, ...limits };
  return { ...(await eventLogs.read(log, all, (line) => lines.push(line), signal)), lines };
}

describe.each(sparks)('%s', (spark) => {
  it.each(['codec_default', 'codec_lz4', 'codec_zstd'])('reads %s', async (name) => {
    expect(await evidenceFrom(spark, name)).toMatchObject({
      rowsRead: 40_000,
      outcome: 'succeeded',
      caveats: [],
    });
  });

  it('says that it does not read snappy', async () => {
    expect(await readPath(logPath(spark, 'codec_snappy'))).toMatchObject({ found: 'codec' });
  });

  it('reads what a killed driver left, and says that it is open', async () => {
    expect(await evidenceFrom(spark, 'killed')).toMatchObject({
      rowsRead: 40_000,
      outcome: 'unfinished',
      caveats: ['in_progress'],
    });
  });
});

describe('packing', () => {
  const zstd = () => {
    const rolled = logPath('spark-4.0', 'codec_default');
    return readFileSync(join(rolled, readdirSync(rolled).find((name) => name.startsWith('events_1_')) ?? ''));
  };
  const lz4 = () => readFileSync(logPath('spark-3.5', 'codec_lz4'));

  it('is known by its first bytes, whatever the name', async () => {
    expect((await evidenceAt(put('local-1.lz4', zstd()))).rowsRead).toBe(40_000);
    expect(
      (await evidenceAt(put('local-2.zstd', gzipSync(logLines('spark-3.5', 'window_2').join('\n')))))
        .rowsRead,
    ).toBe(40_000);
  });

  it('of zstd has many frames, and all are read', async () => {
    const magic = Buffer.from([0x28, 0xb5, 0x2f, 0xfd]);
    const bytes = zstd();
    let frames = 0;
    for (let at = bytes.indexOf(magic); at >= 0; at = bytes.indexOf(magic, at + 4)) frames += 1;
    expect(frames).toBeGreaterThan(10);
    const { lines, end } = await readWith(put('local-1.zstd', bytes), {});
    expect(end).toBe('whole');
    expect(lines.at(-1)).toContain('SparkListenerApplicationEnd');
  });

  it.each([
    ['zstd', zstd],
    ['lz4', lz4],
    ['gzip', () => gzipSync(logLines('spark-3.5', 'window_2').join('\n'))],
  ] as const)('of %s that is cut gives what precedes the cut', async (_, bytes) => {
    const whole = bytes();
    const { end, lines } = await readWith(
      put('local-1', whole.subarray(0, Math.floor(whole.length * 0.8))),
      {},
    );
    expect(end).toBe('cut');
    expect(lines.length).toBeGreaterThan(5);
    expect(await evidenceAt(put('local-2', whole.subarray(0, Math.floor(whole.length * 0.8))))).toMatchObject(
      {
        outcome: 'unfinished',
        caveats: ['cut'],
      },
    );
  });

  it.each([
    ['zstd', zstd],
    ['lz4', lz4],
    ['gzip', () => gzipSync(logLines('spark-3.5', 'window_2').join('\n'))],
  ] as const)('of %s that is broken is never read as if it were whole', async (_, bytes) => {
    const damaged = Buffer.from(bytes());
    const middle = Math.floor(damaged.length / 2);
    damaged.fill(0xa5, middle, middle + 400);
    // fzstd verifies no checksum: what it makes of broken bytes is no line of an event log.
    const read = await readPath(put('local-1', damaged));
    expect(read.found === 'evidence' ? read.evidence.caveats : [read.found]).not.toEqual([]);
  });

  it('of zstd that asks for a window of a gigabyte is refused', async () => {
    const header = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 20 << 3, 0x01, 0x00, 0x00]);
    expect((await readWith(put('local-1', Buffer.concat([header, Buffer.alloc(64)])), {})).end).toBe(
      'broken',
    );
    expect(await readPath(join(folder, 'local-1'))).toMatchObject({ found: 'broken' });
  });

  it('of zstd that unpacks to gigabytes ends at the cap', async () => {
    // Blocks that repeat one byte 131,072 times, in four bytes each.
    const block = Buffer.from([0x02, 0x00, 0x10, 0x20]);
    const bomb = Buffer.concat([
      Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 7 << 3]),
      ...Array.from({ length: 40_000 }, () => block),
    ]);
    const { end, bytes } = await readWith(put('local-1', bomb), { unpackedBytes: 8e6, lineBytes: 1e6 });
    expect(end).toBe('too_large');
    expect(bytes).toBeLessThan(8e6 + 200_000);
  });
});

describe('a log', () => {
  it('that was rolled is read in the order of its numbers', async () => {
    const lines = logLines('spark-4.0', 'window_2');
    const name = 'eventlog_v2_application_1_0001_2';
    for (let part = 1; part <= lines.length; part += 1)
      put(`${name}/events_${part}_application_1_0001_2`, `${lines[part - 1]}\n`);
    put(`${name}/appstatus_application_1_0001_2.inprogress`, '');
    expect(lines.length).toBeGreaterThan(10);
    const { lines: read } = await readWith(join(folder, name), {});
    expect(read).toEqual(lines);
    expect(await evidenceAt(join(folder, name))).toMatchObject({
      rowsRead: 40_000,
      caveats: ['in_progress'],
    });
  });

  it('that lacks a part says so', async () => {
    const lines = logLines('spark-4.0', 'window_2').join('\n');
    put('eventlog_v2_local-1/events_2_local-1', lines);
    expect((await evidenceAt(join(folder, 'eventlog_v2_local-1'))).caveats).toEqual(['lacks_parts']);
  });

  it('that was compacted is read from its compact part', () => {
    const names = [
      'events_1_local-1',
      'events_2_local-1.compact',
      'events_2_local-1',
      'events_3_local-1',
      'appstatus_local-1',
    ];
    const files = names.map((file) => ({ path: `logs/eventlog_v2_local-1/${file}`, file }));
    expect(eventLogsAmong(files)).toEqual([
      {
        application: 'local-1',
        attempt: 0,
        path: 'logs/eventlog_v2_local-1',
        parts: ['events_2_local-1.compact', 'events_3_local-1'],
        inProgress: false,
        lacksParts: true,
      },
    ]);
  });

  it('is known by its name: application, attempt, codec, open', () => {
    const files = [
      'application_1733600000000_0007_1',
      'application_1733600000000_0007_2.zstd.inprogress',
      'application_1733600000000_0008.lz4',
      'app-20261129081845-0000',
      'readme.txt',
      'local-1.crc',
    ].map((path) => ({ path, file: path }));
    expect(
      eventLogsAmong(files).map(({ application, attempt, inProgress }) => [application, attempt, inProgress]),
    ).toEqual([
      ['application_1733600000000_0007', 1, false],
      ['application_1733600000000_0007', 2, true],
      ['application_1733600000000_0008', 0, false],
      ['app-20261129081845-0000', 0, false],
    ]);
  });

  it('that is cut in the middle of a line loses that line alone', async () => {
    const text = logLines('spark-3.5', 'window_2').slice(0, -2).join('\n').slice(0, -30);
    expect(await evidenceAt(put('local-1.inprogress', text))).toMatchObject({
      rowsRead: 40_000,
      outcome: 'unfinished',
      caveats: ['in_progress'],
    });
  });

  it('of a future Spark is read as far as it is known', async () => {
    const lines = logLines('spark-4.0', 'window_2');
    const future = [
      '{"Event":"SparkListenerSomethingNew","Surprise":{"a":[1,2]}}',
      ...lines.map((line) => line.replace('"Spark Version":"4.0.1"', '"Spark Version":"5.2.0"')),
      '{"Version":2,"Event":"SparkListenerTaskEnd","Stage ID":"x","Task Info":null,"Task Metrics":[]}',
    ].join('\n');
    expect(await evidenceAt(put('local-1', future))).toMatchObject({
      rowsRead: 40_000,
      sparkVersion: '5.2.0',
    });
  });

  it('says which lines it could not read, and a file without any event is no event log', async () => {
    const lines = logLines('spark-3.5', 'window_2').join('\n');
    expect((await evidenceAt(put('local-1', `hello\n${lines}`))).caveats).toEqual(['lines_not_read']);
    expect(await readPath(put('stderr', 'Traceback (most recent call last):\n  boom\n'))).toMatchObject({
      found: 'no_event_log',
    });
    expect(await readPath(put('empty', ''))).toMatchObject({ found: 'no_event_log' });
  });

  it('with a line over the cap leaves that line out, whatever its length', async () => {
    const path = put(
      'local-1',
      `${'x'.repeat(5_000_000)}\n${logLines('spark-3.5', 'window_2').join('\n')}\n`,
    );
    expect(await evidenceAt(path)).toMatchObject({ rowsRead: 40_000, caveats: ['lines_not_read'] });
  });

  it('over the cap, or over the time, gives no sums', async () => {
    const path = logPath('spark-3.5', 'codec_default');
    expect((await readWith(path, { unpackedBytes: 50_000 })).end).toBe('too_large');
    expect((await readWith(path, {}, AbortSignal.abort())).end).toBe('too_slow');
  });

  it('behind a link, a device, or none at all is no log', async () => {
    symlinkSync(logPath('spark-3.5', 'codec_default'), join(folder, 'link'));
    expect(await eventLogs.onDisk(join(folder, 'link'))).toBeUndefined();
    expect(await eventLogs.onDisk(folder)).toBeUndefined();
    await expect(eventLogs.onDisk('/dev/zero')).rejects.toThrow();
  });

  it('with a hostile plan neither breaks the reader nor shows what is invisible', async () => {
    const node = '{"nodeName":"Project","simpleString":"x","metrics":[],"children":[';
    const deep = `${node.repeat(5_000)}${']}'.repeat(5_000)}`;
    const scan = JSON.stringify({
      nodeName: `BatchScan db.t\u202e${'\u001b'}[31m<script>`,
      simpleString: `[filters=${'a#1 >= '.repeat(20_000)}, password=hunter2secret, groupedBy=]`,
      children: [],
      metrics: [{ name: 'number of output rows', accumulatorId: 900_001, metricType: 'sum' }],
    });
    const start = (plan: string) =>
      `{"Event":"org.apache.spark.sql.execution.ui.SparkListenerSQLExecutionStart","executionId":99,"sparkPlanInfo":${plan}}`;
    const counted =
      '{"Event":"org.apache.spark.sql.execution.ui.SparkListenerDriverAccumUpdates","executionId":99,"accumUpdates":[[900001,7]]}';
    const lines = logLines('spark-3.5', 'window_2');
    const path = put('local-1', [...lines, start(deep), start(scan), counted].join('\n'));
    const { rowsRead, scans } = await evidenceAt(path);
    expect(rowsRead).toBe(40_007);
    const shown = JSON.stringify(scans);
    for (const text of ['hunter2', '\u202e', '\\u001b']) expect(shown).not.toContain(text);
    expect(scans.every(({ filters }) => filters.length <= 1000)).toBe(true);
  });
});
