import { expect, test } from 'vitest';
import { sha256 } from '../../src/domain/digest.ts';
import type { CheckFile } from '../../src/ports/repository.ts';
import { expectedFile, noFixes } from '../../src/review/expected.ts';
import type { Level } from '../../src/state/model.ts';
import type { Blobs } from '../../src/state/store.ts';
import { keepScalings, readScalings } from '../../src/workflow/baseline/scalings.ts';

function store(): { blobs: Blobs; kept: Map<string, Buffer> } {
  const kept = new Map<string, Buffer>();
  const put = async (bytes: Uint8Array) => {
    kept.set(sha256(bytes), Buffer.from(bytes));
    return sha256(bytes);
  };
  return { kept, blobs: { put, get: async (digest) => kept.get(digest), claim: async () => false } };
}

const texts = [
  "where: a > now() - INTERVAL '3' hour\n",
  'where: a\n',
  "{% if a %}\nwhere: > INTERVAL '1' hour\n",
];
const level = (load: number, scalings: string | undefined) => ({ load, scalings }) as Level;

function scaledFiles(load: number) {
  return texts.flatMap((text, index) => {
    const file: CheckFile = {
      path: `check_${index}_15m.yml`,
      newOnBranch: false,
      baseline: Buffer.from(text),
      baselineDigest: sha256(text),
    };
    return expectedFile(file, { load, known: noFixes }) ?? [];
  });
}

test('what was kept is found by baseline and unit', async () => {
  const { blobs } = store();
  const files = scaledFiles(3);
  const digest = await keepScalings(blobs, files, 3, undefined);
  const known = await readScalings(blobs, level(3, digest), 3);
  for (const { file, scaled } of files) {
    const found = known?.lookUp(file.baselineDigest ?? '', 'hour');
    const { scaledDigest, intervals, notScaled, remarks, above0, invalid } = scaled;
    expect(found).toMatchObject({ scaledDigest, intervals, notScaled, remarks });
    expect([found?.above0, found?.invalid]).toEqual([above0, invalid]);
    expect(found?.rows.read()).toEqual(scaled.rows.read());
    expect(known?.lookUp(file.baselineDigest ?? '', 'day')).toBeUndefined();
  }
  expect(known?.lookUp(sha256('other'), 'hour')).toBeUndefined();
  expect(await keepScalings(blobs, files, 3, known)).toBe(digest);
});

test('nothing is known of another load, of a level without it, nor of bytes that are gone', async () => {
  const { blobs, kept } = store();
  const digest = await keepScalings(blobs, scaledFiles(3), 3, undefined);
  expect(await readScalings(blobs, level(3, digest), 4)).toBeUndefined();
  expect(await readScalings(blobs, level(3, undefined), 3)).toBeUndefined();
  expect(await readScalings(blobs, undefined, 3)).toBeUndefined();
  for (const name of [...kept.keys()]) if (name !== digest) kept.delete(name);
  const rest = await readScalings(blobs, level(3, digest), 3);
  expect(rest?.lookUp(sha256(texts[0] ?? ''), 'hour')).toBeUndefined();
  kept.clear();
  expect(await readScalings(blobs, level(3, digest), 3)).toBeUndefined();
});

test('nothing is known from a version whose code may scale otherwise', async () => {
  const { blobs, kept } = store();
  const digest = await keepScalings(blobs, scaledFiles(3), 3, undefined);
  const index = JSON.parse(String(kept.get(digest ?? '')));
  expect(index).toMatchObject({ code: expect.stringMatching(/^\d+\.\d+\.\d+ scale\.ts$/), load: 3 });
  const older = await blobs.put(Buffer.from(JSON.stringify({ ...index, code: '0.0.1 scale.ts' })));
  expect(await readScalings(blobs, level(3, older), 3)).toBeUndefined();
});

test('a baseline itself needs no memory', async () => {
  const { blobs, kept } = store();
  expect(await keepScalings(blobs, scaledFiles(1), 1, undefined)).toBeUndefined();
  expect(kept.size).toBe(0);
});
