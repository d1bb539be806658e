/** Arguments that nobody should send, made from what a tool declares. */
import type { Random } from '../../sandbox/random.ts';
import type { Message } from '../stdio/builtServer.ts';

export function pick<Item>(random: Random, items: readonly Item[]): Item {
  return items[Math.floor(random() * items.length)] as Item;
}

const oddTexts = [
  '',
  ' ',
  '2x',
  '4X',
  '1000x',
  '-1',
  '1e9',
  '..',
  '../../../etc/passwd',
  '/etc/passwd',
  'events/../../.git/config',
  '.git/hooks/pre-commit',
  '%2e%2e%2f',
  's3://another-bucket/key',
  'j-0000000000000',
  'j-2AXXXXXXGAPLF; rm -rf /',
  '$(id)',
  '`id`',
  '--upload-pack=id',
  '-rf',
  'a\u0000b',
  'a\nb\r\nc',
  '\u202eevil\u200b',
  '\ud800',
  '𝒳'.repeat(50),
  'a'.repeat(20_000),
  '((((((((((((((((((((a+)+)+)+)+',
  '{"$ref":"#"}',
  '<script>alert(1)</script>',
  '__proto__',
  'constructor',
  'main',
  'baseline',
  'audit_checks_load_testing',
  '2025-12-08T20:30:00Z',
  'yesterday',
  '9'.repeat(400),
];

/** Parts of a path that some program could read in another way. */
const pathPieces = [
  '..',
  '.',
  '',
  'a',
  'prod',
  'checks',
  'configs',
  'hourly',
  '%2e%2e',
  '%2E.',
  '..%2f..',
  '%252e%252e',
  '\\',
  '..\\..',
  'a b',
  'ü€𝒳',
  'e\u0301',
  '\u0000',
  '%00',
  '\n',
  '?acl',
  '?uploads',
  '#x',
  '&',
  '+',
  "'",
  '"',
  ';',
  '*',
  '~',
  '-rf',
  '$(id)',
  '\u202e',
  'a'.repeat(300),
  'check_a_15m.yml',
  'con',
  '....',
  '.. ',
  ' ..',
  '．．',
  '‥',
];
/** A path, or one name, of odd parts. */
export function oddPath(random: Random, more: readonly string[] = []): string {
  const parts = Array.from({ length: 1 + Math.floor(random() * 5) }, () =>
    more.length > 0 && random() < 0.5 ? pick(random, more) : pick(random, pathPieces),
  );
  return parts.join(random() < 0.9 ? '/' : '');
}

const oddNumbers = [0, -0, -1, 1, 2, 4, 3.5, 1000, 1001, 2 ** 31, 2 ** 53, 1e308, -1e-7];

function oddValue(random: Random, depth = 0): unknown {
  const drawn = random();
  if (drawn < 0.4) return pick(random, oddTexts);
  if (drawn < 0.6) return pick(random, oddNumbers);
  if (drawn < 0.7) return random() < 0.5;
  if (drawn < 0.75) return null;
  if (depth > 3) return {};
  if (drawn < 0.88)
    return Array.from({ length: Math.floor(random() * 4) }, () => oddValue(random, depth + 1));
  return Object.fromEntries([[pick(random, oddTexts).slice(0, 40), oddValue(random, depth + 1)]]);
}

/** A value that the schema of a field allows, as far as it is simple to say. */
function allowedValue(random: Random, schema: Message): unknown {
  const one = schema.anyOf === undefined ? schema : pick(random, schema.anyOf as Message[]);
  if (one.enum !== undefined) return pick(random, one.enum as unknown[]);
  if (one.const !== undefined) return one.const;
  switch (one.type) {
    case 'boolean':
      return random() < 0.5;
    case 'integer':
    case 'number':
      return Number(one.minimum ?? 0) + Math.floor(random() * 5);
    case 'array':
      return Array.from({ length: Math.floor(random() * 3) }, () => allowedValue(random, one.items ?? {}));
    default:
      return pick(random, oddTexts);
  }
}

/** Fields of the tool, each left out, allowed or odd, and sometimes a field that it does not have. */
export function oddArguments(random: Random, inputSchema: Message): unknown {
  if (random() < 0.02) return oddValue(random);
  const fields = Object.entries((inputSchema.properties ?? {}) as Record<string, Message>);
  const given: Record<string, unknown> = {};
  for (const [name, schema] of fields) {
    const drawn = random();
    if (drawn < 0.35) continue;
    given[name] = drawn < 0.75 ? allowedValue(random, schema) : oddValue(random);
    // A call that waits says nothing new.
    if (name === 'waitSeconds' && typeof given[name] === 'number' && given[name] > 0) given[name] = 0;
  }
  if (random() < 0.15) Object.assign(given, { [pick(random, oddTexts).slice(0, 40)]: oddValue(random) });
  return given;
}

/** A line on stdin: a message that is almost right, or anything. */
export function oddFrame(random: Random, id: number): string {
  const methods = [
    'tools/call',
    'tools/list',
    'ping',
    'resources/read',
    'prompts/get',
    'completion/complete',
    'nope',
    '',
    '__proto__',
  ];
  const message: Record<string, unknown> = {
    jsonrpc: random() < 0.9 ? '2.0' : oddValue(random),
    id: random() < 0.8 ? id : oddValue(random),
    method: random() < 0.9 ? pick(random, methods) : oddValue(random),
    params:
      random() < 0.5
        ? {
            name: pick(random, ['showSession', 'scaleConfig', '']),
            arguments: oddValue(random),
            uri: pick(random, oddTexts),
          }
        : oddValue(random),
  };
  for (const field of Object.keys(message)) if (random() < 0.1) delete message[field];
  const line = JSON.stringify(random() < 0.05 ? [message] : message);
  const drawn = random();
  if (drawn < 0.1) return line.slice(0, Math.floor(random() * line.length));
  if (drawn < 0.15) return pick(random, oddTexts).replaceAll('\n', ' ');
  return line;
}
