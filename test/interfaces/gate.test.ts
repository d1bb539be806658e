import { expect, test } from 'vitest';
import { runTool } from '../../src/interfaces/cli/cli.ts';
import { openRound, prepareWorld, runToEnd, toolHarness } from '../tools/toolHarness.ts';

prepareWorld();

test('a gate that a report fails is exit status 3; the report is written either way', async () => {
  const harness = await toolHarness();
  await openRound(harness, { load: 2, scope: 'schedule' });
  await runToEnd(harness);
  const shell = async (...words: string[]) => {
    const out: string[] = [];
    const { signal } = new AbortController();
    const status = await runTool('buildReport', words, async () => harness.ports(), {
      out: (text) => out.push(text),
      err: (text) => out.push(text),
      signal,
    });
    return { status, out: out.join('\n') };
  };
  // One of its checks fails at every load; the round fits.
  expect((await shell()).status).toBe(0);
  expect((await shell('--failOn', 'missed')).status).toBe(0);
  const failed = await shell('--failOn=missed', '--failOn', 'failed', '--json');
  expect(failed.status).toBe(3);
  expect(JSON.parse(failed.out)).toMatchObject({ status: 'built', failedOn: ['failed'] });
  const text = await shell('--failOn', 'failed');
  expect(text.out).toContain('\nFails the gate: failed\n');
});
