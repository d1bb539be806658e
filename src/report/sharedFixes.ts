import type { Report } from './model.ts';

/**
 * The checks whose window a person fixed, without those that ran with the very same fix in the other round: between two rounds
 * of one load their times may be compared.
 */
export function fixesApart<Round extends Pick<Report, 'load' | 'fixedWindows' | 'fixDigests'>>(
  round: Round,
  other: Round,
): Round {
  if (round.load !== other.load) return round;
  const isShared = (check: string) =>
    round.fixDigests[check] !== undefined && round.fixDigests[check] === other.fixDigests[check];
  return { ...round, fixedWindows: round.fixedWindows.filter((check) => !isShared(check)) };
}
