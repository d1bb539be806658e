// `npm run screenshots` plays two load levels in the sandbox with a fixed seed and a clock that moves only when this script
// advances it. It takes the two pictures in docs/screenshots from the second report and writes that report.md to
// docs/sample-report.md. The page depends on the sources alone: with `--check` nothing is written, and a page that differs
// from what the sources write is an error.
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { chromium } from 'playwright-core';
import { bundledText } from '../../tooling/bundledText.mjs';

const root = join(import.meta.dirname, '../..');
const target = join(root, 'docs/screenshots');
const samplePage = join(root, 'docs/sample-report.md');
const samplePictures = join(root, 'docs/sample-report');
const isCheck = process.argv.includes('--check');
const folder = await mkdtemp(join(tmpdir(), 'audit-load-test-screenshots-'));

/** The sandbox is TypeScript, which Node 20 cannot import. */
async function typescriptParts() {
  const from = (name) => JSON.stringify(join(root, name));
  await build({
    stdin: {
      contents: [
        `export { startWorld } from ${from('sandbox/world/world.ts')};`,
        `export { connect } from ${from('sandbox/world/demo.ts')};`,
      ].join('\n'),
      resolveDir: root,
    },
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    platform: 'node',
    mainFields: ['module', 'main'],
    format: 'esm',
    logLevel: 'warning',
    plugins: [bundledText()],
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
  });
  return import(pathToFileURL(join(folder, 'stdin.mjs')).href);
}

/** Plays two levels, from the configs to the report. @returns the directory of the last report */
async function playLevels({ startWorld, connect }) {
  const world = await startWorld({
    directory: join(folder, 'world'),
    dagsFolder: join(root, 'dags'),
    speed: 0,
    startMs: Date.parse('2025-12-08T20:29:55.500Z'),
    seed: 1,
  });
  const client = await connect(process.execPath, [join(root, 'dist/main.js')], {
    ...world.env,
    TZ: 'America/New_York',
  });
  const call = async (tool, given) => (await client.call(tool, given)).structure;
  try {
    let directory;
    for (const load of ['2x', '4x']) {
      const { reviewId } = await call('scaleConfigs', { load });
      await call('uploadChecks', { reviewId, approved: true });
      await call('uploadDags', {});
      await world.dagRuns.trigger({ dagId: 'yang_audit_load_test_15m', conf: {} });
      let done = false;
      while (!done) {
        world.advance(4);
        ({ done } = await call('pollCluster', { waitSeconds: 0 }));
      }
      // EMR delivers the logs of failed steps minutes later.
      world.advance(10);
      ({ directory } = await call('buildReport', {}));
      await call('commitResults', { approved: true });
    }
    return directory;
  } finally {
    await client.close();
    await world.close();
  }
}

/** The page and its pictures as docs/ contains them: only the folder of the pictures differs. */
async function sampleFiles(directory) {
  const page = await readFile(join(directory, 'report.md'), 'utf8');
  const origin =
    '<!-- Made by `npm run screenshots`: the report.md of the second of two load levels that were played in the sandbox: its seconds are simulated. -->';
  const pictures = await Promise.all(
    (await readdir(join(directory, 'charts'))).map(async (name) => [
      join(samplePictures, name),
      await readFile(join(directory, 'charts', name), 'utf8'),
    ]),
  );
  const shown = page.replace(/\n<!-- built: \w+ -->\n/, '').replaceAll('](charts/', '](sample-report/');
  return [[samplePage, `${origin}\n\n${shown}`], ...pictures];
}

async function writeSample(files) {
  await rm(samplePictures, { recursive: true, force: true });
  await mkdir(samplePictures, { recursive: true });
  for (const [path, text] of files) {
    await writeFile(path, text);
    process.stdout.write(`${relative(root, path)}: ${Math.ceil(text.length / 1024)} KB\n`);
  }
}

async function checkSample(files) {
  for (const [path, text] of files)
    if ((await readFile(path, 'utf8').catch(() => '')) !== text) {
      process.stderr.write(
        `${relative(root, path)} differs from what the sources write: run npm run screenshots.\n`,
      );
      process.exitCode = 1;
    }
}

const shots = [
  { name: 'report', colorScheme: 'light', width: 1060, height: 960 },
  { name: 'phone-dark', colorScheme: 'dark', width: 360, height: 760 },
];

async function takeScreenshot(browser, directory, { name, colorScheme, width, height }) {
  const page = await browser.newPage({ colorScheme, viewport: { width, height }, reducedMotion: 'reduce' });
  await page.goto(pathToFileURL(join(directory, 'report.html')).href);
  const bytes = await page.screenshot();
  await writeFile(join(target, `${name}.png`), bytes);
  process.stdout.write(`docs/screenshots/${name}.png: ${Math.round(bytes.length / 1024)} KB\n`);
  await page.close();
}

async function takeScreenshots(directory) {
  await mkdir(target, { recursive: true });
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
  for (const shot of shots) await takeScreenshot(browser, directory, shot);
  await browser.close();
}

try {
  const directory = await playLevels(await typescriptParts());
  const files = await sampleFiles(directory);
  if (isCheck) await checkSample(files);
  else {
    await writeSample(files);
    await takeScreenshots(directory);
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
