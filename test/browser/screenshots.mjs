// `npm run screenshots`: plays two load levels in the embedded world with a fixed seed and a clock that moves only when it
// is told to, takes the pictures in docs/screenshots from the report of the second, and keeps its report.md as
// docs/sample-report.md. The same sources write the same page; with `--check` nothing is written, and a page that is not what
// the sources write is an error.
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { chromium } from 'playwright-core';
import { bundledText } from '../../bundledText.mjs';

const root = join(import.meta.dirname, '../..');
const target = join(root, 'docs/screenshots');
const samplePage = join(root, 'docs/sample-report.md');
const samplePictures = join(root, 'docs/sample-report');
const isCheck = process.argv.includes('--check');
const folder = await mkdtemp(join(tmpdir(), 'audit-load-test-screenshots-'));

/** The sandbox and the host of the app are TypeScript, which Node 20 does not read. */
async function typescriptParts() {
  const from = (name) => JSON.stringify(join(root, name));
  await build({
    stdin: {
      contents: [
        `export { startWorld } from ${from('sandbox/world/world.ts')};`,
        `export { connect } from ${from('sandbox/demo/client.ts')};`,
        `export { parseReport } from ${from('src/report/json.ts')};`,
        `export { hostApp } from ${from('test/browser/app.ts')};`,
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

/** Two levels, from the configs to the report. @returns the directory of the last report */
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

/** The page and its pictures as they are kept: only the folder of the pictures is another. */
async function sampleFiles(directory) {
  const page = await readFile(join(directory, 'report.md'), 'utf8');
  const said =
    '<!-- Made by `npm run screenshots`: the report.md of the second of two load levels that were played in the sandbox. -->';
  const pictures = await Promise.all(
    (await readdir(join(directory, 'charts'))).map(async (name) => [
      join(samplePictures, name),
      await readFile(join(directory, 'charts', name), 'utf8'),
    ]),
  );
  return [[samplePage, `${said}\n\n${page.replaceAll('](charts/', '](sample-report/')}`], ...pictures];
}

async function keepSample(files) {
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
        `${relative(root, path)} is not what the sources write: run npm run screenshots.\n`,
      );
      process.exitCode = 1;
    }
}

async function take(browser, directory) {
  const shots = [
    { name: 'report', colorScheme: 'light', width: 1060, height: 960 },
    { name: 'distribution', colorScheme: 'light', width: 1060, height: 560, section: 'metrics' },
    { name: 'comparison', colorScheme: 'light', width: 1060, height: 960, section: 'comparison' },
    { name: 'forecast', colorScheme: 'light', width: 1060, height: 920, section: 'forecast' },
    { name: 'failures', colorScheme: 'light', width: 1060, height: 640, section: 'failures' },
    { name: 'suggestions', colorScheme: 'light', width: 1060, height: 1080, section: 'suggestions' },
    { name: 'steps-dark', colorScheme: 'dark', width: 1060, height: 900, section: 'steps', failed: true },
    { name: 'phone-dark', colorScheme: 'dark', width: 360, height: 760 },
  ];
  for (const { name, colorScheme, width, height, section, failed } of shots) {
    const page = await browser.newPage({ colorScheme, viewport: { width, height }, reducedMotion: 'reduce' });
    await page.goto(pathToFileURL(join(directory, 'report.html')).href);
    if (failed) await page.locator('#failures button.step').first().click();
    // A pointer that rests on a row would mark a second step.
    await page.mouse.move(0, 0);
    if (section) await page.evaluate((id) => document.getElementById(id).scrollIntoView(), section);
    const bytes = await page.screenshot();
    await writeFile(join(target, `${name}.png`), bytes);
    process.stdout.write(`docs/screenshots/${name}.png: ${Math.round(bytes.length / 1024)} KB\n`);
    await page.close();
  }
}

/** A picture of this size shows nothing yet. */
const blankBytes = 20_000;

/** The same report as a host of MCP Apps shows it beside a result. */
async function takeApp(browser, directory, { hostApp, parseReport }) {
  const report = parseReport(await readFile(join(directory, 'report.json'), 'utf8'), directory);
  const host = await hostApp(browser, { [basename(directory)]: report });
  await host.notify('ui/notifications/tool-result', { structuredContent: { directory } });
  await host.app.locator('.rows .row').first().waitFor();
  // What the frame holds is painted by another process, after its rows are there.
  const painted = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  let bytes;
  do {
    for (const frame of [host.app, host.page]) await frame.evaluate(painted);
    bytes = await host.page.screenshot({ clip: { x: 0, y: 0, width: 920, height: 700 } });
  } while (bytes.length < blankBytes);
  await writeFile(join(target, 'app.png'), bytes);
  process.stdout.write(`docs/screenshots/app.png: ${Math.round(bytes.length / 1024)} KB\n`);
  await host.close();
}

async function takeAll(directory, parts) {
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
  await take(browser, directory);
  await takeApp(browser, directory, parts);
  await browser.close();
}

try {
  const parts = await typescriptParts();
  const directory = await playLevels(parts);
  const files = await sampleFiles(directory);
  if (isCheck) await checkSample(files);
  else {
    await keepSample(files);
    await takeAll(directory, parts);
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
