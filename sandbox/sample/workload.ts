/** How long a step runs and how it ends, from the check config in the bucket that its arguments name. */
import type { FailureCause, StepPlan, StepRequest } from '../emr/steps/records.ts';
import { between, type Random } from '../random.ts';
import type { Buckets } from '../service.ts';
import { type CheckProfile, profileOf } from './profiles.ts';

/**
 * Seconds for a window: start-up, and work that grows with the window as `(window / normal) ^ exponent`.
 * @param windows the window as a multiple of the check's normal one
 */
function secondsFor(profile: CheckProfile, windows: number): number {
  return profile.startupSeconds + profile.workSeconds * windows ** profile.exponent;
}

/** Plans steps from the configs in the buckets, with up to 4 % of noise from the seed. */
export function createWorkload(buckets: Buckets, random: Random): (step: StepRequest) => StepPlan {
  return (step) => {
    const uri = argument(step.args, '--config');
    if (uri === undefined) return { runMs: between(random, 20_000, 40_000) };
    const config = readUri(buckets, uri);
    if (config === undefined)
      return { runMs: between(random, 18_000, 26_000), failsWith: { kind: 'missing_config', uri } };
    const profile = profileOf(stemOf(uri));
    const windows =
      (runHours(step.args) ?? windowHours(config.toString('utf8')) ?? profile.normalHours) /
      profile.normalHours;
    const fullMs = 1000 * secondsFor(profile, windows) * between(random, 0.96, 1.04);
    const failsWith = failureOf(profile, windows, executorLimitGb(step.args), random);
    return failsWith
      ? { runMs: fullMs * shareBeforeFailure(failsWith, profile, windows), failsWith }
      : { runMs: fullMs };
  };
}

/** The value that follows an option of the step's arguments. */
function argument(args: readonly string[], option: string): string | undefined {
  const at = args.indexOf(option);
  return at === -1 ? undefined : args[at + 1];
}

function failureOf(
  profile: CheckProfile,
  windows: number,
  limitGb: number,
  random: Random,
): FailureCause | undefined {
  if (profile.missingColumn) return { kind: 'missing_column', ...profile.missingColumn };
  if ((profile.executorGbPerWindow ?? 0) * windows > limitGb)
    return { kind: 'yarn_memory_kill', usedGb: limitGb + between(random, 0.05, 0.2), limitGb };
  if (profile.spotLossShare !== undefined && random() < profile.spotLossShare)
    return { kind: 'lost_spot_node' };
  return undefined;
}

/** A missing column is found before any data is read; memory runs out well into the work. */
function shareBeforeFailure(cause: FailureCause, profile: CheckProfile, windows: number): number {
  if (cause.kind === 'missing_column') return profile.startupSeconds / secondsFor(profile, windows);
  return cause.kind === 'yarn_memory_kill' ? 0.7 : 0.85;
}

/** YARN's limit for an executor: its heap plus a tenth for overhead (spark.executor.memoryOverheadFactor). */
function executorLimitGb(args: readonly string[]): number {
  const heapGb = /^(\d+)g$/i.exec(argument(args, '--executor-memory') ?? '')?.[1];
  return 1.1 * Number(heapGb ?? 4);
}

/** The hourly schedule gives its window as `--ts-start` and `--ts-end`. */
function runHours(args: readonly string[]): number | undefined {
  const startMs = Date.parse(argument(args, '--ts-start') ?? '');
  const endMs = Date.parse(argument(args, '--ts-end') ?? '');
  return endMs > startMs ? (endMs - startMs) / 3_600_000 : undefined;
}

function readUri(buckets: Buckets, uri: string): Buffer | undefined {
  const [, bucket, key] = /^s3[an]?:\/\/([^/]+)\/(.+)$/.exec(uri) ?? [];
  if (bucket === undefined || key === undefined) return undefined;
  try {
    return buckets.get(bucket, key);
  } catch {
    // For the check, a missing bucket is the same as a missing object.
    return undefined;
  }
}

function stemOf(uri: string): string {
  return (uri.split('/').at(-1) ?? uri).replace(/\.ya?ml$/, '');
}

const hoursOf: Readonly<Record<string, number>> = { minute: 1 / 60, hour: 1, day: 24, week: 168 };

/**
 * The widest `INTERVAL` of a check config in hours, without comments; undefined when there is none. The sandbox's own
 * reading of the SQL, independent of the product's: enough for the sample checks, but it does not understand strings.
 */
export function windowHours(config: string): number | undefined {
  const sql = config
    .replace(/\/\*[\s\S]*?\*\//g, ' ')
    .replace(/(^|\s)#.*$/gm, '$1')
    .replace(/--.*$/gm, '');
  let widest: number | undefined;
  for (const [, count, unit] of sql.matchAll(
    /\binterval\s*[\\'"]*\s*[+-]?(\d+)\s*[\\'"]*\s*(minute|hour|day|week)s?\b/gi,
  )) {
    const hours = Number(count) * (hoursOf[String(unit).toLowerCase()] ?? 0);
    if (widest === undefined || hours > widest) widest = hours;
  }
  return widest;
}
