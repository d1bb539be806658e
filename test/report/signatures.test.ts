import { describe, expect, it } from 'vitest';
import { isDeterministic } from '../../src/report/failures/advice.ts';
import { findCause } from '../../src/report/failures/cause.ts';
import { signatures } from '../../src/report/failures/signatures/index.ts';
import { failureLogs, noise } from './failureLogs.ts';

describe('the list of failure signatures', () => {
  it('has a log for every signature, and no signature twice', () => {
    const ids = signatures.map((signature) => signature.id);
    expect(new Set(ids).size).toBe(ids.length);
    expect([...new Set(failureLogs.map(([id]) => id))].sort()).toEqual(ids.toSorted());
    expect(ids.length).toBeGreaterThanOrEqual(20);
  });

  it.each(failureLogs)('finds %s in %s', (id, _, log, proof) => {
    const cause = findCause(log);
    expect(cause?.signature.id).toBe(id);
    expect(cause?.line).toContain(proof);
    expect(log.split('\n')[(cause?.lineNumber ?? 0) - 1]).toBe(cause?.line);
  });

  it.each(failureLogs)('still finds %s among the noise of a healthy start (%s)', (id, _, log) => {
    // What runs after a wait did not fail for it.
    const after = noise.split('\n').filter((line) => !line.includes('RUNNING'));
    expect(findCause([noise, log, ...after].join('\n'))?.signature.id).toBe(id);
  });

  it('finds nothing in a log that only holds noise, and nothing in an empty one', () => {
    expect(findCause(noise)).toBeUndefined();
    expect(findCause('')).toBeUndefined();
  });

  it('reads logs with the line ends of Windows', () => {
    expect(findCause("a\r\nModuleNotFoundError: No module named 'audit'\r\n")).toMatchObject({
      lineNumber: 2,
      line: "ModuleNotFoundError: No module named 'audit'",
    });
  });

  it.each([
    ['missing-table', true],
    ['missing-column', true],
    ['access-denied', true],
    ['sql-syntax', true],
    ['not-parquet', true],
    // More data, more steps at once or a longer round may bring these about.
    ['iceberg-commit-conflict', false],
    ['expired-credentials', false],
    ['kryo-buffer', false],
    ['s3-pool', false],
    ['bad-value', false],
    ['failed-assertion', false],
    ['driver-heap', false],
    ['lost-node', false],
  ])('%s: no load or cluster changes it? %s', (id, expected) => {
    const kind = signatures.find((one) => one.id === id)?.kind ?? '';
    expect(isDeterministic({ signature: id, kind })).toBe(expected);
  });

  it('calls nothing certain that is on no list', () => {
    expect(isDeterministic({ signature: 'exception:KeyError', kind: 'code' })).toBe(false);
    expect(isDeterministic({ signature: 'unknown', kind: 'unknown' })).toBe(false);
  });

  it('stays quick on a megabyte of one hostile line', () => {
    const hostile = [
      'A'.repeat(1_000_000),
      'Error'.repeat(200_000),
      "cannot resolve '".repeat(60_000),
      'a.'.repeat(500_000),
      `Entity${' Table'.repeat(160_000)}`,
      'Node '.repeat(200_000),
    ];
    for (const line of hostile) expect(() => findCause(line)).not.toThrow();
  });
});
