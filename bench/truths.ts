/** How the checks of a simulated campaign really grow with the load. */
import type { Random } from '../src/report/random.ts';
import type { Truth } from './campaigns.ts';

type DrawTruth = (random: Random) => Truth;

/** A fixed 10 to 40 s, and work of about 20 s a load with a long tail (log deviation 0.8) that grows by a power. */
function growing(exponentOf: (random: Random) => number): DrawTruth {
  return (random) => {
    const fixed = 10 + 30 * random.next();
    const work = 20 * Math.exp(0.8 * random.normal());
    const exponent = exponentOf(random);
    return (load) => fixed + work * load ** exponent;
  };
}

const straight = growing(() => 1);

function steadyTruth(random: Random): Truth {
  const seconds = 45 + 30 * random.next();
  return () => seconds;
}

export const truths: Readonly<Record<'straight' | 'mixed' | 'steep' | 'steady', DrawTruth>> = {
  straight,
  /** One check in five by 1.3, one in five by 0.8. */
  mixed: growing((random) => [1.3, 0.8, 1, 1, 1][random.below(5)] ?? 1),
  steep: growing(() => 1.2),
  /** One check in four takes 45 to 75 s at every load, the others grow as straight ones. */
  steady: (random) => (random.below(4) === 0 ? steadyTruth(random) : straight(random)),
};

/** The self-join that holds a round up: 30 s, and 95 s of work that grows by load^1.75. */
export const steepest: Truth = (load) => 30 + 95 * load ** 1.75;
