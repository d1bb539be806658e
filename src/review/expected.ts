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
import type { CheckFile, Spool, Spooled, WrittenFile } from '../ports/repository.ts';
import type { Fix } from '../state/session.ts';

export interface LiteralChange {
  readonly line: number;
  /** The literal in the baseline and at this load. */
  readonly before: string;
  readonly after: string;
}

/** What a check file should contain at a load: its baseline × load, or what the user fixed it to. */
export interface ExpectedFile extends Findings, WrittenFile {
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
  readonly rows: Spooled;
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
export function expectedFile(file: CheckFile, level: ScaledLevel): ExpectedFile | undefined {
  const rule = ruleFor(file.path);
  if (rule === undefined || rule.fromProduction || file.baselineDigest === undefined) return undefined;
  return new Expected(file, rule, new Scaling(file, rule, level));
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
  get replaces() {
    return this.file.diskDigest;
  }
  get bytes() {
    return this.#scaling.made.bytes.read();
  }
  get changes() {
    return JSON.parse(this.scaled.rows.read().toString('utf8')) as readonly LiteralChange[];
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

/** What the files of one level share. */
export interface ScaledLevel {
  readonly load: number;
  readonly known: KnownFixes;
  /** For the scaled bytes; in memory unless given. */
  readonly spool?: Spool | undefined;
}

/** With the bytes that the file should contain, read anew at each look. */
interface Expectation extends Findings, ScaledBaseline {
  readonly bytes: Spooled;
}

/** What a baseline becomes; computed once. */
class Scaling {
  readonly #file: CheckFile;
  readonly #rule: FileRule;
  readonly #level: ScaledLevel;
  #made: Expectation | undefined;

  constructor(file: CheckFile, rule: FileRule, level: ScaledLevel) {
    this.#file = file;
    this.#rule = rule;
    this.#level = level;
  }

  get made(): Expectation {
    this.#made ??= this.#make();
    return this.#made;
  }

  #make(): Expectation {
    const scaled =
      rememberedScaling(this.#file, this.#rule, this.#level) ??
      scaledBaseline(this.#file, this.#rule, this.#level);
    const fix = fixOf(this.#file, this.#level);
    return fix === undefined ? scaled : { ...scaled, ...fix };
  }
}

/** Of a file that has the bytes which the memory names: whatever else it has is scaled. */
function rememberedScaling(
  file: CheckFile,
  { scales }: FileRule,
  { known }: ScaledLevel,
): Expectation | undefined {
  const { baselineDigest = '', diskDigest } = file;
  if (diskDigest === undefined || scales === undefined) return undefined;
  const scaled = known.scalings?.lookUp(baselineDigest, scales);
  if (scaled?.scaledDigest !== diskDigest) return undefined;
  return {
    bytes: { read: () => file.disk ?? Buffer.of() },
    rows: scaled.rows,
    intervals: scaled.intervals,
    digest: diskDigest,
    scaledDigest: diskDigest,
    notScaled: scaled.notScaled,
    remarks: scaled.remarks,
    above0: scaled.above0,
    invalid: scaled.invalid,
    fix: undefined,
  };
}

function scaledBaseline(
  file: CheckFile,
  { scales }: FileRule,
  { load, spool = inMemory }: ScaledLevel,
): Expectation {
  if (scales === undefined) return asBefore(file, nothingFound);
  const baseline = file.baseline ?? Buffer.of();
  const found = scaleIntervals(baseline, scales, load);
  const { bytes, changes } = found;
  if (bytes === baseline || found.invalid !== undefined) return asBefore(file, found);
  const digest = sha256(bytes);
  // One literal, without a spread: there are as many of them as checks, and each shape of its own takes more than all else.
  return {
    bytes: spool.put(bytes),
    rows: spool.put(Buffer.from(JSON.stringify(changes))),
    intervals: changes.length,
    digest,
    scaledDigest: digest,
    notScaled: found.notScaled.length === 0 ? none : found.notScaled,
    remarks: found.remarks.length === 0 ? none : found.remarks,
    above0: found.above0,
    invalid: undefined,
    fix: undefined,
  };
}

const none: readonly never[] = [];
const noRows: Spooled = { read: () => Buffer.from('[]') };
const nothingFound = { notScaled: none, remarks: none };

function asBefore(
  file: CheckFile,
  found: Pick<Rewritten, 'notScaled' | 'remarks' | 'above0' | 'invalid'>,
): Expectation {
  const { baselineDigest = '' } = file;
  return {
    bytes: { read: () => file.baseline ?? Buffer.of() },
    rows: noRows,
    intervals: 0,
    digest: baselineDigest,
    scaledDigest: baselineDigest,
    notScaled: found.notScaled,
    remarks: found.remarks,
    above0: found.above0,
    invalid: found.invalid,
    fix: undefined,
  };
}

function fixOf(
  file: CheckFile,
  { known }: ScaledLevel,
): Pick<Expectation, 'fix' | 'bytes' | 'digest'> | undefined {
  // A fix belongs to the baseline it was made against.
  const fix = known.fixes.find(
    ({ path, baselineDigest }) => path === file.path && baselineDigest === file.baselineDigest,
  );
  const bytes = fix && known.bytes.get(fix.digest);
  return fix && bytes && { fix, bytes: { read: () => viewOf(bytes) }, digest: fix.digest };
}

/** The schedules whose files a call handles. */
export function schedulesInScope(scope: 'all' | 'schedule', schedule: Schedule): readonly Schedule[] {
  return scope === 'all' ? ['15m', 'hourly', 'daily'] : [schedule];
}
