import { describe, expect, it } from 'vitest';
import { findCause } from '../../src/report/failures/diagnosis.ts';
import { isDeterministic } from '../../src/report/failures/failureGroups.ts';
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
    expect(findCause(`${noise}\n${log}\n${noise}`)?.signature.id).toBe(id);
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

  it('calls failures that no larger cluster mends deterministic', () => {
    const ofClass = (name: string) => isDeterministic({ class: name, signature: 'of-a-newer-version' });
    expect(['data', 'configuration', 'permission', 'code'].every(ofClass)).toBe(true);
    expect(['capacity', 'infrastructure', 'unknown'].some(ofClass)).toBe(false);
  });

  it('calls no failure so that more data, more steps at once or a longer round may bring about', () => {
    const ofId = (id: string) =>
      signatures.flatMap((one) => (one.id === id ? isDeterministic({ ...one, signature: id }) : []));
    for (const id of [
      'iceberg-commit-conflict',
      'expired-credentials',
      'kryo-buffer',
      's3-pool',
      'bad-value',
    ])
      expect(ofId(id)).toEqual([false]);
    for (const id of ['missing-table', 'missing-column', 'access-denied', 'sql-syntax'])
      expect(ofId(id)).toEqual([true]);
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
