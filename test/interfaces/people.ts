/** Clients of both eras whose person answers in one way, and every way of answering that is no yes. */
import { Client as ModernClient } from '@modelcontextprotocol/client';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js';
import { ElicitRequestSchema, type ElicitResult } from '@modelcontextprotocol/sdk/types.js';
import { serveMcp } from '../../src/interfaces/mcp/server.ts';
import type { Ports } from '../../src/ports/ports.ts';

export type Person = (question: string) => Promise<ElicitResult>;
export type Era = '2025-11-25' | '2026-07-28';
export const eras: readonly Era[] = ['2025-11-25', '2026-07-28'];

/** As much of a client as the tests use; the two generations of the SDK share no types. */
export type AnyClient = Pick<Client, 'callTool' | 'listTools'>;

/** Left out, the client cannot ask its person anything. */
export async function connect(
  ports: () => Promise<Ports>,
  person?: Person,
  era: Era = '2025-11-25',
  elicitation: Record<string, Record<string, never>> = {},
): Promise<AnyClient> {
  const [ours, theirs] = InMemoryTransport.createLinkedPair();
  serveMcp({ name: 'audit-load-test', version: '1', ports, asksEveryTime: 'all', answerWithinMs: 100 }, ours);
  const name = { name: 'test', version: '1' };
  const capabilities = person ? { elicitation } : {};
  if (era === '2025-11-25') {
    const client = new Client(name, { capabilities });
    if (person !== undefined)
      client.setRequestHandler(ElicitRequestSchema, ({ params }) => person(params.message));
    await client.connect(theirs);
    return client;
  }
  const client = new ModernClient(name, { capabilities, versionNegotiation: { mode: { pin: era } } });
  if (person !== undefined)
    client.setRequestHandler('elicitation/create', ({ params }) => person(params.message));
  await client.connect(theirs);
  return client as unknown as AnyClient;
}

export async function call(client: AnyClient, name: string, given: object = {}) {
  const { structuredContent, content, isError } = await client.callTool({ name, arguments: { ...given } });
  if (isError) throw new Error(JSON.stringify(content));
  return structuredContent as Record<string, unknown>;
}

const never = new Promise<ElicitResult>(() => undefined);

const answers: [string, Person | undefined][] = [
  ['cannot ask', undefined],
  ['declines', async () => ({ action: 'decline' })],
  ['cancels', async () => ({ action: 'cancel' })],
  ['accepts with "not now"', async () => ({ action: 'accept', content: { decision: 'not now' } })],
  ['accepts with another word', async () => ({ action: 'accept', content: { decision: 'APPROVE' } })],
  ['accepts with another field', async () => ({ action: 'accept', content: { approve: true } })],
  ['accepts with nothing', async () => ({ action: 'accept' })],
];

/** In the new era such a client does not come back with an answer: its call ends with the question. */
const noAnswers: [string, Person][] = [
  ['answers nonsense', async () => ({ action: 'approve' }) as unknown as ElicitResult],
  ['fails', () => Promise.reject(new Error('no window'))],
  ['never answers', () => never],
];

type NotYes = [string, Person | undefined, Era];
const inEra = (era: Era, some: readonly [string, Person | undefined][]) =>
  some.map(([what, person]): NotYes => [`${what} (${era})`, person, era]);

export const everyNotYes: NotYes[] = [
  ...inEra('2025-11-25', [...answers, ...noAnswers]),
  ...inEra('2026-07-28', answers),
];

/** Both eras read an answer in the same way, so that a few of the new one are enough for each further question. */
export const notYes: NotYes[] = [
  ...inEra('2025-11-25', [...answers, ...noAnswers]),
  ...inEra('2026-07-28', answers.slice(0, 2)),
];

export function saysYes(questions: string[]): Person {
  return async (question) => {
    questions.push(question);
    return { action: 'accept', content: { decision: 'approve' } };
  };
}
