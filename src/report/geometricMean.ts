import { randomFrom } from './random.ts';
import { percentile } from './statistics.ts';

const resamples = 1000;

export interface MeanRatio {
  readonly mean: number;
  /** 95% interval by resampling the ratios, and drawing what whole rounds stray. */
  readonly low: number;
  readonly high: number;
}

/**
 * The geometric mean of ratios with its bootstrap interval (percentile method); undefined for none.
 *
 * @param roundNoise of all checks of one round together, as deviation of log seconds: a ratio has it twice
 */
export function meanRatio(ratios: readonly number[], roundNoise: number): MeanRatio | undefined {
  if (ratios.length === 0) return undefined;
  const logs = ratios.map(Math.log).sort((a, b) => a - b);
  const random = randomFrom(`${logs.length}:${logs[0]}:${logs.at(-1)}`);
  const means = Array.from({ length: resamples }, () => {
    let sum = 0;
    for (let k = 0; k < logs.length; k++) sum += logs[random.below(logs.length)] ?? 0;
    return sum / logs.length + Math.SQRT2 * roundNoise * random.normal();
  }).sort((a, b) => a - b);
  const mean = logs.reduce((sum, log) => sum + log, 0) / logs.length;
  return {
    mean: Math.exp(mean),
    low: Math.exp(percentile(means, 0.025) ?? mean),
    high: Math.exp(percentile(means, 0.975) ?? mean),
  };
}
