// A seeded bug: an entry of the journal is acknowledged before it is there.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const { linkSync, readFileSync, writeFileSync } = fs;

fs.promises.link = async (from, to) => {
  if (fs.existsSync(to)) return linkSync(from, to);
  const bytes = readFileSync(from);
  setTimeout(() => writeFileSync(to, bytes), 400);
};
syncBuiltinESMExports();
