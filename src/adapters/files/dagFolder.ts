/** The folder of the DAG: the DAG file and, beside it, `cluster_configs/{DAG name}_cluster_{schedule}.json`. */
import { basename, dirname } from 'node:path';
import { ToolError } from '../../domain/errors.ts';
import { dagFileNames } from '../../domain/keys.ts';
import type { DagFile, DagFolder } from '../../ports/project.ts';
import { openDisk } from '../disk/disk.ts';
import { readNow } from '../disk/now.ts';

export function createDagFolder(dagFile: string): DagFolder {
  const disk = openDisk(dirname(dagFile), 'DAG_FILE');

  function refuseMissing(
    name: string,
    next = 'point DAG_FILE in .env at the DAG whose folder contains cluster_configs/.',
  ): never {
    throw new ToolError('CONFIG', `${name} is missing beside DAG_FILE. Nothing was uploaded.`, { next });
  }

  return {
    async read() {
      const files: DagFile[] = [];
      for (const name of dagFileNames(dagFile)) {
        const bytes = await disk.read(name);
        if (bytes !== undefined) files.push({ name, bytes });
        else if (files.length === 0) refuseMissing(name);
      }
      return files;
    },
    // In sequence, so that the error always names the first missing file.
    async readOthers(names) {
      const next =
        'copy it from the dags folder of this project, or name another runner in the cluster configs.';
      const files: DagFile[] = [];
      for (const name of names)
        files.push({ name, bytes: (await disk.read(name)) ?? refuseMissing(name, next) });
      return files;
    },
    async writeDag(bytes, expected) {
      const requireUntouched = () => {
        if (readNow(dagFile, 'DAG_FILE')?.equals(expected) === true) return;
        throw new ToolError(
          'CONFLICT',
          'DAG_FILE changed while this call was running. That file was not written, and nothing was uploaded.',
          { next: 'call uploadDags again: it reads the file again.' },
        );
      };
      await disk.write(basename(dagFile), bytes, { check: requireUntouched });
    },
  };
}
