import { wordsOf } from './injectedErrors.ts';
import { type Service, type ServiceName, WireError } from '../service.ts';

/** One order to fail. At least one of `error` and `delayMs` is given. */
export interface Fault {
  readonly service: ServiceName;
  /** Left out: every operation of the service. */
  readonly operation?: string;
  /** Only requests whose key begins with this. */
  readonly keyPrefix?: string;
  readonly error?: string;
  /** How many requests it meets; left out: all of them until the faults are cleared. */
  readonly times?: number;
  /** Real milliseconds that the request waits first; for `slowBody`, that its body takes. */
  readonly delayMs?: number;
}

export interface Faults {
  /** @throws WireError 400 that names what is wrong; then none of them is added. */
  add(faults: unknown): void;
  clear(): void;
  /** What is still to come, with the `times` that are left. */
  list(): Fault[];
  /** The faults that meet this request: the first with an error, and every plain delay. Each is used up by one. */
  take(service: ServiceName, operation: string, key: string | undefined): Fault[];
}

export function faultList(services: readonly Service[]): Faults {
  let active: { fault: Fault; left: number }[] = [];
  return {
    add(faults) {
      const orders = Array.isArray(faults) ? faults : [faults];
      const checked = orders.map((order: unknown) => checkedFault(order, services));
      active.push(...checked.map((fault) => ({ fault, left: fault.times ?? Number.POSITIVE_INFINITY })));
    },
    clear() {
      active = [];
    },
    list: () =>
      active.map(({ fault, left }) => (fault.times === undefined ? fault : { ...fault, times: left })),
    take(service, operation, key) {
      if (active.length === 0) return [];
      const met: Fault[] = [];
      for (const entry of active) {
        if (!meets(entry.fault, service, operation, key)) continue;
        if (entry.fault.error !== undefined && met.some((fault) => fault.error !== undefined)) continue;
        entry.left -= 1;
        met.push(entry.fault);
      }
      active = active.filter(({ left }) => left > 0);
      return met;
    },
  };
}

function meets(fault: Fault, service: ServiceName, operation: string, key: string | undefined): boolean {
  return (
    fault.service === service &&
    (fault.operation === undefined || fault.operation === operation) &&
    (fault.keyPrefix === undefined || (key?.startsWith(fault.keyPrefix) ?? false))
  );
}

const known = ['service', 'operation', 'keyPrefix', 'error', 'times', 'delayMs'];

function checkedFault(order: unknown, services: readonly Service[]): Fault {
  if (typeof order !== 'object' || order === null) throw refusal('a fault is an object');
  const strange = Object.keys(order).find((field) => !known.includes(field));
  if (strange !== undefined) throw refusal(`unknown field ${strange}; a fault has ${known.join(', ')}`);
  const { service: name, operation, keyPrefix, error, times, delayMs } = order as Record<string, unknown>;
  const service = services.find((candidate) => candidate.name === name);
  if (service === undefined)
    throw refusal(
      `unknown service ${JSON.stringify(name)}; one of ${services.map((s) => s.name).join(', ')}`,
    );
  if (operation !== undefined && !(service.operations?.includes(String(operation)) ?? true))
    throw refusal(
      `${service.name} has no operation ${JSON.stringify(operation)}; one of ${service.operations?.join(', ')}`,
    );
  if (error === undefined && delayMs === undefined) throw refusal('a fault needs an error or delayMs');
  if (error !== undefined && !wordsOf(service.name).includes(String(error)))
    throw refusal(
      `${service.name} has no error ${JSON.stringify(error)}; one of ${wordsOf(service.name).join(', ')}`,
    );
  if (times !== undefined && !(Number.isInteger(times) && Number(times) >= 1))
    throw refusal('times is a whole number from 1');
  if (delayMs !== undefined && !(typeof delayMs === 'number' && delayMs >= 0))
    throw refusal('delayMs is a number of milliseconds');
  return {
    service: service.name,
    ...(operation === undefined ? {} : { operation: String(operation) }),
    ...(keyPrefix === undefined ? {} : { keyPrefix: String(keyPrefix) }),
    ...(error === undefined ? {} : { error: String(error) }),
    ...(times === undefined ? {} : { times: Number(times) }),
    ...(delayMs === undefined ? {} : { delayMs }),
  };
}

function refusal(message: string): WireError {
  return new WireError(400, 'BadFault', message);
}
