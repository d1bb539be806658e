/** Keeps one message that is too long from ending the server or filling its memory. */
import { Transform } from 'node:stream';

/** No call of a tool needs a hundredth of it. */
export const longestMessageBytes = 10_000_000;

/** How much of the two ends of a message is kept to find its id: clients write it first or last. */
const endBytes = 300;
const newline = 0x0a;

/**
 * Passes lines on, except those that are too long: of these nothing is kept but the ends, and `refuse` gets the
 * request's id (null when it is not found) and the length.
 */
export function limitLines(
  refuse: (id: string | number | null, bytes: number) => void,
  mostBytes: number = longestMessageBytes,
): Transform {
  let pending: Buffer[] = [];
  let length = 0;
  /** Both ends of a line that is already too long. */
  let ends: { head: Buffer; tail: Buffer } | undefined;

  function take(part: Buffer): void {
    length += part.length;
    if (ends !== undefined) ends.tail = Buffer.from(Buffer.concat([ends.tail, part]).subarray(-endBytes));
    else pending.push(part);
    if (ends !== undefined || length <= mostBytes) return;
    const line = Buffer.concat(pending);
    ends = {
      head: Buffer.from(line.subarray(0, endBytes)),
      tail: Buffer.from(line.subarray(-endBytes)),
    };
    pending = [];
  }

  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      for (let from = 0; from < chunk.length; ) {
        const at = chunk.indexOf(newline, from);
        const until = at === -1 ? chunk.length : at + 1;
        take(chunk.subarray(from, until));
        from = until;
        if (at === -1) break;
        if (ends === undefined) this.push(Buffer.concat(pending));
        else refuse(idIn(ends.head) ?? idIn(ends.tail) ?? null, length);
        pending = [];
        length = 0;
        ends = undefined;
      }
      done();
    },
  });
}

/** An id that stands beside the protocol's version, and not somewhere in the arguments. */
function idIn(end: Buffer): string | number | undefined {
  const text = end.toString('utf8');
  const id = '"id"\\s*:\\s*(\\d+|"[^"\\\\]{0,100}")';
  const version = '"jsonrpc"\\s*:\\s*"2\\.0"';
  const found =
    new RegExp(`^\\s*\\{\\s*(?:${version}\\s*,\\s*)?${id}`).exec(text) ??
    new RegExp(`${id}\\s*(?:,\\s*${version}\\s*)?\\}\\s*$`).exec(text);
  return found?.[1] === undefined ? undefined : (JSON.parse(found[1]) as string | number);
}
