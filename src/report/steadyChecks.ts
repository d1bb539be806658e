import { type Checks, fitChecks } from './forecastModel.ts';
import { type KnownStart, knownStart, type LinearFit, predictSeconds } from './linearFit.ts';
import { leastNoise, type Noise } from './noise.ts';
import { commonStartUp, type StartUp } from './startUp.ts';

/** By so much -2 log likelihood must "never grows" tell a check's times better than growth does: it is presumed to be rare. */
const surelySteady = 4;

/**
 * Which checks take as long at every load: those that the load asks nothing more of, and those whose times tell it: a steady 60 s is
 * told far better by no growth than by the start-up that the other checks have, and work on top.
 *
 * @param isScaled for each check, whether the load asks more of it
 */
export function steadyAmong(checks: Checks, isScaled: readonly boolean[], noise: Noise): boolean[] {
  const step = Math.max(noise.step, leastNoise);
  const startUp = commonStartUp(
    checks.filter((_, index) => isScaled[index]),
    step,
  );
  if (!startUp) return isScaled.map((scaled) => !scaled);
  const known = knownStart(startUp, step);
  return checks.map((check, index) => !isScaled[index] || isSteady(check, step, startUp, known));
}

function isSteady(check: Checks[number], noise: number, startUp: StartUp, known: KnownStart): boolean {
  const [grown] = fitChecks([check], known);
  if (!grown) return false;
  const offStart = (grown.fixedSeconds - startUp.seconds) / startUp.spreadSeconds;
  return misfit(check, steadyFit(check), noise) + surelySteady < misfit(check, grown, noise) + offStart ** 2;
}

/** A check that takes its geometric mean at every load. */
export function steadyFit(check: Checks[number]): LinearFit {
  const logs = check.reduce((sum, { seconds }) => sum + Math.log(seconds), 0);
  return { fixedSeconds: Math.exp(logs / Math.max(1, check.length)), secondsPerLoad: 0 };
}

/** Squared deviations of log seconds, in those of the noise. */
function misfit(check: Checks[number], fit: LinearFit, noise: number): number {
  let squares = 0;
  for (const { load, seconds } of check)
    squares += (Math.log(seconds / predictSeconds(fit, load)) / noise) ** 2;
  return squares;
}
