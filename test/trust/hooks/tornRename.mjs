// A seeded bug: a rename is a copy in two halves, so that a kill between them leaves half a file under a final name.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const { readFileSync, rmSync, writeFileSync } = fs;

function torn(from, to) {
  const bytes = readFileSync(from);
  writeFileSync(to, bytes.subarray(0, bytes.length / 2));
  globalThis.trustEvent?.('rename');
  writeFileSync(to, bytes);
  rmSync(from);
}
fs.renameSync = torn;
fs.promises.rename = async (from, to) => torn(from, to);
syncBuiltinESMExports();
