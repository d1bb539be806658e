import { beforeAll, expect, test } from 'vitest';
import { call, connect as connectAs, notYes, type Person, saysYes } from './people.ts';
import { useWorld } from './useWorld.ts';

const { ports } = useWorld();
const connect = (person?: Person) => connectAs(ports, person);

let reviewId: unknown;
beforeAll(async () => {
  ({ reviewId } = await call(await connect(), 'scaleConfigs', { load: 2 }));
});

test.each(notYes)('a client that %s leaves the decision to the chat', async (_, person) => {
  const client = await connect(person);
  const answer = await call(client, 'uploadChecks', { reviewId });
  expect(answer).toMatchObject({
    status: 'awaiting_approval',
    uploaded: 0,
    callAgain: { tool: 'uploadChecks', arguments: { reviewId, approved: true } },
  });
});

test('an explicit yes to the question, which names the load, the size and the review, is an approval', async () => {
  const questions: string[] = [];
  const client = await connect(saysYes(questions));
  expect(await call(client, 'uploadChecks', { reviewId })).toMatchObject({ status: 'uploaded' });
  expect(questions).toEqual([
    expect.stringMatching(
      new RegExp(
        `^Approve the 2x configs for upload \\(review ${reviewId}\\)\\?\\n15m: \\d+ of \\d+ files changed`,
      ),
    ),
  ]);
  // Approved once, never asked again.
  expect(await call(client, 'uploadChecks', { reviewId })).toMatchObject({ status: 'unchanged' });
  expect(questions).toHaveLength(1);
});

test('with approved: true the client is not asked', async () => {
  const client = await connect(() => Promise.reject(new Error('was asked')));
  const scaled = await call(client, 'scaleConfigs', { load: 3 });
  expect(await call(client, 'uploadChecks', { reviewId: scaled.reviewId, approved: false })).toMatchObject({
    status: 'awaiting_approval',
  });
  expect(await call(client, 'uploadChecks', { reviewId: scaled.reviewId, approved: true })).toMatchObject({
    status: 'uploaded',
  });
});

test('a decline is reported as a decline, in data and in words, and silence is not', async () => {
  const { reviewId: fresh } = await call(await connect(), 'scaleConfigs', { load: 6 });
  const answers: [Person, true | undefined, string][] = [
    [
      async () => ({ action: 'decline' }),
      true,
      "Nothing was uploaded. The client's question about these bytes was declined.",
    ],
    [async () => ({ action: 'accept', content: { decision: 'not now' } }), true, 'was declined.'],
    [async () => ({ action: 'cancel' }), undefined, 'The user has not approved these bytes yet.'],
  ];
  for (const [person, declined, says] of answers) {
    const answer = await call(await connect(person), 'uploadChecks', { reviewId: fresh });
    expect(answer).toMatchObject({ status: 'awaiting_approval', summary: expect.stringContaining(says) });
    expect(answer.declined).toBe(declined);
    const [next] = answer.nextSteps as string[];
    expect(next?.startsWith("The client's question was declined: ask the user what is wrong")).toBe(
      declined === true,
    );
  }
});
