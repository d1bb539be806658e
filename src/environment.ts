import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'dotenv';

export type Environment = Record<string, string | undefined>;

/**
 * The directory that relative settings are relative to: where we were started when it holds `.env` or `dags/`,
 * else the checkout or package that this program lies in. An installed plugin is replaced by its next version: nothing
 * of the user's may lie there.
 */
export function findHome(startedIn: string): string {
  if (existsSync(join(startedIn, '.env')) || existsSync(join(startedIn, 'dags'))) return startedIn;
  const own = dirname(dirname(fileURLToPath(import.meta.url)));
  return existsSync(join(own, '.claude-plugin/plugin.json')) ? startedIn : own;
}

/** Where a person sets the settings: an extension's (.mcpb) come from the form of the client that installed it. */
export function settingsPlace(): string {
  const own = dirname(dirname(fileURLToPath(import.meta.url)));
  return existsSync(join(own, 'manifest.json')) ? "the extension's settings" : '.env';
}

/**
 * The process's environment over `.env`. A variable that is empty, or that a client handed on unexpanded, does not
 * hide the one in `.env`, and is taken out of `environment`, because the AWS SDK reads AWS_* there by itself.
 */
export function mergeEnvironment(environment: Environment, home: string): Environment {
  const file = join(home, '.env');
  const fromFile: Environment = existsSync(file) ? parse(readFileSync(file)) : {};
  for (const [name, value] of Object.entries(environment))
    if (value === '' || value === `\${${name}}`) delete environment[name];
  for (const [name, value] of Object.entries(fromFile))
    if (name.startsWith('AWS_') && environment[name] === undefined && value !== '') environment[name] = value;
  return { ...fromFile, ...environment };
}

/**
 * Whether the person is asked on every call of some tools: unless the settings say false. Asked before the first answer,
 * so it leaves `environment` as it is, and an `.env` that cannot be read is left to the first call to tell.
 */
export function asksEveryTime(environment: Environment, home: string): boolean {
  let said: string | undefined;
  try {
    said = mergeEnvironment({ ...environment }, home).REQUIRE_USER_INTERACTION;
  } catch {
    said = environment.REQUIRE_USER_INTERACTION;
  }
  return said?.trim().toLowerCase() !== 'false';
}
