/** One-sided 5% of the normal distribution, in deviations. */
export const fivePercent = 1.645;

/**
 * P(Z > z) of the normal distribution: its power series up to 3, beyond that Laplace's continued fraction, which keeps its
 * relative accuracy where a difference of two near ones would lose it.
 */
export function upperTail(z: number): number {
  if (z < 0) return 1 - upperTail(-z);
  const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
  if (z > 3) {
    let fraction = z;
    for (let k = 80; k >= 1; k--) fraction = z + k / fraction;
    return density / fraction;
  }
  let term = z;
  let sum = z;
  for (let k = 1; Math.abs(term) > 1e-17 && k < 200; k++) {
    term *= (z * z) / (2 * k + 1);
    sum += term;
  }
  return 0.5 - density * sum;
}

/**
 * Which of many tests to believe when at most the share `falseShare` of the believed may be false (Benjamini and
 * Hochberg, 1995).
 *
 * @returns the largest p-value to believe; 0 when there is none
 */
export function believableUpTo(pValues: readonly number[], falseShare: number): number {
  const rising = pValues.toSorted((a, b) => a - b);
  return rising.findLast((p, index) => p <= (falseShare * (index + 1)) / rising.length) ?? 0;
}

/** P(T > t) of Student's distribution with whole degrees of freedom (Abramowitz and Stegun 26.7.3 and 26.7.4). */
export function studentTail(t: number, degrees: number): number {
  const angle = Math.atan(t / Math.sqrt(degrees));
  const cosine2 = Math.cos(angle) ** 2;
  const isOdd = degrees % 2 === 1;
  let term = isOdd ? Math.cos(angle) : 1;
  let sum = degrees === 1 ? 0 : term;
  for (let k = isOdd ? 3 : 2; k < degrees; k += 2) {
    term *= (cosine2 * (k - 1)) / k;
    sum += term;
  }
  const inside = isOdd ? (2 / Math.PI) * (angle + Math.sin(angle) * sum) : Math.sin(angle) * sum;
  return (1 - inside) / 2;
}

/**
 * The value that chi-squared exceeds as rarely as a normal variable exceeds `z` (Wilson and Hilferty, 1931: within 1% from
 * three degrees of freedom, 4% at one).
 */
export function chiSquaredQuantile(degrees: number, z: number): number {
  const spread = 2 / (9 * degrees);
  return degrees * (1 - spread + z * Math.sqrt(spread)) ** 3;
}
