import { sha256 } from '../domain/digest.ts';
import { type FileRule, ruleFor, type Schedule } from '../domain/schedules.ts';
import { type NotScaled, type Remark, type Rewritten, scaleIntervals } from '../intervals/scale.ts';
import type { CheckFile } from '../ports/repository.ts';
import type { Fix } from '../state/session.ts';

export interface LiteralChange {
  readonly line: number;
  /** The literal in the baseline and at this load. */
  readonly before: string;
  readonly after: string;
}

/** What a check file should contain at a load: its baseline × load, or what the user fixed it to. */
export interface ExpectedFile extends Expectation {
  readonly path: string;
  readonly rule: FileRule;
  readonly file: CheckFile;
}

interface Expectation {
  readonly bytes: Uint8Array;
  readonly digest: string;
  /** Of baseline × load, ignoring any fix. */
  readonly scaledDigest: string;
  readonly changes: readonly LiteralChange[];
  readonly notScaled: readonly NotScaled[];
  readonly remarks: readonly Remark[];
  /** The intervals of the baseline that the load multiplies. */
  readonly above0: Rewritten['above0'];
  /** Why the whole file is left alone. */
  readonly invalid: Rewritten['invalid'];
  /** The known fix that replaces the scaled bytes. */
  readonly fix: Fix | undefined;
}

export interface KnownFixes {
  readonly fixes: readonly Fix[];
  /** digest -> bytes, for the fixes whose bytes are kept. */
  readonly bytes: ReadonlyMap<string, Uint8Array>;
}

export const noFixes: KnownFixes = { fixes: [], bytes: new Map() };

/** Both; where a file has a fix in each, the later one. */
export function withFixes(one: KnownFixes, later: KnownFixes): KnownFixes {
  const replaced = new Set(later.fixes.map(({ path }) => path));
  return {
    fixes: [...one.fixes.filter(({ path }) => !replaced.has(path)), ...later.fixes],
    bytes: new Map([...one.bytes, ...later.bytes]),
  };
}

/**
 * What a file should contain at `load`. Always made from the baseline, so that loads never compound. undefined for a
 * file that a load test does not handle: no known suffix, copied from production, or not in git yet.
 *
 * Computed on first use: to upload and commit bytes that are already approved, what is on disk is enough.
 */
export function expectedFile(file: CheckFile, load: number, known: KnownFixes): ExpectedFile | undefined {
  const rule = ruleFor(file.path);
  const { baseline: bytes, baselineDigest: digest } = file;
  if (rule === undefined || rule.fromProduction || bytes === undefined || digest === undefined)
    return undefined;
  let made: Expectation | undefined;
  const expectation = () => {
    made ??= { ...scaledBaseline({ bytes, digest }, rule, load), ...fixed(file, known) };
    return made;
  };
  return {
    path: file.path,
    rule,
    file,
    get bytes() {
      return expectation().bytes;
    },
    get digest() {
      return expectation().digest;
    },
    get scaledDigest() {
      return expectation().scaledDigest;
    },
    get changes() {
      return expectation().changes;
    },
    get notScaled() {
      return expectation().notScaled;
    },
    get remarks() {
      return expectation().remarks;
    },
    get above0() {
      return expectation().above0;
    },
    get invalid() {
      return expectation().invalid;
    },
    get fix() {
      return expectation().fix;
    },
  };
}

interface Version {
  readonly bytes: Uint8Array;
  readonly digest: string;
}

function scaledBaseline(baseline: Version, rule: FileRule, load: number): Expectation {
  const unscaled = { ...baseline, scaledDigest: baseline.digest, ...nothing };
  if (rule.scales === undefined) return unscaled;
  const scaled = scaleIntervals(baseline.bytes, rule.scales, load);
  if (scaled.invalid !== undefined) return { ...unscaled, invalid: scaled.invalid };
  const { bytes } = scaled;
  const digest = bytes === baseline.bytes ? baseline.digest : sha256(bytes);
  return {
    ...unscaled,
    bytes,
    digest,
    scaledDigest: digest,
    changes: scaled.changes,
    notScaled: scaled.notScaled,
    remarks: scaled.remarks,
    above0: scaled.above0,
  };
}

const nothing = {
  changes: [],
  notScaled: [],
  remarks: [],
  above0: undefined,
  invalid: undefined,
  fix: undefined,
} as const;

function fixed(
  file: CheckFile,
  known: KnownFixes,
): { fix: Fix; bytes: Uint8Array; digest: string } | undefined {
  // A fix belongs to the baseline it was made against.
  const fix = known.fixes.find(
    ({ path, baselineDigest }) => path === file.path && baselineDigest === file.baselineDigest,
  );
  const bytes = fix && known.bytes.get(fix.digest);
  return fix && bytes && { fix, bytes, digest: fix.digest };
}

/** The schedules whose files a call handles. */
export function schedulesInScope(scope: 'all' | 'schedule', schedule: Schedule): readonly Schedule[] {
  return scope === 'all' ? ['15m', 'hourly', 'daily'] : [schedule];
}
