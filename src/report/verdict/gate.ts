import type { Report } from '../model/model.ts';
import { isFit } from '../model/outcomes.ts';

/** What a gate in CI can fail on. */
export const gates = ['missed', 'failed', 'unscaled'] as const;
export type Gate = (typeof gates)[number];

type Gated = Pick<Report, 'load' | 'verdict' | 'counts' | 'coverage'>;

const fails: Readonly<Record<Gate, (report: Gated) => boolean>> = {
  /** A load that was not shown to fit has not passed either. */
  missed: ({ verdict }) => !isFit(verdict),
  failed: ({ counts }) => counts.failed + counts.interrupted + counts.cancelled > 0,
  /** Kinds that the rule leaves alone are as they should be; a load that was not recorded is not shown to be one. */
  unscaled: ({ load, coverage }) =>
    load > 1 && (coverage === null || coverage.unscaledTotal > coverage.kinds || coverage.narrows.length > 0),
};

/** The gates that a report fails. */
export function failedGates(report: Gated, asked: readonly Gate[]): Gate[] {
  return gates.filter((gate) => asked.includes(gate) && fails[gate](report));
}
