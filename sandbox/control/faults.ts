import { isRecord, type Service, type ServiceName, WireError } from '../service.ts';
import { errorNames } from './injectedErrors.ts';

/** A fault to inject. At least one of `error` and `delayMs` is given. */
export interface InjectedFault {
  readonly service: ServiceName;
  /** Default: every operation of the service. */
  readonly operation?: string;
  /** Only requests whose key begins with this. */
  readonly keyPrefix?: string;
  readonly error?: string;
  /** How many requests it applies to; default: all, until the faults are cleared. */
  readonly times?: number;
  /** Real milliseconds that the request waits first; for `slowBody`, the time that sending the body takes. */
  readonly delayMs?: number;
}

export interface InjectedFaults {
  /** @throws WireError 400 that names what is wrong; then none of the faults is added */
  add(faults: unknown): void;
  clear(): void;
  /** The active faults, with the `times` that are left. */
  list(): InjectedFault[];
  /** The faults that apply to this request: the first with an error, and every plain delay. Each counts once. */
  take(service: ServiceName, operation: string, key: string | undefined): InjectedFault[];
}

export function injectedFaults(services: readonly Service[]): InjectedFaults {
  let active: { fault: InjectedFault; left: number }[] = [];
  return {
    add(faults) {
      const checked = (Array.isArray(faults) ? faults : [faults]).map((fault) => parseFault(fault, services));
      active.push(...checked.map((fault) => ({ fault, left: fault.times ?? Number.POSITIVE_INFINITY })));
    },
    clear() {
      active = [];
    },
    list: () =>
      active.map(({ fault, left }) => (fault.times === undefined ? fault : { ...fault, times: left })),
    take(service, operation, key) {
      const met: InjectedFault[] = [];
      for (const entry of active) {
        if (!applies(entry.fault, service, operation, key)) continue;
        if (entry.fault.error !== undefined && met.some((fault) => fault.error !== undefined)) continue;
        entry.left -= 1;
        met.push(entry.fault);
      }
      active = active.filter(({ left }) => left > 0);
      return met;
    },
  };
}

function applies(
  fault: InjectedFault,
  service: ServiceName,
  operation: string,
  key: string | undefined,
): boolean {
  return (
    fault.service === service &&
    (fault.operation === undefined || fault.operation === operation) &&
    (fault.keyPrefix === undefined || (key?.startsWith(fault.keyPrefix) ?? false))
  );
}

const fields = ['service', 'operation', 'keyPrefix', 'error', 'times', 'delayMs'];

function parseFault(fault: unknown, services: readonly Service[]): InjectedFault {
  if (!isRecord(fault)) throw refusal('a fault is an object');
  const unknown = Object.keys(fault).find((field) => !fields.includes(field));
  if (unknown !== undefined) throw refusal(`unknown field ${unknown}; a fault has ${fields.join(', ')}`);
  const { service: name, operation, keyPrefix, error, times, delayMs } = fault;
  const service = services.find((candidate) => candidate.name === name);
  if (service === undefined)
    throw refusal(
      `unknown service ${JSON.stringify(name)}; one of ${services.map((s) => s.name).join(', ')}`,
    );
  if (operation !== undefined && !service.operations.includes(String(operation)))
    throw refusal(
      `${service.name} has no operation ${JSON.stringify(operation)}; one of ${service.operations.join(', ')}`,
    );
  if (error === undefined && delayMs === undefined) throw refusal('a fault needs an error or delayMs');
  const errors = errorNames(service.name);
  if (error !== undefined && !errors.includes(String(error)))
    throw refusal(`${service.name} has no error ${JSON.stringify(error)}; one of ${errors.join(', ')}`);
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
