/** Keeps a message that is too long from ending the server or filling its memory, and says which lines are no message. */
import { Transform } from 'node:stream';

/** No call of a tool needs a hundredth of it. */
export const longestMessageBytes = 10_000_000;

/** How much of the two ends of a message is kept to find its id: clients write it first or last. */
const endBytes = 300;
const newline = 0x0a;

export interface RefusedLines {
  /** The request's id, null when it is not found. Nothing is kept of the line but its ends. */
  tooLong(id: string | number | null, bytes: number): void;
  /** The SDK drops such a line without a word. */
  notJson(bytes: number): void;
}

/** Passes lines of JSON on, if they are not too long. */
export function limitLines(refused: RefusedLines, mostBytes: number = longestMessageBytes): Transform {
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
        const line = Buffer.concat(pending);
        if (ends !== undefined) refused.tooLong(idIn(ends.head) ?? idIn(ends.tail) ?? null, length);
        else if (isJson(line)) this.push(line);
        else if (line.length > 1) refused.notJson(line.length);
        pending = [];
        length = 0;
        ends = undefined;
      }
      done();
    },
  });
}

function isJson(line: Buffer): boolean {
  try {
    JSON.parse(line.toString('utf8'));
    return true;
  } catch {
    return false;
  }
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
