/** The log that most likely holds the error of a failed step. */
import { clean } from '../foreignText.ts';
import type { Step, StepLog, StepLogs, Watch } from '../ports.ts';
import type { AwsServices } from './awsClient.ts';
import { containersOf, type LogPlace, logPlaces, uriOf } from './logPlaces.ts';
import { type LogText, logText } from './logText.ts';
import { readBody } from './s3Body.ts';
import { listAll } from './s3Listing.ts';

/** So much of a packed log is downloaded at most. */
const downloadBytes = 16 * 1024 * 1024;

/** EMR delivers logs every five minutes; twice that is allowed for. */
const deliveryMs = 10 * 60_000;

type Found = { readonly place: LogPlace; readonly log: LogText };

/** Logs are foreign text: what leaves here is stripped of invisible characters and masked. */
export function createStepLogs({ aws }: { readonly aws: Pick<AwsServices, 's3'> }): StepLogs {
  return {
    async read(cluster, step, watch) {
      const places = logPlaces(cluster, step);
      let denied: LogPlace | undefined;
      for (const place of places) {
        const read = await readLog(aws, place, watch);
        if (read === 'denied') denied ??= place;
        if (typeof read === 'string' || read.text.trim() === '') continue;
        return found((await driverLog(aws, { place, log: read }, step, watch)) ?? { place, log: read });
      }
      if (denied !== undefined) return { found: 'denied', uri: uriOf(denied) };
      const isFresh = step.endedMs === undefined || cluster.observedMs - step.endedMs < deliveryMs;
      const uri = places[0] && uriOf(places[0]);
      return { found: isFresh && uri ? 'not_delivered_yet' : 'none', ...(uri && { uri }) };
    },
  };
}

function found({ place, log }: Found): StepLog {
  return { found: 'log', uri: uriOf(place), text: clean(log.text, log.text.length), cut: log.cut };
}

/** With deploy mode "cluster" the driver runs in a container of YARN, and its error is in that container's log. */
async function driverLog(
  aws: Pick<AwsServices, 's3'>,
  stderr: Found,
  step: Step,
  watch: Watch | undefined,
): Promise<Found | undefined> {
  if (!runsOnCluster(step.arguments)) return undefined;
  const application = /\bapplication_\d+_\d+\b/.exec(stderr.log.text)?.[0];
  const folder = application && containersOf(stderr.place, step, application);
  if (!folder) return undefined;
  const objects = await listAll(aws.s3, folder.bucket, folder.key, watch).catch(() => []);
  // The driver is container 1 of an attempt; the last attempt is the one that failed for good.
  const key = objects
    .map((object) => object.key)
    .filter((name) => /_000001\/stderr(?:\.gz)?$/.test(name))
    .at(-1);
  if (key === undefined) return undefined;
  const place = { bucket: folder.bucket, key };
  const log = await readLog(aws, place, watch);
  return typeof log === 'string' || log.text.trim() === '' ? undefined : { place, log };
}

function runsOnCluster(stepArguments: readonly string[]): boolean {
  return stepArguments.some(
    (argument, index) =>
      /^(?:--deploy-mode=cluster|spark\.submit\.deployMode=cluster)$/.test(argument) ||
      (argument === '--deploy-mode' && stepArguments[index + 1] === 'cluster'),
  );
}

async function readLog(
  aws: Pick<AwsServices, 's3'>,
  place: LogPlace,
  watch: Watch | undefined,
): Promise<LogText | 'none' | 'denied'> {
  const doing = { what: `reading ${uriOf(place)}`, action: 's3:GetObject', bucket: place.bucket };
  return aws.s3.run(doing, async (client, sdk) => {
    try {
      const { bytes, cut } = await readBody(client, sdk, place, downloadBytes, watch?.signal);
      return await logText(bytes, cut);
    } catch (error) {
      const absence = absenceOf(error);
      if (absence === undefined) throw error;
      return absence;
    }
  });
}

function absenceOf(error: unknown): 'none' | 'denied' | undefined {
  const name = error instanceof Error ? error.name : '';
  if (name === 'NoSuchKey' || name === 'NotFound' || name === 'NoSuchBucket') return 'none';
  return name === 'AccessDenied' || name === 'Forbidden' ? 'denied' : undefined;
}
