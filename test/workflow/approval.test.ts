import { expect, test } from 'vitest';
import { approvalStep } from '../../src/workflow/approvals.ts';

const before = { approved: new Set(['seen']) };

test.each([
  ['bytes of the baseline', { reviewId: 'new', approvalNeeded: false }, undefined, 'terminal', 'not_needed'],
  [
    'bytes approved before',
    { reviewId: 'seen', approvalNeeded: true },
    undefined,
    'terminal',
    'approved_before',
  ],
  ['a yes in the chat', { reviewId: 'new', approvalNeeded: true }, true, 'chat', 'approved_now'],
  ['a yes where the client may ask', { reviewId: 'new', approvalNeeded: true }, true, 'ask', 'approved_now'],
  [
    'a yes in the chat where only the terminal counts',
    { reviewId: 'new', approvalNeeded: true },
    true,
    'terminal',
    'wait_for_person',
  ],
  [
    'no answer where the client may ask',
    { reviewId: 'new', approvalNeeded: true },
    undefined,
    'ask',
    'ask_person',
  ],
  ['no answer in the chat', { reviewId: 'new', approvalNeeded: true }, undefined, 'chat', 'wait_for_person'],
  ['a no', { reviewId: 'new', approvalNeeded: true }, false, 'ask', 'wait_for_person'],
] as const)('%s', (_what, review, approved, mode, step) => {
  expect(approvalStep(before, review, approved, mode)).toBe(step);
});
