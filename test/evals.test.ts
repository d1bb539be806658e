import { describe, expect, test } from 'vitest';
import { judge } from '../evals/judge.ts';
import { type Answer, replay } from '../evals/replay.ts';
import { readScenarios, type Scenario, wordsOf } from '../evals/scenario.ts';
import { tools } from '../src/tools/index.ts';
import { prepareWorld, toolHarness } from './tools/toolHarness.ts';

prepareWorld();

const scenarios = readScenarios('evals/scenarios');
const toolNames = tools.map((tool) => tool.name);

async function play(scenario: Scenario): Promise<string[]> {
  const bed = await toolHarness();
  const call = async (tool: string, given: Readonly<Record<string, unknown>>): Promise<Answer> => {
    try {
      return { failed: false, ...(await bed.call(tool, { ...given })) };
    } catch (error) {
      const text = String(error instanceof Error ? error.message : error).replace(`${tool}: `, '');
      return { failed: true, text, structure: {} };
    }
  };
  return replay(scenario, { endpoint: bed.aws.endpoint, env: bed.env, call });
}

describe('what people say, answered by the ideal calls', () => {
  for (const scenario of scenarios)
    test(scenario.name, async () => {
      expect(await play(scenario)).toEqual([]);
    });
});

test('there are at least 25 scenarios, and every tool is called in one of them', () => {
  expect(scenarios.length).toBeGreaterThanOrEqual(25);
  const called = new Set(
    scenarios.flatMap(({ talk }) => talk.flatMap((one) => ('call' in one ? [one.call] : []))),
  );
  expect([...called].sort()).toEqual(toolNames.filter((name) => name !== 'triggerDag').sort());
});

test('every prompt that the README of the workflow gives is the word of a person in a scenario', () => {
  const said = scenarios.flatMap(wordsOf);
  expect(said).toEqual(
    expect.arrayContaining([
      'Read README.md, start 2x load test',
      'Start 4x load test for hourly',
      'Start 8x load test for daily',
      'approved',
      'I am going to run another round of test',
      'I just run the hourly dag',
      'Test is done',
      'Test is done, generate report',
      'Same cluster, generate report',
      'Commit results, start 4x load test',
      'Commit results, start 8x load test for hourly',
      'The config for check_events_15m has wrong interval, should be 4 hours not 6',
      "Fix check_events_15m.yml: change INTERVAL '6' hour back to INTERVAL '4' hour",
      "Performance is slow. I'll update cluster config and rerun 2x",
      '2x test complete. Commit results and start 4x',
      'Revert configs to baseline',
      'start 3x load test',
      'Compare reports from 2x and 4x load tests',
    ]),
  );
  for (const prompt of [
    /^Test is done, cluster id is j-\w+, generate report$/,
    /^Cluster ID: j-\w+, generate report$/,
  ])
    expect(
      said.some((words) => prompt.test(words)),
      String(prompt),
    ).toBe(true);
});

describe('the judge', () => {
  const wanted = { may: [], must: [{ call: 'scaleConfigs', with: { load: '2x' } }], mustNot: [] };

  test('takes 2, "2" and "2x" for the same load', () => {
    for (const load of [2, '2', '2x'])
      expect(judge(wanted, [{ tool: 'scaleConfigs', given: { load } }], {})).toEqual([]);
  });

  test('names a call that is missing, one with another argument, and one that nobody asked for', () => {
    expect(judge(wanted, [], {})).toEqual([expect.stringContaining('was not called')]);
    expect(judge(wanted, [{ tool: 'scaleConfigs', given: { load: 4 } }], {})).toHaveLength(1);
    const extra = [
      { tool: 'scaleConfigs', given: { load: 2 } },
      { tool: 'uploadDags', given: {} },
    ];
    expect(judge(wanted, extra, {})).toEqual(['uploadDags was called, and nobody asked for it']);
  });

  test('names a forbidden call, and one that came in the wrong order', () => {
    const calls = [
      { tool: 'uploadDags', given: {} },
      { tool: 'uploadChecks', given: { reviewId: 'a', approved: true } },
    ];
    const mustNot = [{ call: 'uploadChecks', with: { approved: true } }];
    expect(judge({ must: [], may: ['uploadDags', 'uploadChecks'], mustNot }, calls, {})).toHaveLength(1);
    const must = [{ call: 'uploadChecks', with: { reviewId: '$reviewId' } }, { call: 'uploadDags' }];
    expect(judge({ must, may: [], mustNot: [] }, calls, { reviewId: 'a' })).toHaveLength(1);
    expect(judge({ must, may: [], mustNot: [] }, calls.toReversed(), { reviewId: 'a' })).toEqual([]);
  });
});
