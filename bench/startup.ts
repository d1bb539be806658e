/**
 * From process start to the answer of tools/list, in either era of the protocol, beside an empty Node process and other
 * servers. `npm run bench:startup -- --dist name=folder` compares another build.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { measured, median } from './measured.ts';
import { type BenchOptions, type Figure, type PartResult, timesText } from './part.ts';
import { otherServers, scriptOf } from './rivals.ts';
import { markdownTable } from './tables.ts';

/** Of an empty Node process. */
const mostTimes = 2.2;

const clientInfo = { name: 'bench', version: '1' };
const envelope = {
  _meta: {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientInfo': clientInfo,
    'io.modelcontextprotocol/clientCapabilities': {},
  },
};
const handshakeEra = '2025-11-25';
const openings = {
  [handshakeEra]: [
    { id: 1, method: 'initialize', params: { protocolVersion: handshakeEra, capabilities: {}, clientInfo } },
    { method: 'notifications/initialized' },
    { id: 2, method: 'tools/list' },
  ],
  '2026-07-28': [
    { id: 1, method: 'server/discover', params: envelope },
    { id: 2, method: 'tools/list', params: envelope },
  ],
};
type Era = keyof typeof openings;

function linesOf(era: Era): string {
  return openings[era].map((one) => `${JSON.stringify({ jsonrpc: '2.0', ...one })}\n`).join('');
}

interface Server {
  readonly name: string;
  readonly isOurs: boolean;
  readonly era: Era;
  /** Of `node`. */
  readonly args: readonly string[];
}

/** Every Node process reads these certificates first, so they make an empty one slow and every ratio small. */
const certificates = 'NODE_EXTRA_CA_CERTS';

interface Measured {
  readonly name: string;
  readonly era: Era | '';
  readonly server?: Server;
  readonly env: Readonly<Record<string, string>>;
  readonly wallMs: number[];
  readonly cpuMs: number[];
}

export async function measureStartup(
  { rounds, isBusy }: BenchOptions,
  otherBuilds: readonly string[] = [],
): Promise<PartResult> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-startup-'));
  const times = Math.max(rounds, 9);
  try {
    const given = withoutUndefined(process.env);
    const { [certificates]: _, ...plain } = given;
    const servers = serversOf(otherBuilds);
    const beside = [emptyRow(given), ...servers.map((server) => rowOf(server, given))];
    const plainRows =
      certificates in given
        ? [emptyRow(plain), ...servers.filter(isOurs).map((server) => rowOf(server, plain))]
        : [];
    for (let round = 0; round < times; round += 1)
      for (const row of [...beside, ...plainRows]) await measureRow(row, folder);
    const ours = beside.filter(({ name }) => name === thisBuild);
    const rivals = beside.filter(({ server }) => server !== undefined && !isOurs(server));
    const figures = ours.map((row): Figure => {
      const { cpu, wall } = ratios(row, beside);
      return {
        text: `${row.era}: CPU ${cpu.toFixed(2)} ×, wall clock ${wall.toFixed(2)} ×`,
        isMet: [cpu, ...(isBusy ? [] : [wall])].every((one) => one <= mostTimes),
      };
    });
    const plainFigures = plainRows
      .filter(({ name }) => name === thisBuild)
      .map((row) => ratios(row, plainRows).cpu.toFixed(2));
    const slowest = Math.max(...ours.map(({ wallMs }) => median(wallMs)));
    const quickest = Math.min(...rivals.map(({ wallMs }) => median(wallMs)));
    return {
      outcomes: [
        {
          what: 'process start to the answer of `tools/list`, in either protocol era',
          against: '`node -e 0`; other servers',
          figures: [
            ...figures,
            ...(plainFigures.length === 0
              ? []
              : [{ text: `without ${certificates}: CPU ${plainFigures.join(' and ')} ×` }]),
            rivals.length === 0
              ? { text: 'other servers: not measured', isUnmeasured: true }
              : {
                  text: `${slowest.toFixed(0)} ms, the fastest of the others ${quickest.toFixed(0)} ms`,
                  isMet: slowest < quickest,
                },
          ],
          target: `at most ${mostTimes} ×; the fastest of all servers`,
        },
      ],
      missing: otherServers
        .filter((server) => scriptOf(server) === undefined)
        .map((server) => server.package),
      text: `Medians of ${times} interleaved rounds. *CPU* is user and system time of the whole process, from its start with the requests on stdin to its end. The other servers have no CPU time here: some do not end when their stdin does.${
        plainRows.length === 0
          ? ''
          : ` On this machine ${certificates} is set: even an empty Node process reads those certificates first, which lengthens its time and lowers the ratios. The target was set on such a machine. The second table is without them.`
      }

${tableOf(beside)}${plainRows.length === 0 ? '' : `\n\nWithout ${certificates}:\n\n${tableOf(plainRows)}`}`,
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function ratios(row: Measured, [empty]: readonly Measured[]): { cpu: number; wall: number } {
  return {
    cpu: median(row.cpuMs) / median(empty?.cpuMs ?? []),
    wall: median(row.wallMs) / median(empty?.wallMs ?? []),
  };
}

/** The first row is the empty process. */
function tableOf(rows: readonly Measured[]): string {
  return markdownTable(
    ['Server', 'Era', 'CPU', 'relative', 'Wall clock', 'relative'],
    rows.map((row) => {
      const { cpu, wall } = ratios(row, rows);
      const own =
        row.cpuMs.length === 0 ? ['–', '–'] : [`${median(row.cpuMs).toFixed(0)} ms`, timesText(cpu)];
      return [row.name, row.era, ...own, `${median(row.wallMs).toFixed(0)} ms`, timesText(wall)];
    }),
  );
}

const thisBuild = '**audit-load-test**';

function serversOf(otherBuilds: readonly string[]): Server[] {
  const eras = Object.keys(openings) as Era[];
  const builds = [...otherBuilds.map((one) => one.split('=')), [thisBuild, 'dist']];
  return [
    ...builds.flatMap(([name = '', dist = '']) =>
      eras.map((era): Server => ({ name, isOurs: true, era, args: [join(dist, 'main.js')] })),
    ),
    ...otherServers.flatMap((server) => {
      const script = scriptOf(server);
      if (script === undefined) return [];
      return [
        { name: server.package, isOurs: false, era: handshakeEra, args: [script, ...server.args] } as const,
      ];
    }),
  ];
}

function isOurs(server: Server): boolean {
  return server.isOurs;
}

function rowOf(server: Server, env: Measured['env']): Measured {
  return { name: server.name, era: server.era, server, env, wallMs: [], cpuMs: [] };
}

function emptyRow(env: Measured['env']): Measured {
  return { name: '`node -e 0`', era: '', env, wallMs: [], cpuMs: [] };
}

function withoutUndefined(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

async function measureRow({ server, env, wallMs, cpuMs }: Measured, folder: string): Promise<void> {
  wallMs.push(await (server === undefined ? emptyWallMs(env) : untilListed(server, env)));
  if (server?.isOurs === false) return;
  const input = join(folder, 'input.jsonl');
  writeFileSync(input, server === undefined ? '' : linesOf(server.era));
  const args = server?.args ?? ['-e', '0'];
  const { cpuSeconds } = await measured([process.execPath, ...args], { cwd: process.cwd(), env, input });
  cpuMs.push(1000 * cpuSeconds);
}

async function untilListed({ name, args, era }: Server, env: Measured['env']): Promise<number> {
  const start = performance.now();
  const child = spawn(process.execPath, args, { env, stdio: ['pipe', 'pipe', 'ignore'] });
  child.stdin.write(linesOf(era));
  let durationMs: number | undefined;
  for await (const line of createInterface(child.stdout)) {
    if (JSON.parse(line).result?.tools === undefined) continue;
    durationMs = performance.now() - start;
    break;
  }
  if (durationMs === undefined) throw new Error(`${name} did not list its tools`);
  const ended = once(child, 'exit');
  // Not every server ends with its stdin.
  child.kill();
  await ended;
  return durationMs;
}

async function emptyWallMs(env: Measured['env']): Promise<number> {
  const start = performance.now();
  await once(spawn(process.execPath, ['-e', '0'], { env, stdio: 'ignore' }), 'exit');
  return performance.now() - start;
}
