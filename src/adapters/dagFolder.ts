import { randomBytes } from 'node:crypto';
import { readFile, rename, stat, unlink, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { schedules } from '../checks/schedules.ts';
import { ToolError } from '../errors.ts';
import type { DagFile, DagFolder } from '../ports.ts';

/** The DAG file and its cluster configs, relative to the DAG's folder: what belongs to a load test there. */
export function dagFileNames(dagFile: string): string[] {
  const name = basename(dagFile);
  const stem = name.replace(/\.py$/, '');
  return [name, ...schedules.map((schedule) => `cluster_configs/${stem}_cluster_${schedule}.json`)];
}

/** The DAG file and, beside it, `cluster_configs/{DAG name}_cluster_{schedule}.json`. */
export function createDagFolder(dagFile: string): DagFolder {
  const directory = dirname(dagFile);
  const stem = basename(dagFile).replace(/\.py$/, '');

  async function readOne(name: string): Promise<DagFile> {
    const bytes = await readFile(join(directory, name)).catch((cause) => {
      throw new ToolError('CONFIG', `${name} is missing beside DAG_FILE. Nothing was uploaded.`, {
        next: 'point DAG_FILE in .env at the DAG whose folder holds cluster_configs/.',
        cause,
      });
    });
    return { name, bytes };
  }

  return {
    async read() {
      // One after another: of several that are missing, always the first is named.
      const files: DagFile[] = [];
      for (const name of dagFileNames(dagFile)) files.push(await readOne(name));
      return files;
    },
    async writeDag(bytes, expected) {
      const draft = join(directory, `.${stem}-${randomBytes(6).toString('hex')}`);
      await writeFile(draft, bytes, { mode: (await stat(dagFile)).mode & 0o777 });
      if (!(await readFile(dagFile)).equals(expected)) {
        await unlink(draft);
        throw new ToolError(
          'CONFLICT',
          'Somebody changed DAG_FILE while this call was under way. Nothing of that file was changed, and nothing was uploaded.',
          { next: 'call uploadDags again: it reads the file anew.' },
        );
      }
      await rename(draft, dagFile);
    },
  };
}
