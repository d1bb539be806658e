/** `npm run bench:install`: puts the rivals into the cache folder. What is there in the pinned version is kept. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  cacheFolder,
  goFolder,
  goPrograms,
  otherServers,
  pythonPackages,
  serversFolder,
  venv,
} from './rivals.ts';

type Command = readonly string[];

export function main(): void {
  const npm = ['install', '--prefix', serversFolder, '--ignore-scripts', '--no-audit', '--no-fund'];
  const python = join(venv, 'bin/python');
  const rivals: readonly (readonly [name: string, ...commands: Command[]])[] = [
    ...pythonPackages.map((name): [string, ...Command[]] => [
      name,
      ...(existsSync(python) ? [] : [['python3', '-m', 'venv', venv]]),
      [python, '-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', name],
    ]),
    ...otherServers.map(({ package: name }): [string, ...Command[]] => [
      name,
      ['npm', ...npm, '--loglevel=error', name],
    ]),
    // Compiles for some minutes.
    ...goPrograms.map((name): [string, ...Command[]] => [name, ['go', 'install', name]]),
  ];
  const missing: string[] = [];
  for (const [name, ...commands] of rivals) {
    const mark = join(cacheFolder, 'installed', name.replaceAll('/', '+'));
    if (existsSync(mark)) continue;
    console.log(`${name} …`);
    if (commands.every(succeeds)) {
      mkdirSync(join(cacheFolder, 'installed'), { recursive: true });
      writeFileSync(mark, '');
    } else missing.push(name);
  }
  console.log(
    missing.length === 0
      ? `All rivals are in ${cacheFolder}.`
      : `Missing: ${missing.join(', ')}. The benchmark leaves them out and says so.`,
  );
  if (missing.length > 0) process.exitCode = 1;
}

function succeeds([program = '', ...args]: Command): boolean {
  const { status, error } = spawnSync(program, args, {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, GOBIN: goFolder },
  });
  if (error !== undefined) console.error(error.message);
  return status === 0;
}
