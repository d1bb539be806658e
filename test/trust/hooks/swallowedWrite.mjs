// A seeded bug: a rename that fails is taken for one that succeeded.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const { renameSync } = fs;
fs.renameSync = (from, to) => {
  try {
    renameSync(from, to);
  } catch {
    // The bug.
  }
};
syncBuiltinESMExports();
