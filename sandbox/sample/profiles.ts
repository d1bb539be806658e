/** How the sample checks behave on a cluster: invented, so that a report has something to find. */
import { between, createRandom, fractionOf } from '../random.ts';

export interface CheckProfile {
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
export function profileOf(stem: string): CheckProfile {
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
