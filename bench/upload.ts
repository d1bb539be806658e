/** uploadChecks beside aws, s5cmd and rclone, on the embedded AWS nearby and 25 ms away. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EmbeddedAws, startEmbeddedAws } from '../sandbox/world/embeddedAws.ts';
import { bucketName, serverEnvironment } from '../sandbox/world/environment.ts';
import { contentsOf, manyChecks } from './manyChecks.ts';
import { measured, ourCommand, type Run, runCells, runColumns, versionOf } from './measured.ts';
import {
  type BenchOptions,
  type Figure,
  type Outcome,
  type PartResult,
  ratioFigure,
  ratioOf,
  thousands,
  timesText,
} from './part.ts';
import { markdownTable } from './tables.ts';

const prefix = 'checks_load_test/configs/15m/2x/';
/** Added to every response in the rows `far`. */
const latencyMs = 25;

/** The program's name of our rows. */
const ours = 'uploadChecks';

interface Uploader {
  readonly name: string;
  readonly version: readonly string[];
  command(folder: string, endpoint: string): readonly string[];
}

const target = `s3://${bucketName}/${prefix}`;
const s5cmd = ['--log', 'error', 'sync'];
const rclone = ['--s3-provider=Other', '--s3-env-auth', '--s3-region=us-east-1'];
// Without these, 10,000 objects that are 25 ms away take rclone more than two minutes.
const tuned = ['--checksum', '--fast-list', '--transfers=40', '--checkers=40'];
const rivals: readonly Uploader[] = [
  {
    name: 'aws s3 sync',
    version: ['aws', '--version'],
    command: (folder) => ['aws', 's3', 'sync', folder, target, '--only-show-errors'],
  },
  {
    name: 's5cmd sync',
    version: ['s5cmd', 'version'],
    command: (folder, endpoint) => ['s5cmd', '--endpoint-url', endpoint, ...s5cmd, `${folder}/`, target],
  },
  {
    name: `rclone sync ${tuned.join(' ')}`,
    version: ['rclone', '--version'],
    command: (folder, endpoint) =>
      ['rclone', 'sync', folder, `:s3:${bucketName}/${prefix}`, `--s3-endpoint=${endpoint}`].concat(
        rclone,
        tuned,
      ),
  },
];
const programOf = ({ version }: Uploader) => version[0] ?? '';

interface Measured {
  readonly name: string;
  readonly program: string;
  readonly far: boolean;
  readonly first: Run[];
  readonly again: Run[];
  /** Of the last run. */
  requests: { first: string; again: string };
}

export async function measureUploads({ rounds, files, isBusy }: BenchOptions): Promise<PartResult> {
  const versions = await Promise.all(rivals.map(({ version }) => versionOf(...version)));
  const present = rivals.filter((_, index) => versions[index] !== undefined);
  const directory = mkdtempSync(join(tmpdir(), 'bench-upload-'));
  const failed: string[] = [];
  try {
    const rows = await measureRounds(directory, files, rounds, present, failed);
    const known = versions.filter((version) => version !== undefined).join('; ');
    return {
      outcomes: outcomesOf(rows, files, isBusy),
      missing: rivals.filter((rival) => !present.includes(rival)).map(programOf),
      text: `${known}. ${thousands(files)} check files, ${rounds} rounds, to the embedded AWS on the same machine. It uses the same processors, but is not in the CPU column. *Far* adds ${latencyMs} ms before every response. All read their credentials from the environment. uploadChecks is timed as a whole command, including process start: it reads and hashes each file and its git baseline to know that the bytes were approved, sends each body with its sha256, copies the table metrics and looks for stale objects. The benchmark compares every uploaded object with its file.

${[false, true]
  .map(
    (far) =>
      `### ${far ? `Far: ${latencyMs} ms per request` : 'Near'}\n\n${tableOf(
        rows.filter((row) => row.far === far),
        isBusy,
      )}`,
  )
  .join('\n\n')}

aws and s5cmd compare size and time: they miss a check that changed within the clock's resolution and kept its size, and resend one that was rewritten with the same bytes. rclone with \`--checksum\` compares size and MD5, uploadChecks size and sha256.${failed.map((text) => `\n\nFailed, and not counted: ${text}`).join('')}`,
    };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function outcomesOf(rows: readonly Measured[], files: number, isBusy: boolean): Outcome[] {
  /** Our ratio to each rival, near or far; `most` says what it may be. */
  const figures = (
    which: 'first' | 'again',
    far: boolean,
    most: Readonly<Record<string, number>>,
  ): Figure[] =>
    rivals.map((rival) => {
      const of = (program: string) =>
        rows.find((row) => row.program === program && row.far === far)?.[which] ?? [];
      const program = programOf(rival);
      return ratioFigure(
        `${program} ${far ? 'far' : 'near'}`,
        ratioOf(of(ours), of(program), isBusy),
        most[program],
      );
    });
  const fastestOfAll = { aws: 1, s5cmd: 1, rclone: 1 };
  const against = 's5cmd; tuned rclone; `aws s3 sync`';
  return [
    {
      what: `first upload, ${thousands(files)} objects, near / ${latencyMs} ms away`,
      against,
      figures: [
        ...figures('first', false, { s5cmd: 0.6, rclone: 1.1 }),
        ...figures('first', true, { s5cmd: 0.8 }),
      ],
      target: 'at most 0.6 × s5cmd near, 0.8 × far; at most 1.1 × rclone near',
    },
    {
      what: 'upload again, nothing changed',
      against,
      figures: [...figures('again', false, fastestOfAll), ...figures('again', true, fastestOfAll)],
      target: 'faster than all three',
    },
  ];
}

async function measureRounds(
  directory: string,
  count: number,
  rounds: number,
  present: readonly Uploader[],
  failed: string[],
): Promise<Measured[]> {
  const folder = await manyChecks(join(directory, 'k-repo'), count);
  const project = join(directory, 'project');
  mkdirSync(project);
  let aws = await startEmbeddedAws({ speed: 1 });
  const { endpoint } = aws;
  const env = {
    ...serverEnvironment({ endpoint, targetRepo: join(directory, 'k-repo'), project }),
    S3_ENDPOINT_URL: endpoint,
  };
  // The aws command treats an empty AWS_PROFILE as a name.
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const context = { cwd: project, env: given };
  const scaled = await measured(
    ourCommand('scaleConfigs', '--load', '2x', '--schedule', '15m', '--scope', 'schedule', '--json'),
    context,
  );
  const { reviewId } = JSON.parse(scaled.out) as { reviewId: string };
  const contents = contentsOf(folder);
  const uploaders = [
    {
      name: `**${ours}**`,
      program: ours,
      command: () => ourCommand('uploadChecks', '--reviewId', reviewId, '--approved'),
    },
    ...present.map((rival) => ({
      name: `\`${rival.name}\``,
      program: programOf(rival),
      command: rival.command,
    })),
  ];
  const rows = [false, true].flatMap((far) =>
    uploaders.map(
      ({ name, program }): Measured => ({
        name,
        program,
        far,
        first: [],
        again: [],
        requests: { first: '', again: '' },
      }),
    ),
  );
  for (let round = 0; round < rounds; round += 1)
    for (const row of rows) {
      const uploader = uploaders.find(({ name }) => name === row.name);
      if (uploader === undefined) continue;
      // Each run starts with an empty bucket, and ours without a record of earlier uploads.
      await aws.close();
      aws = await startEmbeddedAws({ speed: 1, port: Number(new URL(endpoint).port) });
      rmSync(join(project, '.audit-load-test/uploads'), { recursive: true, force: true });
      if (row.far) aws.front.faults.add({ service: 's3', delayMs: latencyMs });
      try {
        row.first.push(await measured(uploader.command(folder, endpoint), context));
        requireSame(aws, contents, row.name);
        row.requests.first = requestsOf(aws);
        row.again.push(await measured(uploader.command(folder, endpoint), context));
        row.requests.again = requestsOf(aws);
      } catch (error) {
        // A run that was stopped, as uploadChecks is after 49 s, does not cost the other rows.
        failed.push(
          `${row.name} ${row.far ? 'far' : 'near'}: ${String(error).slice(-300).replaceAll(/\s+/g, ' ')}`,
        );
        console.error(error);
        process.exitCode = 1;
        continue;
      }
      console.error(
        `round ${round + 1}, ${row.far ? 'far' : 'near'}, ${row.name}: ${row.first.at(-1)?.wallSeconds.toFixed(1)} s, again ${row.again.at(-1)?.wallSeconds.toFixed(1)} s`,
      );
    }
  await aws.close();
  return rows;
}

/** @throws Error unless the bucket contains exactly these files with these bytes */
function requireSame(aws: EmbeddedAws, contents: ReadonlyMap<string, Buffer>, name: string): void {
  const keys = aws.s3.buckets.keys(bucketName, prefix);
  const same = (key: string) => {
    const bytes = contents.get(key.slice(prefix.length));
    return bytes !== undefined && aws.s3.buckets.get(bucketName, key)?.equals(bytes);
  };
  if (keys.length !== contents.size || !keys.every(same))
    throw new Error(`${name} left other objects in the bucket`);
}

/** The requests since the last call, by operation. */
function requestsOf(aws: EmbeddedAws): string {
  const counts = new Map<string, number>();
  for (const { operation } of aws.front.requests()) counts.set(operation, (counts.get(operation) ?? 0) + 1);
  aws.front.clearRequests();
  return [...counts]
    .sort((a, b) => b[1] - a[1])
    .map(([operation, times]) => `${times.toLocaleString('en-US')} ${operation}`)
    .join(', ');
}

function tableOf(rows: readonly Measured[], isBusy: boolean): string {
  const our = rows.find(({ program }) => program === ours);
  const line = (row: Measured, which: 'first' | 'again') => [
    which === 'first' ? 'first' : 'unchanged',
    row.name,
    ...runCells(row[which]),
    our === undefined || our === row ? '–' : timesText(ratioOf(our[which], row[which], isBusy)),
    row.requests[which],
  ];
  return markdownTable(
    ['Upload', 'By', ...runColumns, 'uploadChecks relative to this', 'Requests'],
    (['first', 'again'] as const).flatMap((which) => rows.map((row) => line(row, which))),
  );
}
