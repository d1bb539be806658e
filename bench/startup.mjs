// From process start to the answer of tools/list, in either era of the protocol, compared with an empty Node process:
// wall-clock time until the answer, and CPU time of the whole process. Interleaved.
//   npm run bench:startup -- [rounds] [<name>=<another dist folder>...] [--write]
// --write writes docs/measurements/startup.md.
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const args = process.argv.slice(2);
const rounds = Number(args.find((one) => /^\d+$/.test(one)) ?? 9);
const others = args.filter((one) => one.includes('=')).map((one) => one.split('='));

const client = { name: 'bench', version: '1' };
const handshake = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: client };
const envelope = {
  _meta: {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientInfo': client,
    'io.modelcontextprotocol/clientCapabilities': {},
  },
};
const openings = {
  '2025-11-25': [
    { id: 1, method: 'initialize', params: handshake },
    { method: 'notifications/initialized' },
    { id: 2, method: 'tools/list' },
  ],
  '2026-07-28': [
    { id: 1, method: 'server/discover', params: envelope },
    { id: 2, method: 'tools/list', params: envelope },
  ],
};
const linesOf = (opening) => opening.map((one) => `${JSON.stringify({ jsonrpc: '2.0', ...one })}\n`).join('');

const folder = mkdtempSync(join(tmpdir(), 'startup-'));

async function wallMs(main, lines) {
  const start = performance.now();
  const server = spawn(process.execPath, [main], { stdio: ['pipe', 'pipe', 'ignore'] });
  server.stdin.write(lines);
  let durationMs;
  for await (const line of createInterface(server.stdout)) {
    if (JSON.parse(line).result?.tools === undefined) continue;
    durationMs = performance.now() - start;
    break;
  }
  if (durationMs === undefined) throw new Error(`${main} did not list its tools`);
  server.stdin.end();
  await new Promise((resolve) => server.once('exit', resolve));
  return durationMs;
}

async function emptyWallMs() {
  const start = performance.now();
  const node = spawn(process.execPath, ['-e', '0'], { stdio: 'ignore' });
  await new Promise((resolve) => node.once('exit', resolve));
  return performance.now() - start;
}

/** User and system time of a process that reads the lines and ends with them. */
function cpuMs(words, lines) {
  const input = join(folder, 'input.jsonl');
  writeFileSync(input, lines);
  const script =
    'TIMEFORMAT="%3U %3S"; input=$1; shift; { time "$@" <"$input" >"$input.out" 2>/dev/null; } 2>&1';
  const out = execFileSync('bash', ['-c', script, 'bash', input, process.execPath, ...words], {
    encoding: 'utf8',
  });
  const [user, system] = out.trim().split(' ').map(Number);
  return 1000 * (user + system);
}

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

const rows = [['`node -e 0`', '', undefined, '']];
for (const [name, dist] of [...others, ['this build', 'dist']])
  for (const [era, opening] of Object.entries(openings)) {
    const lines = linesOf(opening);
    const known = await wallMs(join(dist, 'main.js'), lines).catch(() => undefined);
    if (known !== undefined) rows.push([name, era, join(dist, 'main.js'), lines]);
  }
const wall = rows.map(() => []);
const cpu = rows.map(() => []);
for (let round = 0; round < rounds; round += 1)
  for (const [index, [, , main, lines]] of rows.entries()) {
    wall[index].push(await (main === undefined ? emptyWallMs() : wallMs(main, lines)));
    cpu[index].push(cpuMs(main === undefined ? ['-e', '0'] : [main], lines));
  }
rmSync(folder, { recursive: true });

const ratio = (values, index) => `${(median(values[index]) / median(values[0])).toFixed(2)} ×`;
const table = [
  '| Server | Era | CPU | relative | Wall clock | relative |',
  '| --- | --- | --: | --: | --: | --: |',
  ...rows.map(
    ([name, era], index) =>
      `| ${name} | ${era} | ${median(cpu[index]).toFixed(0)} ms | ${index === 0 ? '' : ratio(cpu, index)} | ${median(wall[index]).toFixed(0)} ms | ${index === 0 ? '' : ratio(wall, index)} |`,
  ),
];
console.log(table.join('\n'));
if (args.includes('--write')) {
  const machine = `${cpus().length} × ${cpus()[0]?.model}`;
  writeFileSync(
    'docs/measurements/startup.md',
    `# Start-up

Written by \`npm run bench:startup -- --write\` with Node ${process.version} on ${machine} (load average ${loadavg()[0].toFixed(1)}); do not edit. From the start of the process to the answer of \`tools/list\`, medians of ${rounds} interleaved rounds. CPU is user and system time of the whole process; where others use the machine, only its ratio counts. The limit is 2.2 × an empty Node process.

${table.join('\n')}
`,
  );
}
