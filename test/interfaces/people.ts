/** Clients whose person answers in one way, and every way of answering that is no yes. */
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js';
import { ElicitRequestSchema, type ElicitResult } from '@modelcontextprotocol/sdk/types.js';
import { serveMcp } from '../../src/interfaces/mcp/server.ts';
import type { Ports } from '../../src/ports/ports.ts';

export type Person = (question: string) => Promise<ElicitResult>;

/** Left out, the client cannot ask its person anything. */
export async function connect(ports: () => Promise<Ports>, person?: Person): Promise<Client> {
  const face = {
    name: 'audit-load-test',
    version: '1',
    ports,
    asksEveryTime: 'all' as const,
    answerWithinMs: 100,
  };
  const client = new Client(
    { name: 'test', version: '1' },
    { capabilities: person ? { elicitation: {} } : {} },
  );
  if (person !== undefined)
    client.setRequestHandler(ElicitRequestSchema, ({ params }) => person(params.message));
  const [ours, theirs] = InMemoryTransport.createLinkedPair();
  serveMcp(face, ours);
  await client.connect(theirs);
  return client;
}

export async function call(client: Client, name: string, given: object = {}) {
  const { structuredContent, content, isError } = await client.callTool({ name, arguments: { ...given } });
  if (isError) throw new Error(JSON.stringify(content));
  return structuredContent as Record<string, unknown>;
}

const never = new Promise<ElicitResult>(() => undefined);

export const notYes: [string, Person | undefined][] = [
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

export function saysYes(questions: string[]): Person {
  return async (question) => {
    questions.push(question);
    return { action: 'accept', content: { decision: 'approve' } };
  };
}
