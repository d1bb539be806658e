/**
 * What each baseline became at the load of the level on disk, so that the next call need not scale it again. The journal
 * names these bytes by their digest: others, and those of another version of the code, count as none. They are only
 * believed of a file that has the very bytes that they name; anything that is written was scaled by the same call.
 */
import {
  type ExpectedFile,
  type KnownScalings,
  type ScaledBaseline,
  scalingVersion,
} from '../../review/expected.ts';
import type { Level } from '../../state/model.ts';
import type { Blobs } from '../../state/store.ts';

interface Index {
  readonly code: string;
  readonly load: number;
  /** Digests of the packs. */
  readonly packs: readonly string[];
}

const filesInPack = 2_000;

type Head = [
  scaledDigest: string,
  intervals: number,
  notScaled: ScaledBaseline['notScaled'],
  remarks: ScaledBaseline['remarks'],
  above0: { largest: string; allReadLess: boolean } | null,
  invalid: ScaledBaseline['invalid'] | null,
];

/** Stores what these files became, unless `known` says it. Returns the digest; undefined for load 1, which scales nothing. */
export async function keepScalings(
  blobs: Blobs,
  files: readonly ExpectedFile[],
  load: number,
  known: RememberedScalings | undefined,
): Promise<string | undefined> {
  const scaled = load === 1 ? [] : files.filter(({ rule }) => rule.scales !== undefined);
  if (scaled.length === 0) return undefined;
  if (known !== undefined && scaled.every((one) => isKnown(one, known))) return known.digest;
  const packs: string[] = [];
  for (let from = 0; from < scaled.length; from += filesInPack)
    packs.push(await blobs.put(Buffer.concat(scaled.slice(from, from + filesInPack).flatMap(lineOf))));
  const index: Index = { code: scalingVersion, load, packs };
  return blobs.put(Buffer.from(JSON.stringify(index)));
}

function isKnown({ file, rule, scaledDigest }: ExpectedFile, known: RememberedScalings): boolean {
  return known.scaledDigest(file.baselineDigest ?? '', rule.scales ?? '') === scaledDigest;
}

const tab = Buffer.from('\t');
const newline = Buffer.from('\n');

function lineOf({ file, rule, scaled }: ExpectedFile): Buffer[] {
  const { scaledDigest, intervals, notScaled, remarks, above0, invalid } = scaled;
  const largest = above0 === undefined ? null : { ...above0, largest: String(above0.largest) };
  const head: Head = [scaledDigest, intervals, notScaled, remarks, largest, invalid ?? null];
  const key = keyOf(file.baselineDigest ?? '', rule.scales ?? '');
  return [Buffer.from(`${key}\t${JSON.stringify(head)}`), tab, scaled.rows.read(), newline];
}

function keyOf(baselineDigest: string, unit: string): string {
  return `${baselineDigest} ${unit}`;
}

export interface RememberedScalings extends KnownScalings {
  readonly digest: string;
  /** That of `lookUp`, without reading the rest. */
  scaledDigest(baselineDigest: string, unit: string): string | undefined;
}

/** What the session remembers of its level at this load; undefined when that is nothing. */
export async function readScalings(
  blobs: Blobs,
  level: Level | undefined,
  load: number,
): Promise<RememberedScalings | undefined> {
  const digest = level?.load === load ? level.scalings : undefined;
  const bytes = digest && (await blobs.get(digest));
  if (!digest || !bytes) return undefined;
  const index = JSON.parse(bytes.toString('utf8')) as Index;
  if (index.code !== scalingVersion || index.load !== load) return undefined;
  const lines = new Map<string, Buffer>();
  for (const name of index.packs) {
    const pack = (await blobs.get(name)) ?? Buffer.of();
    for (let from = 0; from < pack.length; ) {
      const [keyEnd, end] = [pack.indexOf(tab, from), pack.indexOf(newline, from)];
      lines.set(pack.toString('latin1', from, keyEnd), pack.subarray(keyEnd + 1, end));
      from = end + 1;
    }
  }
  return {
    digest,
    lookUp(baselineDigest, unit) {
      const line = lines.get(keyOf(baselineDigest, unit));
      return line && scalingOf(line);
    },
    scaledDigest(baselineDigest, unit) {
      const line = lines.get(keyOf(baselineDigest, unit));
      return line?.toString('latin1', '["'.length, '["'.length + 64);
    },
  };
}

function scalingOf(line: Buffer): ScaledBaseline {
  const headEnd = line.indexOf(tab);
  const [scaledDigest, intervals, notScaled, remarks, above0, invalid] = JSON.parse(
    line.toString('utf8', 0, headEnd),
  ) as Head;
  return {
    scaledDigest,
    intervals,
    notScaled,
    remarks,
    above0:
      above0 === null ? undefined : { largest: BigInt(above0.largest), allReadLess: above0.allReadLess },
    invalid: invalid ?? undefined,
    rows: { read: () => line.subarray(headEnd + 1) },
  };
}
