import type { SandboxClock, ServiceName } from '../service.ts';

/** One request as it was on the wire. */
export interface LoggedRequest {
  readonly service: ServiceName;
  readonly operation: string;
  readonly method: string;
  /** Percent-encoded, as sent, without the query. */
  readonly path: string;
  readonly query?: string;
  readonly bucket?: string;
  /** Decoded. */
  readonly key?: string;
  /** 0 while there is no answer, and for ever when the connection was broken instead. */
  readonly status: number;
  /** The injected fault that met it. */
  readonly fault?: string;
  /** When it arrived, in sandbox time: ISO 8601, UTC. */
  readonly at: string;
}

export interface RequestLog {
  /** Notes an arriving request; the returned function sets its outcome. */
  open(request: Omit<LoggedRequest, 'status' | 'at'>): (outcome: { status: number; fault?: string }) => void;
  /** In order of arrival. */
  entries(): LoggedRequest[];
  clear(): void;
}

/** A sandbox that is left running for days must not fill the memory: the oldest half goes at this many entries. */
const capacity = 200_000;

export function requestLog(clock: SandboxClock): RequestLog {
  let entries: { -readonly [Field in keyof LoggedRequest]: LoggedRequest[Field] }[] = [];
  return {
    open(request) {
      const entry = { ...request, status: 0, at: new Date(clock.nowMs()).toISOString() };
      if (entries.length >= capacity) entries = entries.slice(capacity / 2);
      entries.push(entry);
      return (outcome) => void Object.assign(entry, outcome);
    },
    entries: () => entries.map((entry) => ({ ...entry })),
    clear() {
      entries = [];
    },
  };
}
