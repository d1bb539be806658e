/** Bytes that somebody may look at again: of a few files in memory, of more in a file without a name. */
import { closeSync, mkdirSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Spool, Spooled } from '../../ports/repository.ts';
import { diskError } from './diskErrors.ts';
import { draftBeside } from './drafts.ts';

/** The bytes of a few thousand checks. */
const mostInMemory = 8 * 1024 * 1024;

/** Gives a file back to the system when nobody can read from it any more. */
const forgotten = new FinalizationRegistry<number>((file) => closeSync(file));

/** @param folder of the file, which is created when it is needed; `setting` points at it, for messages */
export function openSpool(folder: string, setting: string, limit = mostInMemory): Spool {
  let inMemory = 0;
  let file: SpoolFile | undefined;
  return {
    put(bytes) {
      if (inMemory + bytes.length <= limit) {
        inMemory += bytes.length;
        return new InMemory(bytes);
      }
      file ??= new SpoolFile(folder, setting);
      return file.append(bytes);
    },
  };
}

class InMemory implements Spooled {
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  read(): Buffer {
    const { buffer, byteOffset, byteLength } = this.#bytes;
    return Buffer.from(buffer, byteOffset, byteLength);
  }
}

/** A file that has no name any more: nobody else can change it, and a crash leaves nothing behind. */
class SpoolFile {
  readonly #path: string;
  readonly #setting: string;
  readonly #file: number;
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

  append(bytes: Uint8Array): Spooled {
    const at = this.#length;
    this.#tried('written', () => {
      for (let done = 0; done < bytes.length; )
        done += writeSync(this.#file, bytes, done, bytes.length - done, at + done);
    });
    this.#length += bytes.length;
    return new InFile(this, at, bytes.length);
  }

  read(at: number, length: number): Buffer {
    const bytes = Buffer.allocUnsafe(length);
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

class InFile implements Spooled {
  readonly #file: SpoolFile;
  readonly #at: number;
  readonly #length: number;

  constructor(file: SpoolFile, at: number, length: number) {
    this.#file = file;
    this.#at = at;
    this.#length = length;
  }

  read(): Buffer {
    return this.#file.read(this.#at, this.#length);
  }
}
