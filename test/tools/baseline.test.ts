/** What counts as a baseline: never what this session wrote at a load, and never silently an old one. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checksPath } from '../../sandbox/sample/targetRepository.ts';
import { runApprove } from '../../src/interfaces/cli/approve.ts';
import { type Harness, onMain, prepareWorld, toolHarness, uploadLevel } from './toolHarness.ts';

prepareWorld();
const events = 'events/check_events_15m.yml';
const branch = 'audit_checks_load_testing';

/** Squashes the test branch into main without a trace of it, and makes the branch anew. */
async function squashed(harness: Harness): Promise<void> {
  await uploadLevel(harness, { load: 2 });
  await harness.call('commitResults', { load: 2, withoutReport: true });
  harness.git('checkout', '-q', 'main');
  harness.git('merge', '-q', '--squash', branch);
  harness.git('commit', '-qm', 'Tune windows');
  harness.git('branch', '-qD', branch);
  harness.git('checkout', '-qb', branch);
}

test('scaled files that a squash made the baseline are a question of every tool that needs one', async () => {
  const harness = await toolHarness();
  await squashed(harness);
  const { structure, text } = await harness.call('scaleConfigs', { load: 2 });
  expect(structure).toMatchObject({ status: 'needs_decision', written: 0 });
  expect(structure.loadedBaselines).toHaveLength(8);
  expect(structure.loadedBaselines).toContainEqual({ file: events, load: 2 });
  expect(text).toContain('has in 8 check files what a load test wrote at 2x, so scaling it would compound');
  expect(text).toMatch(
    /To get back, the user types git revert .* or sets BASELINE_REF in \.env to [0-9a-f]{12}/,
  );
  expect(harness.git('status', '--porcelain')).toBe('');
  expect(harness.read(events)).toContain("'6' hour");
  for (const [tool, given] of [
    ['reviewConfigs', {}],
    ['fixInterval', { check: 'check_events_15m', from: 6, to: 4 }],
    ['uploadChecks', { reviewId: '0123456789abcdef' }],
    ['commitResults', { load: 2, withoutReport: true }],
    ['revertConfigs', {}],
  ] as const)
    await requireQuestion(harness, tool, given);
  expect(harness.git('status', '--porcelain')).toBe('');
  const setup = (await harness.call('checkSetup')).structure;
  expect(setup.summary).toBe('1 problem to fix: baseline.');
});

test('the command approve and the resource of the changes ask the same, with the way out', async () => {
  const harness = await toolHarness();
  await squashed(harness);
  const { text } = await harness.call('reviewConfigs');
  expect(text).toContain('scaleConfigs with load 2 and acceptBaseline: true.');
  const uri = 'load-test://review/changes';
  const { contents } = await harness.client().readResource({ uri });
  expect(contents).toEqual([{ uri, mimeType: 'text/plain', text }]);
  const printed: string[] = [];
  const shell = {
    out: (line: string) => printed.push(line),
    err: (line: string) => printed.push(`! ${line}`),
  };
  const never = { question: () => Promise.reject(new Error('asked')) } as never;
  const status = await runApprove(['0123456789abcdef'], async () => harness.ports(), never, shell);
  expect([status, ...printed]).toEqual([1, text]);
});

/** Every tool asks in the same words, and says the one call that goes on. */
async function requireQuestion(harness: Harness, tool: string, given: Record<string, unknown>) {
  const { structure, text } = await harness.call(tool, given);
  expect(structure, tool).toMatchObject({
    status: 'needs_decision',
    summary:
      'The baseline (main) has in 8 check files what a load test wrote at 2x, so scaling it would compound. Nothing was changed.',
    loadedBaselinesTotal: 8,
    callAgain: { tool: 'scaleConfigs', arguments: { load: 2, acceptBaseline: true } },
  });
  expect(structure.loadedBaselines, tool).toContainEqual({ file: events, load: 2 });
  expect(structure.nextSteps[1], tool).toContain('git revert');
  expect(text, tool).toContain(`  ${events} (written at 2x)`);
}

test('a level that another session committed is asked about in the same way, and can be accepted', async () => {
  const harness = await toolHarness();
  await uploadLevel(harness, { load: 2 });
  await harness.call('commitResults', { load: 2, withoutReport: true });
  harness.git('checkout', '-q', 'main');
  harness.git('merge', '-q', '--no-ff', '-m', 'Merge the load test', branch);
  harness.git('checkout', '-q', branch);
  harness.git('merge', '-q', '--ff-only', 'main');
  await harness.restart({ STATE_DIR: join(harness.project, '.another') });
  const asked = (await harness.call('scaleConfigs', { load: 2 })).structure;
  expect(asked).toMatchObject({ status: 'needs_decision', loadedBaselinesTotal: 8 });
  expect(asked.nextSteps[1]).toContain('to the commit before the load test');
  expect(harness.read(events)).toContain("'6' hour");
  await harness.call(asked.callAgain.tool, asked.callAgain.arguments);
  expect(harness.read(events)).toContain("'12' hour");
  expect((await harness.call('reviewConfigs')).structure).toMatchObject({ load: 2, filesChanged: 8 });
});

test('a fix that was written and never approved is no baseline either', async () => {
  const harness = await toolHarness();
  await harness.call('scaleConfigs', { load: 2 });
  await harness.call('fixInterval', { check: 'check_events_15m', from: 6, to: 5 });
  harness.git('stash', '-q');
  harness.git('checkout', '-q', 'main');
  harness.git('stash', 'pop', '-q');
  harness.git('commit', '-qm', 'Five hours', '--', join(checksPath, events));
  harness.git('checkout', '-q', '--', '.');
  harness.git('branch', '-qD', branch);
  harness.git('checkout', '-qb', branch);
  const { structure } = await harness.call('scaleConfigs', { load: 2 });
  expect(structure).toMatchObject({ status: 'needs_decision', loadedBaselines: [{ file: events, load: 2 }] });
  expect(harness.read(events)).toContain("'5' hour");
});

test('the baseline before is the way back, and never gives 12 hours', async () => {
  const harness = await toolHarness();
  const before = harness.git('rev-parse', 'main').trim();
  await squashed(harness);
  await harness.restart({ BASELINE_REF: before });
  expect((await harness.call('scaleConfigs', { load: 4 })).structure.status).toBe('scaled');
  expect(harness.read(events)).toContain("'12' hour");
  await harness.call('scaleConfigs', { load: 2 });
  expect(harness.read(events)).toContain("'6' hour");
});

test('a baseline that the user accepts is one, and is not asked about again', async () => {
  const harness = await toolHarness();
  await squashed(harness);
  const asked = (await harness.call('scaleConfigs', { load: 2, abandon: true })).structure;
  expect(asked.callAgain.arguments).toMatchObject({ abandon: true, acceptBaseline: true });
  // A dry run accepts nothing for later.
  const dry = (await harness.call('scaleConfigs', { load: 2, dryRun: true })).structure;
  expect(dry.nextSteps.at(-1)).toContain('scaleConfigs with load 2, dryRun: true and acceptBaseline: true.');
  const planned = (await harness.call('scaleConfigs', dry.callAgain.arguments)).structure;
  expect(planned.status).toBe('dry_run');
  expect(planned.callAgain.arguments).not.toHaveProperty('dryRun');
  expect(planned.callAgain.arguments).not.toHaveProperty('acceptBaseline');
  expect((await harness.call('scaleConfigs', { load: 2 })).structure.status).toBe('needs_decision');
  const { structure } = await harness.call(asked.callAgain.tool, asked.callAgain.arguments);
  expect(structure).toMatchObject({ status: 'scaled', load: 2 });
  expect(harness.read(events)).toContain("'12' hour");
  await harness.restart();
  expect((await harness.call('scaleConfigs', { load: 4 })).structure.status).toBe('scaled');
  expect((await harness.call('reviewConfigs')).structure.unexpectedTotal).toBeUndefined();
});

test('values that the file had before the test are its own, whichever load wrote the same', async () => {
  const harness = await toolHarness();
  harness.git('checkout', '-q', 'main');
  harness.edit(events, "'3' hour", "'6' hour");
  harness.git('commit', '-qam', 'Six');
  harness.edit(events, "'6' hour", "'3' hour");
  harness.git('commit', '-qam', 'Three');
  harness.git('checkout', '-q', branch);
  harness.git('merge', '-q', '--ff-only', 'main');
  await harness.call('scaleConfigs', { load: 2 });
  await harness.call('revertConfigs');
  onMain(harness, () => harness.edit(events, "'3' hour", "'6' hour"));
  expect((await harness.call('scaleConfigs', { load: 2 })).structure.status).toBe('scaled');
  expect(harness.read(events)).toContain("'12' hour");
});

test('a baseline behind its branch is told by scaleConfigs and checkSetup, with the way to branch anew', async () => {
  const harness = await toolHarness();
  harness.git('checkout', '-q', 'main');
  harness.edit(events, "'3' hour", "'5' hour");
  harness.write('check_new_15m.yml', harness.read(events));
  harness.git('add', '-A');
  harness.git('commit', '-qm', 'Five hours, and a new check');
  harness.git('checkout', '-q', branch);
  const says = /The baseline is main of \d{4}-\d\d-\d\d; main has 2 newer check files, 1 of them new/;
  const { structure } = await harness.call('scaleConfigs', { load: 2 });
  expect(structure.remarks).toContainEqual(expect.stringMatching(says));
  expect(harness.read(events)).toContain("'6' hour");
  const setup = (await harness.call('checkSetup')).structure;
  expect(setup.summary).toContain('The baseline is behind its branch');
  const row = setup.checks.find(({ name }: { name: string }) => name === 'baseline');
  expect(row.detail).toMatch(says);
  await harness.call('revertConfigs');
  for (const command of row.fix.split(' && ')) harness.git(...command.split(' ').slice(3));
  const after = (await harness.call('scaleConfigs', { load: 2 })).structure;
  expect(after.remarks).not.toContainEqual(expect.stringMatching(says));
  expect(harness.read(events)).toContain("'10' hour");
  expect(harness.read('check_new_15m.yml')).toContain("'10' hour");
});

test('a load between two whole ones is a question, not a guess', async () => {
  const harness = await toolHarness();
  for (const load of ['2.5x', 2.5, '2.5'])
    expect(await harness.refusal('scaleConfigs', { load })).toContain('(ask the user: 2x or 3x)');
});
