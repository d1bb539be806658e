/** Which checks of a round carry its load, by its coverage. */
import { stemOf } from '../../domain/stepIdentity.ts';
import type { Report } from '../model/model.ts';

type CoveredRound = Pick<Report, 'load' | 'coverage'>;

type CheckLoad = 'carried' | 'reads less' | 'at 1x';

/** What the load does to a check, by its name (its path, or its stem). At load 1 every check runs as always. */
function loadsOf({ load, coverage }: CoveredRound): ((name: string) => CheckLoad) | undefined {
  if (load === 1) return () => 'carried';
  if (coverage === null) return undefined;
  const known = new Map<string, CheckLoad>([
    ...coverage.narrows.map((file) => [file, 'reads less'] as const),
    ...coverage.unscaled.map(({ file }) => [file, 'at 1x'] as const),
  ]);
  const stems = new Map([...known].map(([file, how]) => [stemOf(file), how]));
  return (name) => known.get(name) ?? (name === stemOf(name) ? stems.get(name) : undefined) ?? 'carried';
}

/** Whether the load asks more of a check. Undefined where the coverage was not recorded. */
export function carriesLoad(round: CoveredRound): ((name: string) => boolean) | undefined {
  const loadOf = loadsOf(round);
  return loadOf && ((name) => loadOf(name) === 'carried');
}

/**
 * Which checks carry the load in each of these rounds, and which run at 1x in each; by name. Undefined where one of them
 * does not say.
 */
export function carriedIn(
  rounds: readonly CoveredRound[],
): { inAll(name: string): boolean; inNone(name: string): boolean } | undefined {
  const tests = rounds.filter(({ load }) => load > 1).map(loadsOf);
  const known = tests.filter((test) => test !== undefined);
  if (known.length < tests.length) return undefined;
  return {
    inAll: (name) => known.every((test) => test(name) === 'carried'),
    inNone: (name) => known.length > 0 && known.every((test) => test(name) === 'at 1x'),
  };
}
