import { expect, test } from 'vitest';
import { requireResultConventions } from './resultConventions.ts';

const requiring = (nextStep: string) => () =>
  requireResultConventions(
    'showSession',
    { summary: 'All is well.', nextSteps: [nextStep] },
    `All is well. ${nextStep}`,
  );

test('a next step names only tools, arguments and fields that exist', () => {
  expect(
    requiring('If the user says yes: call uploadChecks with approved: true, keepCluster or the reviewId.'),
  ).toThrow('keepCluster');
  expect(
    requiring('If the user says yes: call uploadChecks with approved: true and the reviewId.'),
  ).not.toThrow();
});

test('a next step with a misspelt tool is refused, even if it names the user', () => {
  expect(requiring('If the user says yes: call uploadCheks.')).toThrow('uploadCheks');
  expect(requiring('Call nothing.')).toThrow('names a tool or the user');
});
