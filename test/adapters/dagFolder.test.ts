import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createDagFolder } from '../../src/adapters/files/dagFolder.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'dags-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

test('the DAG file is replaced if it is as it was read, and not touched when it changed meanwhile', async () => {
  const dagFile = join(directory, 'load_test.py');
  const folder = createDagFolder(dagFile);
  writeFileSync(dagFile, 'LOAD = 2\n');
  await folder.writeDag(Buffer.from('LOAD = 4\n'), Buffer.from('LOAD = 2\n'));
  expect(readFileSync(dagFile, 'utf8')).toBe('LOAD = 4\n');

  writeFileSync(dagFile, 'LOAD = 4\n# mine\n');
  await expect(folder.writeDag(Buffer.from('LOAD = 8\n'), Buffer.from('LOAD = 4\n'))).rejects.toMatchObject({
    code: 'CONFLICT',
    message: expect.stringMatching(/That file was not written/),
  });
  expect(readFileSync(dagFile, 'utf8')).toBe('LOAD = 4\n# mine\n');
  expect(readdirSync(directory)).toEqual(['load_test.py']);
});
