/** What a client offers while a person types an argument: best guess first. */
import { schedules } from '../checks/schedules.ts';
import type { Ports } from '../ports.ts';
import type { Session } from '../state/session.ts';
import { prompts } from './prompts.ts';
import { reportTemplate } from './resources.ts';

export interface Completing {
  readonly ref: { readonly type: string; readonly name?: string; readonly uri?: string };
  readonly argument: { readonly name: string; readonly value: string };
}

/** MCP allows as many in one answer. */
const most = 100;

type Wanted = Pick<Ports, 'reports' | 'sessions'>;

/** Values that begin with what was typed; none for an argument that nobody knows. */
export async function complete({ ref, argument }: Completing, ports: Wanted) {
  const typed = argument.value.toLowerCase();
  const fitting = (await offered(ref, argument.name, ports)).filter((value) =>
    value.toLowerCase().startsWith(typed),
  );
  return { values: fitting.slice(0, most), total: fitting.length, hasMore: fitting.length > most };
}

async function offered(ref: Completing['ref'], name: string, ports: Wanted): Promise<readonly string[]> {
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

/** The next level first: twice the one on disk. */
function loadsAfter({ level }: Session): string[] {
  const next = level === undefined ? [] : [Math.min(level.load * 2, 1000)];
  return [...new Set([...next, 2, 4, 8, 16])].map((load) => `${load}x`);
}

/** Newest first. */
function clustersOf({ rounds }: Session): string[] {
  return [...new Set(rounds.flatMap(({ clusterId }) => clusterId ?? []).toReversed())];
}
