/** Patches that restore files which a tool replaced. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { createTwoFilesPatch } from 'diff';
import { openDisk } from '../disk/disk.ts';

/**
 * Writes a patch that turns each file's `after` back into its `before`, for `git apply` at the top of the repository.
 * Returns its path. Text is handled as latin1, byte for byte, so that a file in any encoding is restored exactly.
 */
export async function backupPatch(
  stateDir: string,
  folder: string,
  files: readonly { path: string; before: Uint8Array | undefined; after: Uint8Array }[],
): Promise<string> {
  const disk = openDisk(stateDir, 'STATE_DIR').below('backups');
  const stamp = new Date().toISOString().replaceAll(/[-:]/g, '').replace('.', '_').slice(0, -1);
  const name = `${stamp}-${randomBytes(3).toString('hex')}.patch`;
  const patch = files
    .map(({ path, before, after }) => filePatch(`${folder}/${path}`, before, after))
    .join('');
  await disk.write(name, Buffer.from(patch, 'latin1'));
  return join(disk.root, name);
}

function filePatch(path: string, before: Uint8Array | undefined, after: Uint8Array): string {
  const [a, b] = [quoted(`a/${path}`), quoted(`b/${path}`)];
  const isNew = before === undefined;
  const old = text(before ?? new Uint8Array());
  const hunks = createTwoFilesPatch('', '', text(after), old, '', '', { context: 3 });
  return [
    `diff --git ${a} ${b}\n`,
    isNew ? 'deleted file mode 100644\n' : '',
    `--- ${a}\n+++ ${isNew ? '/dev/null' : b}\n`,
    hunks.slice(hunks.indexOf('@@')),
  ].join('');
}

/** A path as git quotes it: bytes that are not printable ASCII in octal, between quotes. */
function quoted(path: string): string {
  if (/^[\w!#-[\]-~]+$/.test(path)) return path;
  const bytes = [...Buffer.from(path)].map((byte) =>
    byte < 0x20 || byte > 0x7e || byte === 0x22 || byte === 0x5c
      ? `\\${byte.toString(8).padStart(3, '0')}`
      : String.fromCharCode(byte),
  );
  return `"${bytes.join('')}"`;
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1');
}
