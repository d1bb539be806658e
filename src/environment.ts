import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { existsNow, readNow } from './adapters/disk/now.ts';

export type Environment = Record<string, string | undefined>;

/**
 * The directory that relative settings are resolved against: the working directory if it contains `.env` or `dags/`,
 * else the checkout or package of this program. An installed plugin is replaced by its next version, so no user file
 * may be stored there: it uses the working directory.
 */
export function findHome(workingDirectory: string): string {
  if (existsNow(join(workingDirectory, '.env')) || existsNow(join(workingDirectory, 'dags')))
    return workingDirectory;
  const installation = dirname(dirname(fileURLToPath(import.meta.url)));
  return existsNow(join(installation, '.claude-plugin/plugin.json')) ? workingDirectory : installation;
}

/** Where the user edits the settings; those of an extension (.mcpb) are in the client that installed it. */
export function settingsPlace(): string {
  const installation = dirname(dirname(fileURLToPath(import.meta.url)));
  return existsNow(join(installation, 'manifest.json')) ? "the extension's settings" : '.env';
}

/**
 * The process environment, which overrides `.env`. A variable that is empty, or that a client passed on unexpanded,
 * does not override `.env`. It is deleted from `environment`, and AWS_* of `.env` are added there, because the AWS SDK
 * reads them from the process.
 */
export async function mergeEnvironment(environment: Environment, home: string): Promise<Environment> {
  const bytes = readNow(join(home, '.env'), '.env');
  // Without the file, the start does not wait for the package.
  const fromFile: Environment = bytes === undefined ? {} : (await import('dotenv')).default.parse(bytes);
  for (const [name, value] of Object.entries(environment))
    if (value === '' || value === `\${${name}}`) delete environment[name];
  for (const [name, value] of Object.entries(fromFile))
    if (name.startsWith('AWS_') && environment[name] === undefined && value !== '') environment[name] = value;
  return { ...fromFile, ...environment };
}

/** Of which tools the client asks its user on every call. */
export type AskedTools = 'trigger' | 'all' | 'none';

/**
 * REQUIRE_USER_INTERACTION: `trigger` unless it is set; true means all, false none. This runs at startup, so it does
 * not change `environment`, and the first call reports an `.env` that cannot be read.
 */
export async function askedTools(environment: Environment, home: string): Promise<AskedTools> {
  let setting: string | undefined;
  try {
    setting = (await mergeEnvironment({ ...environment }, home)).REQUIRE_USER_INTERACTION;
  } catch {
    setting = environment.REQUIRE_USER_INTERACTION;
  }
  switch (setting?.trim().toLowerCase()) {
    case 'true':
    case 'all':
      return 'all';
    case 'false':
    case 'none':
      return 'none';
    default:
      return 'trigger';
  }
}
