// A seeded bug: files are written in place, so that a write that fails leaves a part of it under the final name.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const { readFileSync, renameSync, rmSync, writeFileSync } = fs;
fs.renameSync = (from, to) => {
  const bytes = readFileSync(from);
  writeFileSync(to, bytes.subarray(0, bytes.length / 2));
  try {
    renameSync(from, to);
  } catch (error) {
    rmSync(from, { force: true });
    throw error;
  }
};
syncBuiltinESMExports();
