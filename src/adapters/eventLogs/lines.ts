/** Cuts unpacked bytes into lines; a line over the cap is counted and not kept. */

const newline = 0x0a;

export interface LineCutter {
  push(bytes: Uint8Array): void;
  /** Hands on a last line that no newline ends. */
  end(): void;
  readonly longLines: number;
}

export function createLineCutter(lineBytes: number, take: (line: string) => void): LineCutter {
  let held: Buffer[] = [];
  let heldBytes = 0;
  let isLong = false;
  let longLines = 0;

  function hold(piece: Buffer): void {
    if (isLong) return;
    heldBytes += piece.length;
    if (heldBytes > lineBytes) {
      isLong = true;
      longLines += 1;
      held = [];
    } else if (piece.length > 0) held.push(piece);
  }

  function finish(): void {
    if (!isLong && heldBytes > 0)
      take((held.length === 1 ? (held[0] as Buffer) : Buffer.concat(held)).toString('utf8'));
    held = [];
    heldBytes = 0;
    isLong = false;
  }

  return {
    get longLines() {
      return longLines;
    },
    push(bytes) {
      const whole = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
      let from = 0;
      for (let at = whole.indexOf(newline); at >= 0; at = whole.indexOf(newline, from)) {
        hold(whole.subarray(from, at));
        finish();
        from = at + 1;
      }
      // A copy: unpackers use their buffers again.
      if (from < whole.length) hold(Buffer.from(whole.subarray(from)));
    },
    end: finish,
  };
}
