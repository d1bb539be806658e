import { ruleFor } from '../../domain/schedules.ts';

/**
 * Which checks the load asks more of, by the rules for their files. In a schedule without scaled checks none is
 * distinguished.
 *
 * @param names of the checks by their key
 */
export function scaledAmong(names: ReadonlyMap<string, string>): (key: string) => boolean {
  const scaled = new Set([...names].flatMap(([key, name]) => (isScaledFile(name) ? key : [])));
  return scaled.size === 0 ? () => true : (key) => scaled.has(key);
}

/** Whether a load widens the window of a check of this file name, given with or without its ending. */
export function isScaledFile(name: string): boolean {
  return ruleFor(name.endsWith('.yml') ? name : `${name}.yml`)?.scales !== undefined;
}
