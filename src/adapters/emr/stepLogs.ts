/** Reads the logs that may contain the error of a failed step: the end of each, from gzip or plain text. */
import { ToolError } from '../../domain/errors.ts';
import { clean } from '../../domain/foreignText.ts';
import { logDeliveryMs } from '../../domain/time.ts';
import type { LogPart, NoLog, Step, StepLogs } from '../../ports/aws.ts';
import type { Watch } from '../../ports/time.ts';
import type { AwsServices } from '../aws/awsClient.ts';
import { logText } from '../logText.ts';
import { listAll, readBody } from '../s3/read.ts';
import { containersOf, type LogPlace, type LogPlaces, logPlaces, uriOf, withStdout } from './logPlaces.ts';

/** The limit for downloaded bytes, compressed or not. */
const downloadBytes = 16 * 1024 * 1024;

type Aws = Pick<AwsServices, 's3'>;
type Absence = Exclude<NoLog, 'not_delivered_yet'>;

/** What a few places contain together: parts with text, or the most useful reason for their absence. */
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
      const isFresh = step.endedMs === undefined || cluster.observedMs - step.endedMs < logDeliveryMs;
      const late = (absence: Absence): NoLog =>
        absence === 'none' && isFresh ? 'not_delivered_yet' : absence;
      const candidates = logPlaces(cluster, step);
      let worst: Reading = { parts: [], absence: 'none', place: candidates[0]?.[0] };
      for (const places of candidates) {
        const reading = await readTogether(aws, places, watch);
        if (reading.parts.length > 0) {
          const master = await masterLogs(aws, reading, step, watch);
          const isMissing = master !== undefined && master.parts.length === 0 && !isDriver(reading, step);
          return {
            found: 'log',
            parts: isDriver(reading, step)
              ? [...reading.parts, ...(master?.parts ?? [])]
              : [...(master?.parts ?? []), ...reading.parts],
            ...(isMissing && { driver: late(master.absence) }),
          };
        }
        if (worst.absence === 'none' && reading.absence !== 'none') worst = reading;
      }
      const uri = worst.place && uriOf(worst.place);
      return { found: uri ? late(worst.absence) : 'none', ...(uri && { uri }) };
    },
  };
}

/** The step's own process is the driver: with deploy mode "client", which may stand in spark-defaults. */
function isDriver(own: Reading, step: Step): boolean {
  return !runsOnCluster(step.arguments) && own.parts.some(({ text }) => driverHere.test(text));
}

/**
 * The logs of the application master's container. With deploy mode "cluster" that is the driver, and its error is there; they
 * are looked at whatever the step's arguments say. Undefined when the step names no application.
 */
async function masterLogs(
  aws: Aws,
  submitter: Reading,
  step: Step,
  watch: Watch | undefined,
): Promise<Reading | undefined> {
  const text = submitter.parts.map((part) => part.text).join('\n');
  const application = /\bapplication_\d+_\d+\b/.exec(text)?.[0];
  const folder = application && submitter.place && containersOf(submitter.place, step, application);
  if (!folder) return undefined;
  const nothing: Reading = { parts: [], absence: 'none', place: folder };
  const listed = await listFolder(aws, folder, watch);
  if (listed === 'denied') return { ...nothing, absence: 'denied' };
  // The master is container 1 of an attempt; the last attempt is the one that failed for good.
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

/** What only a driver prints. */
const driverHere = /\b(?:SparkContext: Running Spark version|DAGScheduler: |TaskSetManager: )|^Traceback /m;

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
