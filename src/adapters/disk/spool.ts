/** Bytes that somebody may look at again: of a few files in memory, of more in a file without a name. */
import { closeSync, mkdirSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Spool, Spooled } from '../../ports/repository.ts';
import { diskError } from './diskErrors.ts';
import { draftBeside } from './drafts.ts';

/** The bytes of several hundred checks. */
const mostInMemory = 2 * 1024 * 1024;

/** Written and read as one: what is put one after the other is looked at one after the other. */
const blockBytes = 64 * 1024;

/** A file is looked at in up to three versions and with its changes: each has its place in the spool. */
const blocksHeld = 8;

/** Gives a file back to the system when nobody can read from it any more. */
const forgotten = new FinalizationRegistry<number>((file) => closeSync(file));

/** @param folder of the file, which is created when it is needed; `setting` points at it, for messages */
export function openSpool(folder: string, setting: string, limit = mostInMemory): Spool {
  let inMemory = 0;
  let file: SpoolFile | undefined;
  let block = new Block(blockBytes);
  return {
    put(bytes) {
      if (!block.hasRoomFor(bytes)) {
        inMemory += block.length;
        if (inMemory > limit) {
          file ??= new SpoolFile(folder, setting);
          block.moveTo(file);
        }
        block = new Block(Math.max(blockBytes, bytes.length));
      }
      return block.append(bytes);
    },
  };
}

/** Filled in memory; once it is full it may move to the file. */
class Block {
  #bytes: Buffer | undefined;
  #file: SpoolFile | undefined;
  /** Where it begins in the file. */
  #at = 0;
  length = 0;

  constructor(size: number) {
    this.#bytes = Buffer.allocUnsafeSlow(size);
  }

  hasRoomFor(bytes: Uint8Array): boolean {
    return this.#bytes !== undefined && this.length + bytes.length <= this.#bytes.length;
  }

  append(bytes: Uint8Array): Spooled {
    const start = this.length;
    this.#bytes?.set(bytes, start);
    this.length += bytes.length;
    return new Place(this, start, this.length);
  }

  moveTo(file: SpoolFile): void {
    this.#at = file.append(this.slice(0, this.length));
    this.#file = file;
    this.#bytes = undefined;
  }

  slice(start: number, end: number): Buffer {
    if (this.#bytes !== undefined) return this.#bytes.subarray(start, end);
    // A copy: the memory of a block is used again.
    return Buffer.from(this.#file?.read(this.#at, this.length).subarray(start, end) ?? []);
  }
}

class Place implements Spooled {
  readonly #block: Block;
  readonly #start: number;
  readonly #end: number;

  constructor(block: Block, start: number, end: number) {
    this.#block = block;
    this.#start = start;
    this.#end = end;
  }

  read(): Buffer {
    return this.#block.slice(this.#start, this.#end);
  }
}

/** A file that has no name any more: nobody else can change it, and a crash leaves nothing behind. */
class SpoolFile {
  readonly #path: string;
  readonly #setting: string;
  readonly #file: number;
  /** The blocks read last, by where they begin; the one that was read first is forgotten first. */
  readonly #held = new Map<number, Buffer>();
  #length = 0;

  constructor(folder: string, setting: string) {
    this.#setting = setting;
    this.#path = draftBeside(join(folder, 'spool'));
    this.#file = this.#tried('written', () => {
      mkdirSync(folder, { recursive: true });
      const file = openSync(this.#path, 'wx+', 0o600);
      try {
        rmSync(this.#path);
      } catch {
        // Some shares keep the name of an open file; a later call removes the draft.
      }
      return file;
    });
    forgotten.register(this, this.#file);
  }

  /** Returns where the bytes begin. */
  append(bytes: Uint8Array): number {
    const at = this.#length;
    this.#tried('written', () => {
      for (let done = 0; done < bytes.length; )
        done += writeSync(this.#file, bytes, done, bytes.length - done, at + done);
    });
    this.#length += bytes.length;
    return at;
  }

  /** Valid until the next call. */
  read(at: number, length: number): Buffer {
    const held = this.#held.get(at);
    if (held !== undefined) return held;
    const bytes = this.#readInto(this.#unused(length), at, length);
    this.#held.set(at, bytes);
    return bytes;
  }

  /** The memory of the oldest block: new memory for each would only be freed much later. */
  #unused(length: number): Buffer {
    const [oldest] = this.#held.size < blocksHeld ? [] : this.#held;
    if (oldest === undefined) return Buffer.allocUnsafeSlow(Math.max(length, blockBytes));
    this.#held.delete(oldest[0]);
    return oldest[1].length < length ? Buffer.allocUnsafeSlow(length) : oldest[1];
  }

  #readInto(bytes: Buffer, at: number, length: number): Buffer {
    return this.#tried('read', () => {
      for (let done = 0; done < length; ) {
        const read = readSync(this.#file, bytes, done, length - done, at + done);
        if (read === 0) throw new RangeError('the spool is shorter than what was written to it');
        done += read;
      }
      return bytes;
    });
  }

  #tried<Result>(verb: string, work: () => Result): Result {
    try {
      return work();
    } catch (cause) {
      throw diskError(cause, { setting: this.#setting, path: this.#path, verb });
    }
  }
}
