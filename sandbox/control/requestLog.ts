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
  /** 0 until there is an answer; stays 0 when the connection was broken. */
  readonly status: number;
  /** The name of the injected error. */
  readonly fault?: string;
  /** When it arrived, in sandbox time: ISO 8601, UTC. */
  readonly at: string;
}

export interface RequestLog {
  /** Adds an arriving request; the returned function sets its outcome. */
  open(request: Omit<LoggedRequest, 'status' | 'at'>): (outcome: { status: number; fault?: string }) => void;
  /** In order of arrival. */
  entries(): LoggedRequest[];
  clear(): void;
}

/** A sandbox that runs for days must not fill the memory: at this many entries the oldest half is dropped. */
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
