// `npm run mutation [-- target [mutants]]`: changes one thing at a time in the code that trust rests on, in a copy, and
// runs the tests that should notice. Writes docs/measurements/mutation.md (`page` does nothing else). Not in CI.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { mutantsOf } from './mutants.mjs';
import { equivalent, targets } from './targets.mjs';

const [only, most = Number.POSITIVE_INFINITY] = process.argv.slice(2);
const project = resolve(import.meta.dirname, '../..');
const workers = Number(process.env.WORKERS ?? 2);

function copyProject() {
  const copy = mkdtempSync(join(tmpdir(), 'mutation-'));
  for (const name of [
    'src',
    'sandbox',
    'test',
    'tooling',
    'dags',
    'docs',
    'bench',
    'evals',
    'reports',
    'plugin',
    'package.json',
    'tsconfig.json',
    'vitest.config.ts',
    '.env.example',
  ])
    cpSync(join(project, name), join(copy, name), { recursive: true });
  symlinkSync(join(project, 'node_modules'), join(copy, 'node_modules'));
  return copy;
}

/** A Vitest that stays, in a copy; a new one where a mutant made it hang. */
function startRunner(cwd, tests) {
  let child;
  let ended;
  const start = () => {
    child = fork(join(import.meta.dirname, 'runner.mjs'), tests, { cwd, stdio: 'ignore', detached: true });
    ended = once(child, 'exit').then(() => [{ noticed: true }]);
  };
  const end = () => {
    if (child.exitCode === null && child.signalCode === null) process.kill(-child.pid, 'SIGKILL');
  };
  start();
  process.once('exit', end);
  return {
    end,
    /** Whether a test fails, or the tests take two minutes. */
    async isNoticed(file) {
      if (child.exitCode !== null || child.signalCode !== null) start();
      const timer = setTimeout(end, 120_000);
      child.send({ file });
      const [{ noticed }] = await Promise.race([once(child, 'message'), ended]);
      clearTimeout(timer);
      return noticed;
    },
  };
}

async function runTarget({ name, files, tests }, copies) {
  const all = files.flatMap((file) => {
    const source = readFileSync(join(project, file), 'utf8');
    return mutantsOf(source).map((mutant) => ({ ...mutant, file, source }));
  });
  // With a limit: evenly spread over the target.
  const step = Math.max(1, all.length / most);
  const chosen = Array.from(
    { length: Math.min(all.length, most) },
    (_, index) => all[Math.floor(index * step)],
  );
  const runners = copies.map((copy) => startRunner(copy, tests));
  for (const runner of runners)
    if (await runner.isNoticed()) throw new Error(`${name}: the tests fail without a mutant`);
  const survivors = [];
  const queue = chosen.values();
  await Promise.all(
    copies.map(async (copy, index) => {
      for (const { file, source, start, end, text, what } of queue) {
        writeFileSync(join(copy, file), source.slice(0, start) + text + source.slice(end));
        const noticed = await runners[index].isNoticed(join(copy, file));
        writeFileSync(join(copy, file), source);
        if (noticed) continue;
        const line = source.slice(0, start).split('\n').length;
        survivors.push({ place: `${file}:${line}`, code: source.split('\n')[line - 1].trim(), what });
      }
    }),
  );
  for (const runner of runners) runner.end();
  const killed = chosen.length - survivors.length;
  process.stdout.write(`${name}: ${killed} of ${chosen.length} mutants noticed (${all.length} possible)\n`);
  for (const { place, code, what } of survivors) process.stdout.write(`  ${place} ${what}: ${code}\n`);
  return { name, possible: all.length, ran: chosen.length, killed, survivors };
}

const whyOf = ({ code }) => equivalent.find(([part]) => code.includes(part))?.[1];

function page(results, missing) {
  const percent = (part, whole) => `${((100 * part) / whole).toFixed(0)}%`;
  const rows = results.map(({ name, note, possible, ran, killed, survivors }) => {
    const same = survivors.filter((one) => whyOf(one) !== undefined).length;
    return `| ${name}${note === undefined ? '' : ` (${note})`} | ${possible} | ${ran} | ${killed} | ${percent(killed, ran)} | ${same} | ${percent(killed, ran - same)} |`;
  });
  const lists = results.map(({ name, survivors }) => {
    const lines = survivors.map((one) => {
      const why = whyOf(one);
      return `- \`${one.place}\` ${one.what}: \`${one.code.replaceAll('`', "'").slice(0, 120)}\`${why === undefined ? '' : ` – ${why}`}`;
    });
    return lines.length === 0 ? '' : `## ${name}: survivors\n\n${lines.join('\n')}\n`;
  });
  return [
    '# Mutation testing',
    '',
    'Written by `npm run mutation -- <code> <mutants>` (own mutator, see decision 105): one change at a time, and the tests that should notice it. Samples are spread evenly over the code. "Equivalent" are survivors that change nothing anybody can see; the reason stands beside each.',
    '',
    '| Code | possible mutants | run | noticed | score | equivalent | score without them |',
    '| --- | ---: | ---: | ---: | ---: | ---: | ---: |',
    ...rows,
    '',
    `${missing}${lists.filter(Boolean).join('\n')}`,
  ].join('\n');
}

const resultsFile = join(import.meta.dirname, 'results.json');

/** The newest result of each target: one that ran alone keeps the others. */
function keep(result) {
  const known = new Map(JSON.parse(readFileSync(resultsFile, 'utf8')).map((one) => [one.name, one]));
  known.set(result.name, result);
  const all = targets.flatMap(({ name }) => known.get(name) ?? []);
  writeFileSync(resultsFile, `${JSON.stringify(all, undefined, 2)}\n`);
  writePage(all);
}

function writePage(results) {
  const missing = targets.filter(({ name }) => !results.some((one) => one.name === name));
  const not =
    missing.length === 0 ? '' : `Not measured yet: ${missing.map(({ name }) => name).join(', ')}.\n\n`;
  writeFileSync(join(project, 'docs/measurements/mutation.md'), page(results, not));
}

for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));
const copies = only === 'page' ? [] : Array.from({ length: workers }, copyProject);
try {
  if (only === 'page') writePage(JSON.parse(readFileSync(resultsFile, 'utf8')));
  for (const target of targets.filter(({ name }) => only === undefined || only === 'all' || name === only))
    keep(await runTarget(target, copies));
} finally {
  for (const copy of copies) rmSync(copy, { recursive: true, force: true });
}
