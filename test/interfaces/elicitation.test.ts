import { beforeAll, describe, expect, test } from 'vitest';
import { call, connect as connectAs, type Era, eras, everyNotYes, type Person, saysYes } from './people.ts';
import { useWorld } from './useWorld.ts';

const { ports } = useWorld();
const connect = (person?: Person, era?: Era) => connectAs(ports, person, era);

let reviewId: unknown;
beforeAll(async () => {
  ({ reviewId } = await call(await connect(), 'scaleConfigs', { load: 2 }));
});

test.each(everyNotYes)('a client that %s leaves the decision to the chat', async (_, person, era) => {
  const client = await connect(person, era);
  const answer = await call(client, 'uploadChecks', { reviewId });
  expect(answer).toMatchObject({
    status: 'awaiting_approval',
    uploaded: 0,
    callAgain: { tool: 'uploadChecks', arguments: { reviewId, approved: true } },
  });
});

test.each(eras)(
  'an explicit yes to the question of %s, which names the load, the size and the review, is an approval',
  async (era) => {
    const questions: string[] = [];
    const client = await connect(saysYes(questions), era);
    const load = era === '2025-11-25' ? 2 : 4;
    const { reviewId } = await call(client, 'scaleConfigs', { load });
    expect(await call(client, 'uploadChecks', { reviewId })).toMatchObject({ status: 'uploaded' });
    expect(questions).toEqual([
      expect.stringMatching(
        new RegExp(
          `^Approve the ${load}x configs for upload \\(review ${reviewId}\\)\\?\\n15m: \\d+ of \\d+ files changed`,
        ),
      ),
    ]);
    // Approved once, never asked again.
    expect(await call(client, 'uploadChecks', { reviewId })).toMatchObject({ status: 'unchanged' });
    expect(questions).toHaveLength(1);
  },
);

test.each(eras)('with approved: true the client of %s is not asked', async (era) => {
  const client = await connect(() => Promise.reject(new Error('was asked')), era);
  const scaled = await call(client, 'scaleConfigs', { load: era === '2025-11-25' ? 3 : 6 });
  expect(await call(client, 'uploadChecks', { reviewId: scaled.reviewId, approved: false })).toMatchObject({
    status: 'awaiting_approval',
  });
  expect(await call(client, 'uploadChecks', { reviewId: scaled.reviewId, approved: true })).toMatchObject({
    status: 'uploaded',
  });
});

test.each(eras)(
  'a decline in %s is reported as a decline, in data and in words, and silence is not',
  async (era) => {
    const load = era === '2025-11-25' ? 5 : 7;
    const { reviewId: fresh } = await call(await connect(), 'scaleConfigs', { load });
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
      const answer = await call(await connect(person, era), 'uploadChecks', { reviewId: fresh });
      expect(answer).toMatchObject({ status: 'awaiting_approval', summary: expect.stringContaining(says) });
      expect(answer.declined).toBe(declined);
      const [next] = answer.nextSteps as string[];
      expect(next?.startsWith("The client's question was declined: ask the user what is wrong")).toBe(
        declined === true,
      );
    }
  },
);

describe.each(eras)('of a client of %s', (era) => {
  const declarations: [Record<string, Record<string, never>>, string][] = [
    [{}, 'uploaded'],
    [{ form: {} }, 'uploaded'],
    [{ form: {}, url: {} }, 'uploaded'],
    [{ url: {} }, 'awaiting_approval'],
  ];
  test.each(declarations)('the declaration %j leads to %s', async (declaration, status) => {
    const client = await connectAs(ports, saysYes([]), era, declaration);
    const load = 20 + 10 * eras.indexOf(era) + declarations.findIndex(([one]) => one === declaration);
    const { reviewId } = await call(client, 'scaleConfigs', { load });
    expect(await call(client, 'uploadChecks', { reviewId })).toMatchObject({ status });
  });
});
