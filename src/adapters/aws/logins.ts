/**
 * Why the AWS SDK found no credentials. Its chain of providers ends with one text for every cause, so the profile is read
 * once more alone, and what that says is named.
 */
import { homedir } from 'node:os';
import { join } from 'node:path';
import { cleanLine } from '../../domain/foreignText.ts';
import { readNow } from '../disk/now.ts';

/** A cause that the SDK's chain hides: what happened, without the full stop, and what to do about it. */
export class LoginFault extends Error {
  readonly code: 'CONFIG' | 'DENIED';
  readonly next: (loginCommand: string) => string;
  constructor(code: 'CONFIG' | 'DENIED', message: string, next: (loginCommand: string) => string) {
    super(message);
    this.code = code;
    this.next = next;
  }
}

const again = 'then call the same tool again.';

function profileMissing(profile: string): LoginFault {
  return new LoginFault(
    'CONFIG',
    `There is no AWS profile ${cleanLine(profile, 80)} in ~/.aws/config or ~/.aws/credentials`,
    (login) =>
      `Set AWS_PROFILE in .env to a profile that exists (\`aws configure list-profiles\`), or type \`${login}\`; ${again}`,
  );
}

function sourceMissing(profile: string, source: string): LoginFault {
  return new LoginFault(
    'CONFIG',
    `The role of the AWS profile ${cleanLine(profile, 80)} needs the profile ${cleanLine(source, 80)}, which does not exist`,
    () => `Add that profile to ~/.aws/config, or correct source_profile there; ${again}`,
  );
}

function processFailed(words: string): LoginFault {
  return new LoginFault(
    'DENIED',
    `credential_process of the AWS profile failed: ${cleanLine(words, 240)}`,
    (login) => `Type \`${login}\` in a terminal, ${again}`,
  );
}

function profileIncomplete(profile: string): LoginFault {
  return new LoginFault(
    'CONFIG',
    `The AWS profile ${cleanLine(profile, 80)} names no credentials`,
    (login) =>
      `Type \`${login}\` in a terminal, or complete the profile in ~/.aws/config (a role needs source_profile or credential_source); ${again}`,
  );
}

/** How the server gets its credentials, as its environment says. */
export interface LoginSource {
  /** Undefined where AWS_PROFILE is not set. */
  readonly profile: string | undefined;
  /** Access keys in the environment, which a login does not renew: AWS_PROFILE takes precedence over them. */
  readonly hasKeysInEnvironment: boolean;
}

export function loginSource(): LoginSource {
  const profile = process.env.AWS_PROFILE;
  const hasKeys = process.env.AWS_ACCESS_KEY_ID !== undefined;
  return { profile, hasKeysInEnvironment: profile === undefined && hasKeys };
}

/** The cause behind a failure of the chain; the failure itself where nothing more is known. */
export async function loginFault(failure: unknown): Promise<unknown> {
  const { profile = 'default' } = loginSource();
  if (!(failure instanceof Error) || !/from any providers/.test(failure.message)) return failure;
  const profiles = configuredProfiles();
  const settings = profiles.get(profile);
  if (settings === undefined)
    return process.env.AWS_PROFILE === undefined ? failure : profileMissing(profile);
  const source = settings.get('source_profile');
  if (settings.has('role_arn') && source !== undefined && !profiles.has(source))
    return sourceMissing(profile, source);
  const { fromIni } = await import('@aws-sdk/credential-provider-ini');
  try {
    await fromIni({ profile, ignoreCache: true })();
  } catch (cause) {
    const text = cause instanceof Error ? cause.message : String(cause);
    if (settings.has('credential_process')) return processFailed(ownWords(text));
    return profileIncomplete(profile);
  }
  return failure;
}

/** Node prints "Command failed: <command>" and then what the program wrote; the command may hold a secret. */
function ownWords(text: string): string {
  const [first = '', ...rest] = text.trim().split('\n');
  const words = rest.join(' ').trim();
  return words === '' ? first.replace(/^(Command failed).*$/, '$1') : words;
}

/** The settings of each profile in both files. */
function configuredProfiles(): Map<string, Map<string, string>> {
  const profiles = new Map<string, Map<string, string>>();
  const files = [
    process.env.AWS_CONFIG_FILE ?? join(homedir(), '.aws/config'),
    process.env.AWS_SHARED_CREDENTIALS_FILE ?? join(homedir(), '.aws/credentials'),
  ];
  for (const file of files) {
    let current: Map<string, string> | undefined;
    for (const line of textOf(file).split(/\r?\n/)) {
      const [, header] = /^\s*\[\s*(?:profile\s+)?"?([^\]"]+?)"?\s*\]/.exec(line) ?? [];
      if (header !== undefined) {
        current = profiles.get(header) ?? new Map();
        profiles.set(header, current);
      }
      const [, key, value] = /^\s*(\w+)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
      if (key !== undefined && value !== undefined) current?.set(key, value);
    }
  }
  return profiles;
}

/** /dev/null and a file that cannot be read have no profiles. */
function textOf(file: string): string {
  try {
    return readNow(file, 'AWS_CONFIG_FILE')?.toString('utf8') ?? '';
  } catch {
    return '';
  }
}
