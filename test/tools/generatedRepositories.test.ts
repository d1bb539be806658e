/** Generated repositories in git and in the bucket: the numbers of the answers, against the files and objects that are there. */
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { checksPath } from '../../sandbox/sample/targetRepository.ts';
import { ruleFor } from '../../src/domain/schedules.ts';
import { carryingIn, type Generated, pathOf, repository } from '../review/generatedRepositories.ts';
import { type Harness, prepareWorld, toolHarness } from './toolHarness.ts';

prepareWorld();
const schedules = ['15m', 'hourly', 'daily'] as const;

/** Committed files and links on main, dropped ones deleted on the test branch, untracked ones on disk. */
function putFiles(harness: Harness, files: readonly Generated[]): void {
  const at = (one: Generated) => join(harness.repo, checksPath, pathOf(one));
  const put = (one: Generated) => {
    mkdirSync(dirname(at(one)), { recursive: true });
    if (one.state === 'link') symlinkSync('elsewhere.yml', at(one));
    else writeFileSync(at(one), one.text);
  };
  harness.git('checkout', '-q', 'main');
  harness.git('rm', '-rq', checksPath);
  mkdirSync(join(harness.repo, checksPath), { recursive: true });
  writeFileSync(join(harness.repo, checksPath, 'README.md'), 'Checks.\n');
  for (const one of files) if (one.state !== 'untracked') put(one);
  harness.git('add', '-A');
  harness.git('commit', '-qm', 'Generated checks');
  harness.git('checkout', '-q', 'audit_checks_load_testing');
  harness.git('merge', '-q', '--ff-only', 'main');
  const dropped = files.filter(({ state }) => state === 'dropped');
  for (const one of dropped) harness.git('rm', '-q', '--', join(checksPath, pathOf(one)));
  if (dropped.length > 0) harness.git('commit', '-qm', 'Drop checks');
  for (const one of files) if (one.state === 'untracked') put(one);
}

/** Edits the scaled files on disk, as a person would. */
function editFiles(harness: Harness, files: readonly Generated[]): void {
  for (const one of files.filter(({ state }) => state === 'committed' || state === 'untracked')) {
    const path = pathOf(one);
    const edited = one.edit(harness.read(path));
    if (edited === undefined) rmSync(join(harness.repo, checksPath, path));
    else harness.write(path, edited);
  }
}

const repositories = fc.sample(repository, { numRuns: 40, seed: 106 }).filter((files) => files.length > 8);

test.each(repositories.slice(0, 4).map((files, number) => ({ files, number })))(
  'repository $number: each file is accounted for, and the coverage is that of bucket and baseline',
  async ({ files }) => {
    const harness = await toolHarness();
    putFiles(harness, files);
    await harness.call('scaleConfigs', { load: 2, acceptUnscaled: true });
    editFiles(harness, files);
    const { reviewId } = (await harness.call('reviewConfigs')).structure;
    const { structure } = await harness.call('uploadChecks', { reviewId, approved: true });
    const prefix = (schedule: string) => `checks_load_test/configs/${schedule}/2x/`;
    const inBucket = (schedule: string) =>
      new Map(
        harness
          .keys(prefix(schedule))
          .filter((key) => !ruleFor(key)?.fromProduction)
          .map((key) => [key.slice(prefix(schedule).length), harness.object(key) ?? '']),
      );
    const objects = inBucket('15m');
    const carrying = carryingIn('15m', objects, files, 2);
    const { checks, scaled, unscaledTotal } = structure.coverage;
    expect({ checks, scaled, unscaledTotal }).toEqual({
      checks: objects.size,
      scaled: carrying.length,
      unscaledTotal: objects.size - carrying.length,
    });

    const run = schedules.flatMap((schedule) => [...inBucket(schedule).keys()]);
    const { exceptions = [] } = structure;
    const missing = exceptions.reduce((sum: number, one: { total: number }) => sum + one.total, 0);
    const isCheck = (one: Generated) =>
      one.state === 'link' ||
      (!ruleFor(pathOf(one))?.fromProduction &&
        (one.state !== 'dropped' || ruleFor(pathOf(one)) !== undefined));
    // README.md is of no schedule.
    expect(run.length + missing).toBe(files.filter(isCheck).length + 1);
  },
);
