// `node runner.mjs <tests...>` in a copy of the project, with an IPC channel: one Vitest that stays. For each message
// {file} it runs the tests again, one file after another until one fails, with that file read anew. It answers with
// the name of a test that fails.
import { createVitest } from 'vitest/node';

const tests = process.argv.slice(2);
const vitest = await createVitest('test', { watch: false, bail: 1, reporters: [{}] });

const specifications = [];
for (const test of tests) specifications.push(...(await vitest.globTestSpecifications([test])));

async function noticedBy() {
  for (const specification of specifications) {
    const { testModules, unhandledErrors } = await vitest.rerunTestSpecifications([specification]);
    for (const module of testModules) {
      // Modules of earlier runs are among them.
      if (module.moduleId !== specification.moduleId || module.ok()) continue;
      const [failed] = [...module.children.allTests('failed')];
      return failed?.fullName ?? `loading ${module.relativeModuleId}`;
    }
    if (unhandledErrors.length > 0) return `unhandled: ${unhandledErrors[0]?.message}`;
  }
}

let last;
process.on('message', async ({ file }) => {
  // The last file was put back.
  for (const changed of [last, file]) if (changed !== undefined) vitest.invalidateFile(changed);
  last = file;
  process.send({ by: await noticedBy().catch((error) => `failed: ${error.message}`) });
});
