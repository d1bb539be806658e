import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { checkPath, checkText, conditions } from '../../bench/manyChecks.ts';
import { prepareWorld, toolHarness } from '../tools/toolHarness.ts';

prepareWorld();

const files = 10_000;

test('ten thousand check files are scaled, uploaded, committed and reverted, in one call each', async () => {
  const harness = await toolHarness();
  const git = (...args: string[]) => execFileSync('git', args, { cwd: harness.repo, encoding: 'utf8' });
  git('checkout', '--quiet', 'main');
  for (let team = 0; team < 20; team += 1)
    mkdirSync(`${harness.repo}/${harness.env.CHECKS_PATH}/team_${team}`, { recursive: true });
  for (let index = 0; index < files; index += 1) harness.write(checkPath(index), checkText(index));
  git('add', '--all');
  git('commit', '--quiet', '--message', 'Ten thousand checks');
  git('checkout', '--quiet', '-B', 'audit_checks_load_testing');

  const took: string[] = [];
  const timed = async (tool: string, given: Record<string, unknown>) => {
    const startMs = performance.now();
    const { structure } = await harness.call(tool, given);
    took.push(`${tool} ${((performance.now() - startMs) / 1000).toFixed(1)} s`);
    return structure;
  };
  const scope = { schedule: '15m', scope: 'schedule' };
  const scaled = await timed('scaleConfigs', { load: 2, ...scope });
  expect(scaled).toMatchObject({ status: 'scaled', written: files + 6 });
  expect(scaled.intervalsChanged).toBeGreaterThanOrEqual(files * conditions);
  expect(harness.read(checkPath(9_999))).toBe(
    checkText(9_999).replaceAll(/'(\d)' hour/g, (_, hours) => `'${Number(hours) * 2}' hour`),
  );
  expect(await timed('scaleConfigs', { load: 2, ...scope })).toMatchObject({ status: 'unchanged' });
  const reviewId = scaled.reviewId;
  expect(await timed('uploadChecks', { reviewId, approved: true })).toMatchObject({ status: 'uploaded' });
  expect(harness.keys('checks_load_test/configs/15m/2x/').length).toBeGreaterThan(files);
  expect(await timed('uploadChecks', { reviewId })).toMatchObject({ status: 'unchanged', uploaded: 0 });
  const { target } = await timed('commitResults', { withoutReport: true });
  expect(target.files).toBe(files + 6);
  expect(await timed('revertConfigs', { to: 'baseline' })).toMatchObject({ filesReverted: files + 6 });
  expect(harness.read(checkPath(0))).toBe(checkText(0));
  process.stdout.write(`10,000 files of ${conditions} checks: ${took.join(', ')}\n`);
});
