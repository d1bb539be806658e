import { expect, test } from 'vitest';
import { limitLines } from '../../src/interfaces/mcp/messageLimit.ts';

/** What passes, and what is refused, when the text comes in chunks of this size. */
async function through(text: string, chunkBytes: number): Promise<{ passed: string; refused: unknown[] }> {
  const refused: unknown[] = [];
  const limit = limitLines(
    {
      tooLong: (id, bytes) => refused.push([id, bytes]),
      notJson: (bytes) => refused.push(['not JSON', bytes]),
    },
    100,
  );
  const bytes = Buffer.from(text);
  for (let from = 0; from < bytes.length; from += chunkBytes)
    limit.write(bytes.subarray(from, from + chunkBytes));
  limit.end();
  const passed = await limit.toArray();
  return { passed: Buffer.concat(passed).toString('utf8'), refused };
}

const long = 'x'.repeat(2_000);
const cases: [string, string | number | null][] = [
  [`{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"a":"${long}"}}`, 7],
  [`{"method":"tools/call","params":{"a":"${long}"},"jsonrpc":"2.0","id":"seven"}`, 'seven'],
  [`{"method":"tools/call","params":{"a":"${long}"},"id": 7 , "jsonrpc": "2.0" }`, 7],
  [`{"jsonrpc":"2.0","method":"tools/call","params":{"id":7,"a":"${long}"}}`, null],
  [long, null],
];

test.each([1, 7, 64, 5_000])(
  'in chunks of %i bytes: a long line is refused by its id, and the others pass',
  async (size) => {
    for (const [line, id] of cases) {
      const { passed, refused } = await through(`{"a":1}\n${line}\n{"ü":2}\n`, size);
      expect(passed).toBe('{"a":1}\n{"ü":2}\n');
      expect(refused).toEqual([[id, line.length + 1]]);
    }
  },
);

test('a line that is not JSON is reported, and an empty one is not', async () => {
  const { passed, refused } = await through('hello\n{"a":\n\n{"a":1}\n[]\n', 64);
  expect(passed).toBe('{"a":1}\n[]\n');
  expect(refused).toEqual([
    ['not JSON', 6],
    ['not JSON', 6],
  ]);
});
