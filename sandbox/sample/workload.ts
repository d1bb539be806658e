/** How long a step runs and how it ends, from the check config in the bucket that its arguments name. */
import type { FailureCause, StepPlan, StepRequest } from '../emr/records.ts';
import { between, createRandom, fractionOf, type Random } from '../random.ts';
import type { Buckets } from '../service.ts';

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
 * The widest `INTERVAL` of a check config in hours, without comments; undefined without one. The sandbox's own
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

/** How a sample check behaves on a cluster: invented, so that a report has something to find. */
interface CheckProfile {
  /** Seconds of Spark start-up, the same for every window. */
  readonly startupSeconds: number;
  /** Seconds of work for the normal window. */
  readonly workSeconds: number;
  /** The normal window, in hours. */
  readonly normalHours: number;
  /** How work grows with the window: 1 is proportional, above 1 is a join over the window. */
  readonly exponent: number;
  /** Gigabytes that an executor needs for each normal window; YARN kills it above its limit. */
  readonly executorGbPerWindow?: number;
  /** A column that the check uses and the table does not have. */
  readonly missingColumn?: { readonly column: string; readonly table: string };
  /** The share of runs that fail because a spot node is lost. */
  readonly spotLossShare?: number;
}

/** By file name without the extension. Every other check gets a profile derived from its name. */
const notable: Readonly<Record<string, CheckProfile>> = {
  // Slow and proportional: these decide whether a round fits its window.
  check_events_15m: { startupSeconds: 42, workSeconds: 265, normalHours: 3, exponent: 1 },
  check_messages_15m: { startupSeconds: 40, workSeconds: 205, normalHours: 2, exponent: 1 },
  check_events_daily: { startupSeconds: 48, workSeconds: 1300, normalHours: 24, exponent: 1 },
  check_profiles_hourly: { startupSeconds: 45, workSeconds: 560, normalHours: 1, exponent: 1 },
  // A self-join over the window.
  check_event_attribution_15m: { startupSeconds: 44, workSeconds: 95, normalHours: 6, exponent: 1.75 },
  // Its aggregation needs more than an executor of 4 GB at four times the window.
  check_profile_merges_15m: {
    startupSeconds: 41,
    workSeconds: 120,
    normalHours: 6,
    exponent: 1,
    executorGbPerWindow: 1.15,
  },
  check_consent_15m: {
    startupSeconds: 38,
    workSeconds: 60,
    normalHours: 3,
    exponent: 1,
    missingColumn: { column: 'consent_updated_at', table: 'consents' },
  },
  check_web_sessions_daily: {
    startupSeconds: 46,
    workSeconds: 420,
    normalHours: 168,
    exponent: 1,
    spotLossShare: 0.2,
  },
};

const normalHoursOf = (stem: string): number => {
  if (stem.endsWith('_daily')) return 168;
  return stem.endsWith('_15m') ? 3 : 1;
};

/** Seconds. */
function workRange(stem: string): readonly [least: number, most: number] {
  if (stem.endsWith('_freshness')) return [6, 25];
  return stem.endsWith('_daily') ? [70, 560] : [25, 170];
}

/** @param stem the file name without `.yml` */
function profileOf(stem: string): CheckProfile {
  const known = Object.hasOwn(notable, stem) ? notable[stem] : undefined;
  if (known) return known;
  const random = createRandom(Math.floor(fractionOf(stem) * 2 ** 32));
  // The square skews the draw: most checks are small and a few are not.
  const size = random() ** 2;
  const [least, most] = workRange(stem);
  return {
    startupSeconds: between(random, 32, 48),
    workSeconds: least + size * (most - least),
    normalHours: normalHoursOf(stem),
    exponent: between(random, 0.9, 1.05),
  };
}
