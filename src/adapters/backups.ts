import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createTwoFilesPatch } from 'diff';

/**
 * Writes a patch that turns each file's `after` back into its `before`, to be applied with `git apply` at the top of
 * the repository. A file whose bytes are not text is kept whole beside the patch.
 */
export async function backupPatch(
  stateDir: string,
  folder: string,
  files: readonly { path: string; before: Uint8Array | undefined; after: Uint8Array }[],
): Promise<string> {
  const directory = join(stateDir, 'backups');
  await mkdir(directory, { recursive: true });
  const stamp = new Date().toISOString().replaceAll(/[-:]/g, '').replace('.', '_').slice(0, -1);
  let patch = '';
  for (const [index, file] of files.entries()) {
    const path = `${folder}/${file.path}`;
    const before = file.before === undefined ? '' : text(file.before);
    const after = text(file.after);
    if (before === undefined || after === undefined) {
      await writeFile(join(directory, `${stamp}-${index}.bin`), file.before ?? '');
      continue;
    }
    const target = file.before === undefined ? '/dev/null' : `b/${path}`;
    patch += `diff --git a/${path} b/${path}\n`;
    if (file.before === undefined) patch += 'deleted file mode 100644\n';
    patch += createTwoFilesPatch(`a/${path}`, target, after, before, undefined, undefined, { context: 3 })
      .split('\n')
      .slice(1)
      .join('\n');
  }
  const file = join(directory, `${stamp}.patch`);
  await writeFile(file, patch);
  return file;
}

function text(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
