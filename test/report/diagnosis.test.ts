import { describe, expect, it } from 'vitest';
import type { LogPart, StepLog } from '../../src/ports/aws.ts';
import { diagnose } from '../../src/report/failures/diagnosis.ts';
import { logStatus } from '../../src/report/failures/logs.ts';

const part = (name: string, text: string, more: Partial<LogPart> = {}): LogPart => ({
  uri: `s3://logs/${name}.gz`,
  text,
  cut: false,
  gzip: true,
  ...more,
});
const logOf = (...parts: LogPart[]) => ({ found: 'log', parts }) as const;
const failed = {
  state: 'FAILED',
  failure: { reason: 'Unknown Error.', logFile: 's3://logs/stderr.gz' },
};
const traceback =
  'Traceback (most recent call last):\n  File "x.py"\nModuleNotFoundError: No module named \'audit\'';

describe('the cause of a failed step', () => {
  it('is looked for in stderr and stdout, and its place is the file and line that prove it', () => {
    const submitter = part('stderr', "INFO\nINFO\nCommand exiting with ret '1'");
    expect(diagnose(failed, logOf(submitter, part('stdout', traceback)))).toMatchObject({
      log: 'log',
      logUri: 's3://logs/stdout.gz',
      cause: { signature: 'missing-package', side: 'driver', lineNumber: 3 },
    });
  });

  it('of equal rank is the first, in the driver’s own log', () => {
    const twice = logOf(part('driver', traceback), part('step', traceback));
    expect(diagnose(failed, twice)).toMatchObject({ logUri: 's3://logs/driver.gz' });
  });

  it('that no line proves leaves the place of the first log', () => {
    const unknown = diagnose(failed, logOf(part('a', 'nothing'), part('b', 'known')));
    expect(unknown).toEqual({ log: 'log', logUri: 's3://logs/a.gz' });
  });
});

it('a step that was interrupted has no cause of its own, whatever its log says', () => {
  const interrupted = diagnose({ ...failed, state: 'INTERRUPTED' }, logOf(part('driver', traceback)));
  expect(interrupted.cause).toBeUndefined();
});

it('a submitter that knows only of a failure is no answer while the driver’s log is on its way', () => {
  const said = logOf(
    part('stderr', "diagnostics: User application exited with status 1\nCommand exiting with ret '1'"),
  );
  expect(diagnose(failed, said).cause?.signature).toBe('user-class-threw');
  expect(diagnose(failed, { ...said, driver: 'not_delivered_yet' }).cause).toBeUndefined();
  const known = logOf(part('stderr', traceback));
  expect(diagnose(failed, { ...known, driver: 'not_delivered_yet' }).cause?.signature).toBe(
    'missing-package',
  );
});

describe('what became of the log', () => {
  it.each<[string, StepLog | undefined, string]>([
    ['read', logOf(part('a', 'x')), 'read'],
    ['read in part, and plain', logOf(part('a', 'x', { cut: true, gzip: false })), 'read, cut, not gzip'],
    [
      'only the submitter’s',
      { found: 'log', parts: [part('a', 'x')], driver: 'denied' },
      'read; the driver’s own: may not be read',
    ],
    ['late', { found: 'not_delivered_yet', uri: 's3://logs/a.gz' }, 'not delivered yet'],
    ['absent', { found: 'none' }, 'none found'],
    ['denied', { found: 'denied' }, 'may not be read'],
    ['something else', { found: 'unreadable' }, 'neither gzip nor text'],
    ['not asked for', undefined, 'not read'],
  ])('is told: %s', (_, log, text) => {
    expect(logStatus(diagnose(failed, log)).slice(0, text.length)).toBe(text);
  });
});
