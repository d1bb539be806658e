import { expect, test } from 'vitest';
import { requireOurWords } from './ourWords.ts';

const judged = (nextStep: string) => () =>
  requireOurWords(
    'showSession',
    { summary: 'All is well.', nextSteps: [nextStep] },
    `All is well. ${nextStep}`,
  );

test('a next step names tools, arguments and fields that are there', () => {
  expect(
    judged('The person says yes; then uploadChecks with approved: true, keepCluster or the reviewId.'),
  ).toThrow('keepCluster');
  expect(
    judged('The person says yes; then uploadChecks with approved: true and the reviewId.'),
  ).not.toThrow();
});

test('a tool that is misspelt is no next step, also where the person is named', () => {
  expect(judged('The person says yes; then uploadCheks.')).toThrow('uploadCheks');
  expect(judged('Call nothing.')).toThrow('names a tool or the person');
});
