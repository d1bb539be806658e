import { setMaxListeners } from 'node:events';
import type { Progress } from '@modelcontextprotocol/sdk/types.js';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { barText } from '../../src/interfaces/cli/progressBar.ts';
import { invoke } from '../../src/interfaces/invoke.ts';
import { progressLines, risingProgress } from '../../src/interfaces/progress.ts';
import { parseArguments } from '../../src/interfaces/schemas.ts';
import { tools } from '../../src/tools/index.ts';
import { openRound, prepareWorld, toolHarness } from '../tools/toolHarness.ts';

describe('long work reports numbers and messages', () => {
  prepareWorld();

  test('scaling, uploading, polling and reporting, each with its own messages', async () => {
    const harness = await toolHarness();
    const said = async (name: string, given: object = {}) => {
      const tool = tools.find((one) => one.name === name);
      if (tool === undefined) throw new Error(name);
      const heard: [number, number | undefined, string][] = [];
      const { signal } = new AbortController();
      setMaxListeners(0, signal);
      const { structured } = await invoke(tool, parseArguments(tool, given), harness.ports(), {
        signal,
        progress: (...words) => heard.push(words),
        ask: async () => 'unanswered',
      });
      for (const [done, total] of heard) expect(done).toBeLessThanOrEqual(total ?? done);
      // The words of each phase, their figures left out.
      const phases = heard.map(([, , words]) => words.replaceAll(/\d+/g, 'n'));
      return { structured, phases: [...new Set(phases)] };
    };
    const scaled = await said('scaleConfigs', { load: 2 });
    const { reviewId } = scaled.structured;
    const uploaded = await said('uploadChecks', { reviewId, approved: true });
    const dags = await said('uploadDags');
    harness.trigger();
    harness.minutes(4);
    const polled = await said('pollCluster', { waitSeconds: 45 });
    harness.minutes(200);
    await said('pollCluster', { waitSeconds: 0 });
    const reported = await said('buildReport');
    const phases = { scaled, uploaded, dags, polled, reported };
    expect(
      Object.fromEntries(Object.entries(phases).map(([name, one]) => [name, one.phases])),
    ).toMatchInlineSnapshot(`
      {
        "dags": [
          "check files read",
          "n sent, n unchanged",
        ],
        "polled": [
          "n of n steps ended, n running, n failed",
        ],
        "reported": [
          "n steps read",
          "logs of failed steps read",
        ],
        "scaled": [
          "check files read",
          "check files scaled",
          "check files written",
        ],
        "uploaded": [
          "check files read",
          "n sent, n unchanged",
          "n copied, n unchanged",
        ],
      }
    `);
  });

  test('while a round waits for its first step', async () => {
    const harness = await toolHarness();
    await openRound(harness, { load: 2 });
    harness.trigger();
    const heard: unknown[] = [];
    await harness.client().callTool({ name: 'pollCluster', arguments: { waitSeconds: 20 } }, undefined, {
      onprogress: (progress) => heard.push(progress),
    });
    expect(heard[0]).toEqual({ progress: 0, message: 'waiting for the first step' });
  });

  test('each poll reports how many steps of the round ended, of a constant total', async () => {
    const harness = await toolHarness();
    await openRound(harness, { load: 2 });
    harness.trigger();
    harness.minutes(3.5);
    vi.setSystemTime(harness.aws.clock.nowMs());
    const heard: Progress[] = [];
    await harness.client().callTool({ name: 'pollCluster', arguments: { waitSeconds: 45 } }, undefined, {
      onprogress: (progress) => heard.push(progress),
    });
    expect(heard).toEqual([
      { progress: 0, total: 8, message: '0 of 8 steps ended, 8 running, 0 failed' },
      { progress: 1, total: 8, message: '1 of 8 steps ended, 7 running, 1 failed' },
      { progress: 2, total: 8, message: '2 of 8 steps ended, 6 running, 1 failed' },
    ]);
  });
});

describe('how progress is shown', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'], now: 1_000_000 }));
  afterEach(() => void vi.useRealTimers());
  const seconds = (count: number) => vi.setSystemTime(Date.now() + count * 1000);

  test('a client gets strictly rising numbers across all phases, at most every two seconds', () => {
    const heard: unknown[] = [];
    const progress = risingProgress((...words) => heard.push(words));
    progress(0, 10, 'read');
    progress(5, 10, 'dropped: too soon');
    seconds(2);
    progress(9, 10, 'read');
    seconds(2);
    progress(9, 10, 'read');
    progress(1, 4, 'write');
    seconds(2);
    progress(2, undefined, 'write');
    expect(heard).toEqual([
      [0, 10, 'read'],
      [9, 10, 'read'],
      [10, 13, 'write'],
      [11, undefined, 'write'],
    ]);
  });

  test('a client gets a new message even if no more work is done', () => {
    const heard: unknown[] = [];
    const progress = risingProgress((...words) => heard.push(words));
    progress(9, 31, '8 running');
    seconds(2);
    progress(9, 31, '12 running');
    seconds(2);
    progress(10, 31, '11 running');
    expect(heard).toEqual([
      [9, 31, '8 running'],
      [9.001, 31, '12 running'],
      [10, 31, '11 running'],
    ]);
  });

  test('without a terminal it is plain lines, none for work of under two seconds', () => {
    const lines: string[] = [];
    const { progress, end } = progressLines((line) => lines.push(line));
    progress(1, 4, 'sent');
    seconds(2);
    progress(2, 4, 'sent');
    progress(3, 4, 'sent');
    seconds(2);
    progress(7, undefined, '7 steps read');
    end();
    expect(lines).toEqual(['2/4 sent', '7 steps read']);
  });

  test('on a terminal it is a bar with numbers and a message, or only the message when the total is unknown', () => {
    expect(barText(3, 12, 'sent, 0 unchanged')).toBe('██████░░░░░░░░░░░░░░░░░░ 3/12 sent, 0 unchanged');
    expect(barText(12, 12, 'sent')).toBe('████████████████████████ 12/12 sent');
    expect(barText(13, 12, 'sent')).toBe('████████████████████████ 13/12 sent');
    expect(barText(7, undefined, '7 steps read')).toBe('7 steps read');
    expect(barText(0, 0, 'nothing to send')).toBe('nothing to send');
  });
});
