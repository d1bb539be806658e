/** `audit-load-test explain`: logs on disk, no AWS. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { failureTexts } from '../../bench/failureTexts.ts';
import { createLogFiles } from '../../src/adapters/files/logFiles.ts';
import { runExplain } from '../../src/interfaces/cli/explain.ts';
import type { EventLogs } from '../../src/ports/eventLogs.ts';
import { eventLogs, logPath } from '../report/evidence/logs.ts';

const cases = failureTexts('cases');
const heap = 'Exception in thread "main" java.lang.OutOfMemoryError: Java heap space';

/** Nothing of AWS is asked. */
const diskOnly: EventLogs = {
  ...eventLogs,
  inFolder: () => Promise.reject(new Error('S3 was asked')),
  applicationOf: () => Promise.reject(new Error('S3 was asked')),
};

let directory = '';
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'explain-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

function put(name: string, bytes: string | Uint8Array): string {
  const path = join(directory, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, bytes);
  return path;
}

async function explain(...words: string[]) {
  const [out, err]: [string[], string[]] = [[], []];
  const ports = async () => ({ logFiles: createLogFiles(), eventLogs: diskOnly });
  const shell = { out: (text: string) => out.push(text), err: (text: string) => err.push(text) };
  const status = await runExplain(words, ports, shell);
  return { status, out: out.join('\n'), err: err.join('\n') };
}

async function explained(...words: string[]) {
  const { status, out, err } = await explain(...words, '--json');
  expect([status, err]).toEqual([0, '']);
  return JSON.parse(out);
}

describe('explain', () => {
  test.each(cases.map((one) => [one.id, one] as const))('%s: what buildReport would say', async (id, one) => {
    const file = put(`cases/${id}.txt.gz`, gzipSync(one.text));
    const { causes, withoutCause } = await explained(file);
    expect(withoutCause).toEqual([]);
    expect(causes).toHaveLength(1);
    expect(causes[0]).toEqual({
      file,
      cause: expect.any(String),
      signature: expect.any(String),
      kind: expect.any(String),
      side: expect.any(String),
      line: expect.any(Number),
      text: expect.any(String),
      advice: causes[0].advice,
    });
    expect(one.causes).toContain(causes[0].signature);
    expect(one.kind).toContain(causes[0].kind);
    expect(one.side).toContain(causes[0].side);
    expect(causes[0].text).toContain(one.ends);
    expect(one.text.split('\n')[causes[0].line - 1]).toContain(one.ends);
  });

  test('takes the logs of one step together, whatever they are called, and quotes the driver’s', async () => {
    const one = cases.find(({ beside }) => beside !== undefined);
    const step = put('step.log', one?.beside ?? '');
    const driver = put('driver.log', one?.text ?? '');
    const { causes } = await explained(step, driver);
    expect(causes).toMatchObject([{ file: driver, signature: 'data-file-missing' }]);
  });

  test('takes the two streams of one process together', async () => {
    const stderr = put(
      'a/stderr',
      '25/12/07 20:50:00 ERROR ApplicationMaster: User application exited with status 1',
    );
    const stdout = put('a/stdout', 'Traceback (most recent call last):\n  File "x.py"\nMemoryError');
    const other = put('b/stderr', heap);
    const { causes } = await explained(stderr, other, stdout);
    expect(causes).toMatchObject([
      { file: stdout, signature: 'python-memory', line: 3 },
      { file: other, signature: 'driver-heap' },
    ]);
  });

  test('keeps the steps of two applications apart', async () => {
    const log = (application: string, text: string) =>
      `INFO Client: Submitted application ${application}\n${text}`;
    const one = put('one.log', log('application_1733600000000_0001', heap));
    const two = put(
      'two.log',
      log('application_1733600000000_0002', "ModuleNotFoundError: No module named 'm'"),
    );
    expect((await explained(one, two)).causes).toMatchObject([{ file: one }, { file: two }]);
  });

  test('gives no cause for a log that ended well, and none that it does not find', async () => {
    const well = put(
      'well.log',
      `${heap}\n25/12/07 20:50:00 INFO ApplicationMaster: Final app status: SUCCEEDED, exitCode: 0`,
    );
    const empty = put('empty.log', 'nothing known');
    expect(await explained(well, empty)).toEqual({
      causes: [],
      withoutCause: [
        { files: [well], why: 'ended_well' },
        { files: [empty], why: 'unknown' },
      ],
    });
    expect((await explain(well, empty)).out).toBe(
      `${well}: ended well.\n${empty}: nothing in it says what ended the step.`,
    );
  });

  test('says in lines what the structure says', async () => {
    const file = put('heap.log', heap);
    expect(await explain(file)).toEqual({
      status: 0,
      out: `${file}:1: Driver out of heap (capacity, driver)\n  ${heap}\n  To do: spark.driver.memory: twice the present value`,
      err: '',
    });
  });

  test('reads the end of a log of any size, and masks its secrets', async () => {
    const long = put(
      'long.log',
      `${'25/12/07 20:30:11 INFO Noise: x\n'.repeat(60_000)}java.io.IOException: password=hunter22`,
    );
    const [cause] = (await explained(long)).causes;
    expect(cause).toMatchObject({ signature: 'exception:java.io.IOException', advice: null });
    expect(cause.text).toContain('password=[masked]');
  });

  test.each([
    ['a file that is not there', () => join(directory, 'gone.log'), 'there is no such file'],
    ['a folder', () => directory, 'it is a folder'],
    ['a pipe, which would never end', () => pipe(), 'it is a pipe'],
    ['a link', () => link(), 'it is a link'],
    [
      'bytes that are no text',
      () => put('noise', Buffer.from(Array.from({ length: 5000 }, (_, n) => (n * 7919) % 256))),
      'it is neither text nor gzip',
    ],
  ])('refuses %s by name', async (_, path, why) => {
    const file = path();
    const { status, out, err } = await explain(file);
    expect([status, out]).toEqual([1, '']);
    expect(err).toBe(
      `BAD_INPUT: ${JSON.stringify(file)} was not read: ${why}. Next: name log files of a step, plain or gzip: audit-load-test explain FILE…`,
    );
    expect(JSON.parse((await explain(file, '--json')).err)).toMatchObject({ code: 'BAD_INPUT' });
  });

  test('shows its usage, and refuses an unknown option', async () => {
    expect(await explain('--help')).toMatchObject({
      status: 0,
      out: expect.stringMatching(/^audit-load-test explain FILE… /),
    });
    expect(await explain()).toMatchObject({
      status: 2,
      err: expect.stringMatching(/^audit-load-test explain FILE… /),
    });
    expect(await explain('--jsn', 'x')).toMatchObject({
      status: 2,
      err: expect.stringMatching(/^explain has no option --jsn\./),
    });
  });
});

function pipe(): string {
  const path = join(directory, 'pipe');
  execFileSync('mkfifo', [path]);
  return path;
}

function link(): string {
  const path = join(directory, 'link');
  symlinkSync(put('target.log', heap), path);
  return path;
}

describe('a Spark event log among the files', () => {
  test('adds what was read and why it was slow, beside the causes of the other logs', async () => {
    const log = logPath('spark-4.0', 'codec_default');
    const stderr = put('stderr', heap);
    const { causes, evidence } = await explained(stderr, log);
    expect(causes).toMatchObject([{ file: stderr }]);
    expect(evidence).toMatchObject([{ file: log, rowsRead: 40_000, outcome: 'succeeded' }]);
    const { out } = await explain(log);
    expect(out).toContain('Spark 4.0.1: succeeded\n  40,000 rows read');
  });

  test('that cannot be read says why', async () => {
    const log = logPath('spark-3.5', 'codec_snappy');
    expect(await explained(log)).toMatchObject({ notRead: [{ file: log, notRead: 'codec' }] });
  });
});
