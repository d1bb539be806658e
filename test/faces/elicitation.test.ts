import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js';
import { ElicitRequestSchema, type ElicitResult } from '@modelcontextprotocol/sdk/types.js';
import { beforeAll, expect, test } from 'vitest';
import { createMcpServer } from '../../src/faces/mcp.ts';
import { useWorld } from './useWorld.ts';

const { ports } = useWorld();

type Person = (question: string) => Promise<ElicitResult>;

async function connect(person?: Person): Promise<Client> {
  const face = { name: 'audit-load-test', version: '1', ports, asksEveryTime: true, answerWithinMs: 100 };
  const client = new Client(
    { name: 'test', version: '1' },
    { capabilities: person ? { elicitation: {} } : {} },
  );
  if (person !== undefined)
    client.setRequestHandler(ElicitRequestSchema, ({ params }) => person(params.message));
  const [ours, theirs] = InMemoryTransport.createLinkedPair();
  await Promise.all([createMcpServer(face).connect(ours), client.connect(theirs)]);
  return client;
}

async function call(client: Client, name: string, given: object) {
  const { structuredContent } = await client.callTool({ name, arguments: { ...given } });
  return structuredContent as Record<string, unknown>;
}

let reviewId: unknown;
beforeAll(async () => {
  ({ reviewId } = await call(await connect(), 'scaleConfigs', { load: 2 }));
});

const never = new Promise<ElicitResult>(() => undefined);
const notYes: [string, Person | undefined][] = [
  ['cannot ask', undefined],
  ['declines', async () => ({ action: 'decline' })],
  ['cancels', async () => ({ action: 'cancel' })],
  ['accepts with "not now"', async () => ({ action: 'accept', content: { decision: 'not now' } })],
  ['accepts with another word', async () => ({ action: 'accept', content: { decision: 'APPROVE' } })],
  ['accepts with another field', async () => ({ action: 'accept', content: { approve: true } })],
  ['accepts with nothing', async () => ({ action: 'accept' })],
  ['answers nonsense', async () => ({ action: 'perhaps' }) as unknown as ElicitResult],
  ['fails', () => Promise.reject(new Error('no window'))],
  ['never answers', () => never],
];

test.each(notYes)('a client that %s leaves the decision to the chat', async (_, person) => {
  const client = await connect(person);
  const answer = await call(client, 'uploadChecks', { reviewId });
  expect(answer).toMatchObject({
    status: 'awaiting_approval',
    uploaded: 0,
    callAgain: { tool: 'uploadChecks', arguments: { reviewId, approved: true } },
  });
});

test('a clear yes to the question, which names the load, the size and the review, is an approval', async () => {
  const questions: string[] = [];
  const client = await connect(async (question) => {
    questions.push(question);
    return { action: 'accept', content: { decision: 'approve' } };
  });
  expect(await call(client, 'uploadChecks', { reviewId })).toMatchObject({ status: 'uploaded' });
  expect(questions).toEqual([
    expect.stringMatching(
      new RegExp(`^Approve the 2x configs for upload\\?\\n\\d+ files with \\d+ intervals .*${reviewId}`),
    ),
  ]);
  // Approved once, never asked again.
  expect(await call(client, 'uploadChecks', { reviewId })).toMatchObject({ status: 'unchanged' });
  expect(questions).toHaveLength(1);
});

test('with approved the client is not asked at all', async () => {
  const client = await connect(() => Promise.reject(new Error('was asked')));
  const scaled = await call(client, 'scaleConfigs', { load: 3 });
  expect(await call(client, 'uploadChecks', { reviewId: scaled.reviewId, approved: false })).toMatchObject({
    status: 'awaiting_approval',
  });
  expect(await call(client, 'uploadChecks', { reviewId: scaled.reviewId, approved: true })).toMatchObject({
    status: 'uploaded',
  });
});
