import { redraw } from './forecastDraws.ts';
import { below, bendLoads, type Checks, fitChecks, unseenError } from './forecastModel.ts';
import type { Noise } from './noise.ts';
import type { Random } from './random.ts';

/**
 * What is presumed of the exponent before anything is known of it. A little above 1: work that grows faster than the load is dearer
 * to overlook than work that does not. Both were chosen by simulation, on other seeds than those of docs/simulation.md.
 */
const presumed = { value: 1.05, deviation: 0.15 };
const draws = 60;
const step = 0.1;

/** The exponent that all checks share, and how well it is known. */
export interface Exponent {
  readonly value: number;
  readonly deviation: number;
}

/**
 * What is presumed, unless three levels or more show it: the exponent for which the fits do not miss the largest load that was
 * hidden from them, drawn towards the presumed one as far as noise alone makes them miss it. (A normal prior, one observation, and
 * the miss taken as straight in the exponent.)
 */
export function findExponent(checks: Checks, largest: number, noise: Noise, random: Random): Exponent {
  const missed = missAt(1, checks, largest);
  const missedBent = missAt(1 + step, checks, largest);
  if (missed === undefined || missedBent === undefined) return presumed;
  const straight = redraw(checks, fitChecks(checks), noise, random);
  const shown = below(straight.checks, largest);
  const byChance = Array.from({ length: draws }, () => {
    straight.draw();
    return unseenError(straight.checks, shown, largest) ?? 0;
  });
  const bias = byChance.reduce((sum, one) => sum + one, 0) / draws;
  const variance = byChance.reduce((sum, one) => sum + (one - bias) ** 2, 0) / (draws - 1);
  const slope = (missedBent - missed) / step;
  const precision = 1 / presumed.deviation ** 2 + slope ** 2 / Math.max(variance, 1e-9);
  const seen = (slope * (bias - missed)) / Math.max(variance, 1e-9);
  const value = 1 + ((presumed.value - 1) / presumed.deviation ** 2 + seen) / precision;
  return { value: Math.min(2, Math.max(0.5, value)), deviation: 1 / Math.sqrt(precision) };
}

function missAt(exponent: number, checks: Checks, largest: number): number | undefined {
  const bent = bendLoads(checks, exponent);
  return unseenError(bent, below(bent, largest ** exponent), largest ** exponent);
}
