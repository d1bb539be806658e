/** Completions of prompt and resource arguments: best guess first. */
import { schedules } from '../../domain/schedules.ts';
import type { Ports } from '../../ports/ports.ts';
import type { Session } from '../../state/session.ts';
import { prompts } from './prompts.ts';
import { reportTemplate } from './resources.ts';

export interface CompletionRequest {
  readonly ref: { readonly type: string; readonly name?: string; readonly uri?: string };
  readonly argument: { readonly name: string; readonly value: string };
}

/** The maximum of the MCP specification. */
const maxValues = 100;

type CompletionPorts = Pick<Ports, 'reports' | 'sessions'>;

/** Values that begin with the typed text; none for an unknown argument. */
export async function complete({ ref, argument }: CompletionRequest, ports: CompletionPorts) {
  const typed = argument.value.toLowerCase();
  const matches = (await candidates(ref, argument.name, ports)).filter((value) =>
    value.toLowerCase().startsWith(typed),
  );
  return { values: matches.slice(0, maxValues), total: matches.length, hasMore: matches.length > maxValues };
}

async function candidates(
  ref: CompletionRequest['ref'],
  name: string,
  ports: CompletionPorts,
): Promise<readonly string[]> {
  if (ref.uri === reportTemplate.uriTemplate) {
    if (name === 'page') return ['report.md', 'report.html', 'report.json'];
    return name === 'report' ? reportNames(ports) : [];
  }
  const prompt = prompts.find((one) => one.name === ref.name);
  switch (prompt?.arguments.find((one) => one.name === name)?.kind) {
    case 'schedule':
      return schedules;
    case 'load':
      return loadsAfter(await ports.sessions.load());
    case 'cluster':
      return clustersOf(await ports.sessions.load());
    case 'report': {
      const names = await reportNames(ports);
      return [...new Set(names.map((one) => one.slice(0, one.indexOf('_')))), ...names];
    }
    default:
      return [];
  }
}

/** Newest first. */
async function reportNames(ports: Pick<Ports, 'reports'>): Promise<string[]> {
  return (await ports.reports.list()).map(({ directory }) => directory);
}

/** The next level first: twice the load on disk. */
function loadsAfter({ level }: Session): string[] {
  const next = level === undefined ? [] : [Math.min(level.load * 2, 1000)];
  return [...new Set([...next, 2, 4, 8, 16])].map((load) => `${load}x`);
}

/** Newest first. */
function clustersOf({ rounds }: Session): string[] {
  return [...new Set(rounds.flatMap(({ clusterId }) => clusterId ?? []).toReversed())];
}
