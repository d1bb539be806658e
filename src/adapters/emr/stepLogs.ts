/** Reads the logs that may contain the error of a failed step: the end of each, from gzip or plain text. */
import { constants, createGunzip } from 'node:zlib';
import { ToolError } from '../../domain/errors.ts';
import { clean } from '../../domain/foreignText.ts';
import type { LogPart, NoLog, Step, StepLogs } from '../../ports/aws.ts';
import type { Watch } from '../../ports/time.ts';
import type { AwsServices } from '../aws/awsClient.ts';
import { listAll, readBody } from '../s3/read.ts';
import { containersOf, type LogPlace, type LogPlaces, logPlaces, uriOf, withStdout } from './logPlaces.ts';

/** The limit for downloaded bytes, compressed or not. */
const downloadBytes = 16 * 1024 * 1024;
/** How much of the end of a log is kept: errors are there. */
const keptBytes = 1024 * 1024;
/** The limit for unpacked bytes, against zip bombs. */
const unpackedBytes = 256 * 1024 * 1024;
/** Enough to decide: text has few control characters and few bytes that are not UTF-8, anything else has many. */
const sampledBytes = 4096;

/** EMR delivers logs every five minutes; this allows for twice that. */
const deliveryMs = 10 * 60_000;

type Aws = Pick<AwsServices, 's3'>;
type Absence = Exclude<NoLog, 'not_delivered_yet'>;

/** What a few places contain together: parts with text, or the most useful reason why there is none. */
interface Reading {
  readonly parts: readonly LogPart[];
  readonly absence: Absence;
  /** The place of the first part, or the place the reason refers to. */
  readonly place: LogPlace | undefined;
}

/** Logs are foreign text: invisible characters are removed and secrets masked. */
export function createStepLogs({ aws }: { readonly aws: Aws }): StepLogs {
  return {
    async read(cluster, step, watch) {
      const isFresh = step.endedMs === undefined || cluster.observedMs - step.endedMs < deliveryMs;
      const late = (absence: Absence): NoLog =>
        absence === 'none' && isFresh ? 'not_delivered_yet' : absence;
      const candidates = logPlaces(cluster, step);
      let worst: Reading = { parts: [], absence: 'none', place: candidates[0]?.[0] };
      for (const places of candidates) {
        const reading = await readTogether(aws, places, watch);
        if (reading.parts.length > 0) {
          const driver = await driverLogs(aws, reading, step, watch);
          const parts = [...(driver?.parts ?? []), ...reading.parts];
          const isMissing = driver !== undefined && driver.parts.length === 0;
          return { found: 'log', parts, ...(isMissing && { driver: late(driver.absence) }) };
        }
        if (worst.absence === 'none' && reading.absence !== 'none') worst = reading;
      }
      const uri = worst.place && uriOf(worst.place);
      return { found: uri ? late(worst.absence) : 'none', ...(uri && { uri }) };
    },
  };
}

/**
 * With deploy mode "cluster" the driver runs in a YARN container, and its error is in that container's logs.
 * Undefined when there is no such container.
 */
async function driverLogs(
  aws: Aws,
  submitter: Reading,
  step: Step,
  watch: Watch | undefined,
): Promise<Reading | undefined> {
  if (!runsOnCluster(step.arguments)) return undefined;
  const text = submitter.parts.map((part) => part.text).join('\n');
  const application = /\bapplication_\d+_\d+\b/.exec(text)?.[0];
  const folder = application && submitter.place && containersOf(submitter.place, step, application);
  if (!folder) return undefined;
  const nothing: Reading = { parts: [], absence: 'none', place: folder };
  const listed = await listFolder(aws, folder, watch);
  if (listed === 'denied') return { ...nothing, absence: 'denied' };
  // The driver is container 1 of an attempt; the last attempt is the one that failed for good.
  const key = listed.filter((name) => /_000001\/(?:stderr|stdout)(?:\.gz)?$/.test(name)).at(-1);
  if (key === undefined) return nothing;
  const stderr = { bucket: folder.bucket, key: key.replace(/\/stdout(\.gz)?$/, '/stderr$1') };
  return readTogether(aws, withStdout(stderr), watch);
}

async function listFolder(
  aws: Aws,
  { bucket, key }: LogPlace,
  watch: Watch | undefined,
): Promise<string[] | 'denied'> {
  try {
    return (await listAll(aws.s3, bucket, key, watch)).map((object) => object.key);
  } catch (error) {
    if (error instanceof ToolError && error.code === 'DENIED') return 'denied';
    if (error instanceof ToolError && error.code === 'NOT_FOUND') return [];
    throw error;
  }
}

function runsOnCluster(stepArguments: readonly string[]): boolean {
  return stepArguments.some(
    (argument, index) =>
      /^(?:--deploy-mode=cluster|spark\.submit\.deployMode=cluster)$/.test(argument) ||
      (argument === '--deploy-mode' && stepArguments[index + 1] === 'cluster'),
  );
}

async function readTogether(aws: Aws, places: LogPlaces, watch: Watch | undefined): Promise<Reading> {
  const read = await Promise.all(
    places.map(async (place) => ({ place, log: await readLog(aws, place, watch) })),
  );
  const found = read.flatMap(({ place, log }) =>
    typeof log === 'string' || log.text.trim() === '' ? [] : [{ place, part: log }],
  );
  const absent =
    read.find(({ log }) => log === 'denied') ?? read.find(({ log }) => log === 'unreadable') ?? read[0];
  return {
    parts: found.map(({ part }) => part),
    absence: typeof absent?.log === 'string' ? absent.log : 'none',
    place: found[0]?.place ?? absent?.place,
  };
}

async function readLog(aws: Aws, place: LogPlace, watch: Watch | undefined): Promise<LogPart | Absence> {
  const uri = uriOf(place);
  const call = { what: `reading ${uri}`, action: 's3:GetObject', bucket: place.bucket };
  return aws.s3.run(call, async (client, sdk) => {
    try {
      const { bytes, cut } = await readBody(client, sdk, place, downloadBytes, watch?.signal);
      const log = await logText(bytes, cut);
      return log ? { uri, ...log, text: clean(log.text, log.text.length) } : 'unreadable';
    } catch (error) {
      const absence = absenceOf(error);
      if (absence === undefined) throw error;
      return absence;
    }
  });
}

function absenceOf(error: unknown): Absence | undefined {
  const name = error instanceof Error ? error.name : '';
  if (name === 'NoSuchKey' || name === 'NotFound' || name === 'NoSuchBucket') return 'none';
  return name === 'AccessDenied' || name === 'Forbidden' ? 'denied' : undefined;
}

/**
 * The last mebibyte of a log as text; a truncated gzip yields what precedes the break. Undefined for bytes that are
 * neither gzip nor text.
 */
async function logText(bytes: Uint8Array, bytesAreCut: boolean): Promise<Omit<LogPart, 'uri'> | undefined> {
  const gzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
  if (!gzip && !isText(bytes)) return undefined;
  const tail = gzip
    ? await unpackedTail(bytes)
    : { bytes: bytes.subarray(-keptBytes), cut: bytes.length > keptBytes };
  return { text: Buffer.from(tail.bytes).toString('utf8'), cut: tail.cut || bytesAreCut, gzip };
}

/** Tolerates colour escapes, a character cut at the end of the sample, and another encoding. */
function isText(bytes: Uint8Array): boolean {
  const sample = Buffer.from(bytes.subarray(0, sampledBytes));
  const unprintable = sample.toString('utf8').match(/(?!\s)\p{Cc}|\ufffd/gu)?.length ?? 0;
  return unprintable <= sample.length / 5 + 1;
}

async function unpackedTail(bytes: Uint8Array): Promise<{ bytes: Uint8Array; cut: boolean }> {
  const gunzip = createGunzip({ finishFlush: constants.Z_SYNC_FLUSH });
  gunzip.end(bytes);
  let tail = Buffer.alloc(0);
  let total = 0;
  let broken = false;
  try {
    for await (const chunk of gunzip as AsyncIterable<Buffer>) {
      total += chunk.length;
      tail = Buffer.concat([tail, chunk]);
      if (tail.length > 2 * keptBytes) tail = Buffer.from(tail.subarray(-keptBytes));
      if (total > unpackedBytes) {
        broken = true;
        break;
      }
    }
  } catch {
    broken = true;
  }
  return { bytes: tail.subarray(-keptBytes), cut: broken || total > keptBytes };
}
