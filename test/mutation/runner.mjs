// `node runner.mjs <tests...>` in a copy of the project, with an IPC channel: one Vitest that stays. For each message
// {file} it runs the tests again, with that file read anew, and answers whether one of them fails.
import { createVitest } from 'vitest/node';

const tests = process.argv.slice(2);
const vitest = await createVitest('test', { watch: false, bail: 1, reporters: [{}] });

const specifications = await vitest.globTestSpecifications(tests);

async function isNoticed() {
  const { testModules, unhandledErrors } = await vitest.rerunTestSpecifications(specifications);
  return unhandledErrors.length > 0 || testModules.some((module) => !module.ok());
}

let last;
process.on('message', async ({ file }) => {
  // The last file was put back.
  for (const changed of [last, file]) if (changed !== undefined) vitest.invalidateFile(changed);
  last = file;
  process.send({ noticed: await isNoticed().catch(() => true) });
});
