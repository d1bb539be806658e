import { sha256 } from '../domain/digest.ts';
import { type FileRule, ruleFor, type Schedule } from '../domain/schedules.ts';
import { version } from '../domain/version.ts';
import {
  type NotScaled,
  type Remark,
  type Rewritten,
  scaleIntervals,
  scalingCode,
} from '../intervals/scale.ts';
import type { CheckFile, Spool } from '../ports/repository.ts';
import type { Fix } from '../state/session.ts';

export interface LiteralChange {
  readonly line: number;
  /** The literal in the baseline and at this load. */
  readonly before: string;
  readonly after: string;
}

/** What a check file should contain at a load: its baseline × load, or what the user fixed it to. */
export interface ExpectedFile extends Findings {
  readonly path: string;
  readonly rule: FileRule;
  readonly file: CheckFile;
  /** Read anew at each look, as the changes are. */
  readonly bytes: Uint8Array;
  readonly changes: readonly LiteralChange[];
  readonly scaled: ScaledBaseline;
  /** With another file on disk, and with another known fix when one is given. */
  with(file: CheckFile, fix?: { readonly fix: Fix | undefined }): ExpectedFile;
}

interface Findings extends ScalingFindings {
  readonly digest: string;
  /** The known fix that replaces the scaled bytes. */
  readonly fix: Fix | undefined;
}

/** What a baseline becomes at a load. */
export interface ScaledBaseline extends ScalingFindings {
  /** The changes, as JSON. */
  rows(): Buffer;
}

/** What it becomes depends on this alone, besides its bytes, its unit and the load. */
export const scalingVersion = `${version} ${scalingCode}`;

export interface KnownScalings {
  lookUp(baselineDigest: string, unit: string): ScaledBaseline | undefined;
}

interface ScalingFindings {
  /** Of baseline × load, ignoring any fix. */
  readonly scaledDigest: string;
  /** How many changes there are. */
  readonly intervals: number;
  readonly notScaled: readonly NotScaled[];
  readonly remarks: readonly Remark[];
  /** The intervals of the baseline that the load multiplies. */
  readonly above0: Rewritten['above0'];
  /** Why the whole file is left alone. */
  readonly invalid: Rewritten['invalid'];
}

export interface KnownFixes {
  readonly fixes: readonly Fix[];
  /** digest -> bytes, for the fixes whose bytes are kept. */
  readonly bytes: ReadonlyMap<string, Uint8Array>;
  /** What is known of baseline × load from an earlier call. */
  readonly scalings?: KnownScalings | undefined;
}

export const noFixes: KnownFixes = { fixes: [], bytes: new Map() };

/** Both; where a file has a fix in each, the later one. */
export function withFixes(one: KnownFixes, later: KnownFixes): KnownFixes {
  const replaced = new Set(later.fixes.map(({ path }) => path));
  return {
    fixes: [...one.fixes.filter(({ path }) => !replaced.has(path)), ...later.fixes],
    bytes: new Map([...one.bytes, ...later.bytes]),
    scalings: one.scalings ?? later.scalings,
  };
}

/**
 * What a file should contain at `load`. Always made from the baseline, so that loads never compound. undefined for a
 * file that a load test does not handle: no known suffix, copied from production, or not in git yet.
 *
 * Computed on first use: to upload and commit bytes that are already approved, what is on disk is enough.
 */
export function expectedFile(
  file: CheckFile,
  load: number,
  known: KnownFixes,
  spool: Spool = inMemory,
): ExpectedFile | undefined {
  const rule = ruleFor(file.path);
  if (rule === undefined || rule.fromProduction || file.baselineDigest === undefined) return undefined;
  return new Expected(file, rule, new Scaling(file, rule, { load, known, spool }));
}

const inMemory: Spool = { put: (bytes) => ({ read: () => viewOf(bytes) }) };

/** The bytes without a copy. */
export function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}

class Expected implements ExpectedFile {
  readonly file: CheckFile;
  readonly rule: FileRule;
  readonly #scaling: Scaling;
  readonly #fix: { readonly fix: Fix | undefined } | undefined;

  constructor(file: CheckFile, rule: FileRule, scaling: Scaling, fix?: { readonly fix: Fix | undefined }) {
    this.file = file;
    this.rule = rule;
    this.#scaling = scaling;
    this.#fix = fix;
  }

  with(file: CheckFile, fix = this.#fix): ExpectedFile {
    return new Expected(file, this.rule, this.#scaling, fix);
  }

  get path() {
    return this.file.path;
  }
  get bytes() {
    return this.#scaling.made.bytes();
  }
  get changes() {
    return JSON.parse(this.scaled.rows().toString('utf8')) as readonly LiteralChange[];
  }
  get scaled() {
    return this.#scaling.made;
  }
  get digest() {
    return this.#scaling.made.digest;
  }
  get scaledDigest() {
    return this.#scaling.made.scaledDigest;
  }
  get intervals() {
    return this.#scaling.made.intervals;
  }
  get notScaled() {
    return this.#scaling.made.notScaled;
  }
  get remarks() {
    return this.#scaling.made.remarks;
  }
  get above0() {
    return this.#scaling.made.above0;
  }
  get invalid() {
    return this.#scaling.made.invalid;
  }
  get fix() {
    return this.#fix === undefined ? this.#scaling.made.fix : this.#fix.fix;
  }
}

interface Level {
  readonly load: number;
  readonly known: KnownFixes;
  readonly spool: Spool;
}

interface Expectation extends Findings, ScaledBaseline {
  bytes(): Uint8Array;
}

/** What a baseline becomes; computed once. */
class Scaling {
  readonly #file: CheckFile;
  readonly #rule: FileRule;
  readonly #level: Level;
  #made: Expectation | undefined;

  constructor(file: CheckFile, rule: FileRule, level: Level) {
    this.#file = file;
    this.#rule = rule;
    this.#level = level;
  }

  get made(): Expectation {
    this.#made ??= {
      ...(rememberedScaling(this.#file, this.#rule, this.#level) ??
        scaledBaseline(this.#file, this.#rule, this.#level)),
      ...fixed(this.#file, this.#level),
    };
    return this.#made;
  }
}

/** Of a file that has the bytes which the memory names: whatever else it has is scaled. */
function rememberedScaling(file: CheckFile, { scales }: FileRule, { known }: Level): Expectation | undefined {
  const { baselineDigest = '', diskDigest } = file;
  if (diskDigest === undefined || scales === undefined) return undefined;
  const scaled = known.scalings?.lookUp(baselineDigest, scales);
  if (scaled?.scaledDigest !== diskDigest) return undefined;
  return { ...scaled, digest: diskDigest, fix: undefined, bytes: () => file.disk ?? Buffer.of() };
}

function scaledBaseline(file: CheckFile, { scales }: FileRule, { load, spool }: Level): Expectation {
  const { baselineDigest = '' } = file;
  const unscaled = {
    ...nothing,
    bytes: () => file.baseline ?? Buffer.of(),
    digest: baselineDigest,
    scaledDigest: baselineDigest,
  };
  if (scales === undefined) return unscaled;
  const baseline = unscaled.bytes();
  const { bytes, changes, invalid, notScaled, remarks, above0 } = scaleIntervals(baseline, scales, load);
  if (invalid !== undefined) return { ...unscaled, invalid };
  const findings = { notScaled, remarks, above0 };
  if (bytes === baseline) return { ...unscaled, ...findings };
  const digest = sha256(bytes);
  const kept = spool.put(bytes);
  const rows = spool.put(Buffer.from(JSON.stringify(changes)));
  return {
    ...unscaled,
    ...findings,
    bytes: () => kept.read(),
    rows: () => rows.read(),
    intervals: changes.length,
    digest,
    scaledDigest: digest,
  };
}

const noRows = Buffer.from('[]');

const nothing = {
  rows: () => noRows,
  intervals: 0,
  notScaled: [],
  remarks: [],
  above0: undefined,
  invalid: undefined,
  fix: undefined,
} as const;

function fixed(file: CheckFile, { known }: Level): Pick<Expectation, 'fix' | 'bytes' | 'digest'> | undefined {
  // A fix belongs to the baseline it was made against.
  const fix = known.fixes.find(
    ({ path, baselineDigest }) => path === file.path && baselineDigest === file.baselineDigest,
  );
  const bytes = fix && known.bytes.get(fix.digest);
  return fix && bytes && { fix, bytes: () => bytes, digest: fix.digest };
}

/** The schedules whose files a call handles. */
export function schedulesInScope(scope: 'all' | 'schedule', schedule: Schedule): readonly Schedule[] {
  return scope === 'all' ? ['15m', 'hourly', 'daily'] : [schedule];
}
