import { describe, expect, it } from 'vitest';
import { fromUri, identifyStep } from '../../src/domain/stepIdentity.ts';

const prefix = 'checks_load_test/configs';
const identify = (name: string, ...given: string[]) => identifyStep({ name, arguments: given }, prefix);

describe('which check a step ran', () => {
  it('is read from the config URI among its arguments', () => {
    expect(
      identify(
        'check_events_daily_2x',
        'spark-submit',
        '--config',
        `s3://b/${prefix}/daily/4x/events/check_events_daily.yml`,
        '--run-id',
        'manual__2025-12-07',
      ),
    ).toEqual({
      check: 'check_events_daily',
      path: 'events/check_events_daily.yml',
      schedule: 'daily',
      load: 4,
      runId: 'manual__2025-12-07',
    });
  });

  it('comes with the size of a partial round, which the DAG writes at the end of the run id', () => {
    const uri = `s3://b/${prefix}/15m/2x/a_15m.yml`;
    const expected = { check: 'a_15m', path: 'a_15m.yml', schedule: '15m', load: 2 };
    const partOf = { checks: 2, of: 100 };
    const marked = 'manual__1+00:00~only_2_of_100';
    expect(identify('n', uri, '--run-id', marked)).toEqual({ ...expected, runId: 'manual__1+00:00', partOf });
    expect(identify('n', uri, `--run=${marked}`)).toEqual({ ...expected, partOf });
    expect(identify('n', 'bash', '-c', `run '${uri}' '${marked}' -v`)).toEqual({ ...expected, partOf });
    expect(identify('n', uri, '~only_2_of_100_more')).toEqual(expected);
  });

  it('is found behind a flag, under another scheme, and inside a whole command line', () => {
    const expected = { check: 'a_15m', path: 'x/a_15m.yml', schedule: '15m', load: 2 };
    expect(identify('n', `--config=s3a://b/${prefix}/15m/2x/x/a_15m.yml`)).toEqual(expected);
    expect(identify('n', 'bash', '-c', `run 's3n://b/${prefix}/15m/2x/x/a_15m.yml' --fast`)).toEqual(
      expected,
    );
  });

  it('keeps two files of one stem apart by their paths', () => {
    const one = identify('check_daily_2x', `s3://b/${prefix}/daily/2x/a/check_daily.yml`);
    const other = identify('check_daily_2x', `s3://b/${prefix}/daily/2x/b/check_daily.yml`);
    expect(one.check).toBe(other.check);
    expect(one.path).not.toBe(other.path);
  });

  it.each([
    ['check_events_daily_2x', { check: 'check_events_daily', schedule: 'daily', load: 2 }],
    ['check_events_freshness_16x', { check: 'check_events_freshness', schedule: '15m', load: 16 }],
    ['check_2x_hourly_4x', { check: 'check_2x_hourly', schedule: 'hourly', load: 4 }],
    ['Setup hadoop debugging', { check: 'Setup hadoop debugging' }],
    ['something_0x', { check: 'something_0x' }],
  ])('is read from the name %s where no argument says', (name, expected) => {
    expect(identify(name, 'spark-submit', '--x')).toEqual(expected);
  });

  it('takes the run id in both spellings, and undefined without one', () => {
    expect(identify('n', '--run-id=r 1').runId).toBe('r 1');
    expect(identify('n', '--run-id').runId).toBeUndefined();
  });

  it.each([
    ['another prefix', 's3://b/checks/configs/prod/hourly/x.yml'],
    ['an unknown schedule', `s3://b/${prefix}/weekly/2x/x.yml`],
    ['a level of no load', `s3://b/${prefix}/daily/0x/x.yml`],
    ['no file', `s3://b/${prefix}/daily/2x/`],
    ['not S3', `https://b/${prefix}/daily/2x/x.yml`],
  ])('is not read from a URI of %s', (_, uri) => {
    expect(fromUri(uri, prefix)).toBeUndefined();
  });
});
