import { expect, test } from 'vitest';
import { countStory, countTools, total } from '../bench/tokenCount.ts';
import { inputSchemaOf } from '../src/interfaces/schemas.ts';
import { tools } from '../src/tools/index.ts';
import { prepareWorld, toolHarness } from './tools/toolHarness.ts';

prepareWorld('all');

const listed = countTools(
  tools.map((tool) => ({
    name: tool.name,
    description: tool.description,
    inputSchema: inputSchemaOf(tool),
  })),
);

test('the tool list costs a model at most 2,250 tokens, and each tool at most 200', () => {
  expect(total(listed)).toBeLessThanOrEqual(2250);
  for (const { name, tokens } of listed) expect(tokens, name).toBeLessThanOrEqual(200);
});

test('all results of one level cost a model at most 3,000 tokens', async () => {
  const harness = await toolHarness();
  const story = await countStory({
    call: async (tool, given) => {
      const { structure } = await harness.call(tool, given);
      return JSON.parse(JSON.stringify(structure).replaceAll(harness.directory, '/home/engineer'));
    },
    // As with `wait` in a background shell: the round is over at the first look.
    trigger: async () => {
      harness.trigger();
      harness.minutes(30);
    },
    wait: async (minutes) => harness.minutes(minutes),
  });
  expect(story.map(({ name }) => name)).toEqual(expect.arrayContaining(['scaleConfigs', 'buildReport']));
  expect(total(story), JSON.stringify(story)).toBeLessThanOrEqual(3000);
});
