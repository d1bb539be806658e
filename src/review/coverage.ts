/** What the load does to each check, from its bytes: those of the baseline, and those that will run. */
import type { Coverage, UnscaledWhy } from '../domain/coverage.ts';
import type { FileRule, Schedule } from '../domain/schedules.ts';
import { plural } from '../domain/text.ts';
import { type IntervalLiteral, type Scan, scanIntervals } from '../intervals/scale.ts';
import type { ExpectedFile } from './expected.ts';

/** A check that will run. */
export interface RunningCheck {
  /** Relative to its prefix or CHECKS_PATH. */
  readonly path: string;
  readonly rule: FileRule | undefined;
  readonly baseline: Uint8Array | undefined;
  /** Undefined when nobody could read what will run. */
  readonly bytes: Uint8Array | undefined;
  /** Present where the bytes are the baseline × load: what they carry is known from scaling the baseline. */
  readonly scaled?: Pick<ExpectedFile, 'above0' | 'notScaled' | 'invalid'> | undefined;
}

/** A check under review as it is on disk; its bytes are read, and its baseline is scaled, when they have to be. */
export function checkOnDisk(one: ExpectedFile): RunningCheck {
  return new CheckOnDisk(one);
}

class CheckOnDisk implements RunningCheck {
  readonly #one: ExpectedFile;

  constructor(one: ExpectedFile) {
    this.#one = one;
  }

  get path() {
    return this.#one.path;
  }
  get rule() {
    return this.#one.rule;
  }
  get baseline() {
    return this.#one.file.baseline;
  }
  get bytes() {
    return this.#one.file.disk;
  }
  get scaled() {
    return this.#one.file.diskDigest === this.#one.scaledDigest ? this.#one : undefined;
  }
}

type LoadOnCheck =
  | { readonly why: UnscaledWhy }
  | { readonly narrows: boolean; readonly longest: bigint | undefined };

const longestShown = 3;
const hoursIn = { hour: 1, day: 24 } as const;

/** The coverage of one schedule by a load, over the checks that will run. */
export function coverageOf(
  schedule: Schedule,
  load: number,
  checks: readonly RunningCheck[],
  missing: Coverage['missing'],
): Coverage {
  const known = { schedule, checks: checks.length, missing };
  if (load === 1) {
    const nothing = { scaled: 0, unscaled: [], kinds: 0, narrows: [], longest: [] };
    return { ...known, ...nothing, unscaledTotal: checks.length };
  }
  const unscaled: Coverage['unscaled'] = [];
  const narrows: string[] = [];
  let longest: { file: string; window: string; hours: number }[] = [];
  for (const check of checks) {
    const found = loadOn(check, load);
    if ('why' in found) unscaled.push({ file: check.path, why: found.why });
    else {
      if (found.narrows) narrows.push(check.path);
      const unit = check.rule?.scales;
      if (unit === undefined || found.longest === undefined) continue;
      const value = Number(found.longest);
      const hours = value * hoursIn[unit];
      if (hours <= (longest[longestShown - 1]?.hours ?? -1)) continue;
      longest.push({ file: check.path, window: plural(value, unit), hours });
      longest = longest.sort((a, b) => b.hours - a.hours).slice(0, longestShown);
    }
  }
  return {
    ...known,
    scaled: checks.length - unscaled.length,
    unscaled,
    unscaledTotal: unscaled.length,
    kinds: unscaled.filter(({ why }) => why === 'a kind that the rule leaves alone').length,
    narrows,
    longest: longest.map(({ file, window }) => ({ file, window })),
  };
}

/** At a load above 1. An hourly check gets a wider window from its DAG run, so its file stays as it is. */
function loadOn(check: RunningCheck, load: number): LoadOnCheck {
  const { rule } = check;
  if (rule?.schedule === 'hourly' && !rule.fromProduction) return { narrows: false, longest: undefined };
  if (rule !== undefined && rule.scales === undefined) return { why: 'a kind that the rule leaves alone' };
  if (rule?.scales === undefined) return { why: 'not in the repository' };
  const { scaled } = check;
  if (scaled !== undefined) return loadOnScaled(scaled, load);
  const { baseline, bytes } = check;
  if (baseline === undefined || bytes === undefined) return { why: 'not in the repository' };
  const now = scanIntervals(bytes, rule.scales);
  if (now.invalid !== undefined) return { why: 'unparseable' };
  const before = scanIntervals(baseline, rule.scales);
  const multiplied = multipliedIn(before.literals, now.literals, load);
  const [longest] = multiplied.toSorted((a, b) => (b.value > a.value ? 1 : -1));
  if (longest !== undefined)
    return { narrows: multiplied.every(({ readsLess }) => readsLess), longest: longest.value };
  return { why: before.literals.some(({ value }) => value > 0n) ? 'set by a person' : whyNone(now) };
}

function loadOnScaled(scaled: NonNullable<RunningCheck['scaled']>, load: number): LoadOnCheck {
  const { above0, invalid } = scaled;
  if (invalid !== undefined) return { why: 'unparseable' };
  if (above0 === undefined) return { why: whyNone(scaled) };
  return { narrows: above0.allReadLess, longest: above0.largest * BigInt(load) };
}

/** The intervals that are those of the baseline × load. Where the text has others, each counts for one of the baseline's. */
function multipliedIn(
  before: readonly IntervalLiteral[],
  now: readonly IntervalLiteral[],
  load: number,
): IntervalLiteral[] {
  const factor = BigInt(load);
  if (before.length === now.length)
    return now.filter(({ value }, index) => {
      const old = before[index]?.value ?? 0n;
      return old > 0n && value === old * factor;
    });
  const left = before.map(({ value }) => value).filter((value) => value > 0n);
  const take = (value: bigint): boolean => {
    const at = left.indexOf(value);
    if (at >= 0) left.splice(at, 1);
    return at >= 0;
  };
  // What still reads as before is no multiple of another interval.
  const others = now.filter(({ value }) => !take(value));
  return others.filter(({ value }) => value % factor === 0n && take(value / factor));
}

function whyNone({ notScaled }: Pick<Scan, 'notScaled'>): UnscaledWhy {
  const kinds = new Set(notScaled.map(({ kind }) => kind));
  if (kinds.has('another unit')) return 'another unit';
  return kinds.has('not a literal') ? 'not a literal' : 'no interval';
}
