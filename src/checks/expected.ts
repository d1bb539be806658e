import type { CheckFile } from '../ports.ts';
import type { Fix } from '../state/session.ts';
import { sha256 } from './digest.ts';
import { type NotScaled, type Remark, scaleIntervals } from './scale.ts';
import { type FileRule, ruleFor, type Schedule } from './schedules.ts';
import { decodeCheck, encodeCheck } from './sourceText.ts';

export interface LiteralChange {
  readonly line: number;
  /** The literal in the baseline and at this load. */
  readonly before: string;
  readonly after: string;
}

/** What a check file has to hold at a load: its baseline × load, or what a person fixed it to. */
export interface ExpectedFile {
  readonly path: string;
  readonly rule: FileRule;
  readonly file: CheckFile;
  readonly bytes: Uint8Array;
  readonly digest: string;
  /** Of baseline × load alone, whatever a person fixed. */
  readonly scaledDigest: string;
  readonly changes: readonly LiteralChange[];
  readonly notScaled: readonly NotScaled[];
  readonly remarks: readonly Remark[];
  /** Left alone, because it is not valid YAML: the line and what is wrong. */
  readonly invalid?: { readonly line: number; readonly message: string };
  /** The known fix that replaces the scaled bytes. */
  readonly fix?: Fix;
  /** The rule scales files of this kind, but this one holds no literal of its unit. */
  readonly noLiteral: boolean;
}

export interface KnownFixes {
  readonly fixes: readonly Fix[];
  /** digest -> bytes, for the fixes whose bytes are kept. */
  readonly bytes: ReadonlyMap<string, Uint8Array>;
}

export const noFixes: KnownFixes = { fixes: [], bytes: new Map() };

/**
 * What a file has to hold at `load`. Always made from the baseline, so that loads never compound. undefined for a
 * file that a load test does not handle: no known suffix, copied from production, or not in git yet.
 */
export function expectedFile(file: CheckFile, load: number, known: KnownFixes): ExpectedFile | undefined {
  const rule = ruleFor(file.path);
  if (
    rule === undefined ||
    rule.fromProduction ||
    file.baseline === undefined ||
    file.baselineDigest === undefined
  )
    return undefined;
  const same = { path: file.path, rule, file };
  const unscaled = {
    ...same,
    bytes: file.baseline,
    digest: file.baselineDigest,
    scaledDigest: file.baselineDigest,
    ...nothing,
  };
  const fix = applicableFix(file, known);
  const fixBytes = fix && known.bytes.get(fix.digest);
  const fixed = fix && fixBytes ? { fix, bytes: fixBytes, digest: fix.digest } : {};
  if (rule.scales === undefined) return { ...unscaled, ...fixed };

  const text = decodeCheck(file.baseline);
  if ('invalid' in text) return { ...unscaled, ...fixed, invalid: text.invalid };
  const scaled = scaleIntervals(text.source, rule.scales, load);
  if (scaled.invalid !== undefined) return { ...unscaled, ...fixed, invalid: scaled.invalid };
  const bytes = scaled.text === text.source ? file.baseline : encodeCheck(scaled.text);
  const digest = bytes === file.baseline ? file.baselineDigest : sha256(bytes);
  return {
    ...same,
    bytes,
    digest,
    scaledDigest: digest,
    changes: scaled.changes,
    notScaled: scaled.notScaled,
    remarks: scaled.remarks,
    noLiteral: scaled.literals === 0,
    ...fixed,
  };
}

const nothing = { changes: [], notScaled: [], remarks: [], noLiteral: false } as const;

/** A fix belongs to the baseline it was made against. */
function applicableFix(file: CheckFile, known: KnownFixes): Fix | undefined {
  return known.fixes.find((fix) => fix.path === file.path && fix.baselineDigest === file.baselineDigest);
}

/** The schedules whose files a call handles. */
export function schedulesInScope(scope: 'all' | 'schedule', schedule: Schedule): readonly Schedule[] {
  return scope === 'all' ? ['15m', 'hourly', 'daily'] : [schedule];
}
