/** Worlds in which the forecast is scored: how their checks really grow with the load, and how far measurements stray. */
import type { Random } from './random.ts';

/** True seconds of a check at a load, before any noise. */
export type Truth = (load: number) => number;

interface Check {
  readonly truth: Truth;
  /** Whether the product knows that the load asks more of it. */
  readonly isScaled: boolean;
}

export interface Campaign {
  readonly checks: readonly Check[];
  readonly slots: number;
  /** Log of what one measurement is over its true time. */
  stray(random: Random): number;
}

/** @param unseen the load that is forecast */
type DrawCampaign = (random: Random, unseen: number) => Campaign;

const step = 0.1;
const round = 0.03;
const gaussian = (random: Random) => step * random.normal();
/** One measurement in ten strays three times as far. */
const heavy = (random: Random) => (random.below(10) === 0 ? 3 : 1) * gaussian(random);
/** Beside that, one measurement in a hundred takes 1.5 to 3 times as long. */
const real = (random: Random) =>
  heavy(random) + (random.below(100) === 0 ? Math.log(1.5 + 1.5 * random.next()) : 0);

/** A fixed 10 to 40 s, and work of about 20 s a load with a long tail (log deviation 0.8) that grows by a power. */
function growing(exponent: number, random: Random): Check {
  const fixed = 10 + 30 * random.next();
  const work = 20 * Math.exp(0.8 * random.normal());
  return { truth: (load) => fixed + work * load ** exponent, isScaled: true };
}

function steady(random: Random, isScaled: boolean): Check {
  const seconds = 45 + 30 * random.next();
  return { truth: () => seconds, isScaled };
}

/** 20 to 80 checks on 4 to 16 slots. */
function many(draw: (random: Random) => Check, stray: Campaign['stray'] = real): DrawCampaign {
  return (random) => ({
    checks: Array.from({ length: 20 + random.below(61) }, () => draw(random)),
    slots: 4 + random.below(13),
    stray,
  });
}

function withFirst(base: DrawCampaign, first: (random: Random, campaign: Campaign) => Check): DrawCampaign {
  return (random, unseen) => {
    const campaign = base(random, unseen);
    return { ...campaign, checks: [first(random, campaign), ...campaign.checks] };
  };
}

const straight = many((random) => growing(1, random));

export const worlds: Readonly<Record<string, DrawCampaign>> = {
  straight,
  steep: many((random) => growing(1.2, random)),
  /** One check in five by 1.3, one in five by 0.8. */
  mixed: many((random) => growing([1.3, 0.8, 1, 1, 1][random.below(5)] ?? 1, random)),
  'mixture of exponents': many((random) => growing(1.05 + 0.25 * random.normal(), random)),
  'all bend alike': (random, unseen) => {
    const exponent = 1.1 + 0.3 * random.next();
    return many(() => growing(exponent, random))(random, unseen);
  },
  /** One check in four takes as long at every load, and nobody knows. */
  steady: many((random) => (random.below(4) === 0 ? steady(random, true) : growing(1, random))),
  'mostly constant': many((random) => (random.below(10) < 7 ? steady(random, false) : growing(1, random))),
  'start-up': many((random) => {
    const { truth } = growing(1, random);
    const fixed = 40 + 50 * random.next();
    return { truth: (load) => fixed + truth(load), isScaled: true };
  }),
  /** One check in five takes 1.6 times as long from a load on that lies above half of the one that is forecast. */
  spill: (random, unseen) =>
    many(() => {
      const { truth } = growing(1, random);
      const from = random.below(5) === 0 ? unseen * (0.5 + 0.5 * random.next()) : Number.POSITIVE_INFINITY;
      return { truth: (load) => truth(load) * (load > from ? 1.6 : 1), isScaled: true };
    })(random, unseen),
  'one check bends and becomes the round': withFirst(straight, () => ({
    truth: (load) => 30 + 95 * load ** 1.75,
    isScaled: true,
  })),
  /** Half as long again as all others together take. */
  giant: withFirst(straight, (_, { checks, slots }) => ({
    truth: (load) => (1.5 * checks.reduce((sum, { truth }) => sum + truth(load), 0)) / slots,
    isScaled: true,
  })),
  'few checks': (random) => ({
    checks: Array.from({ length: 4 + random.below(5) }, () => growing(1, random)),
    slots: 2 + random.below(4),
    stray: real,
  }),
  'normal noise': many((random) => growing(1, random), gaussian),
  /** One measurement in fifty takes 1.5 to 4 times as long. */
  stragglers: many(
    (random) => growing(1, random),
    (random) => heavy(random) + (random.below(50) === 0 ? Math.log(1.5 + 2.5 * random.next()) : 0),
  ),
  'high noise': many(
    (random) => growing(1, random),
    (random) => gaussian(random) + real(random),
  ),
  quiet: many(
    (random) => growing(1, random),
    (random) => gaussian(random) / 2,
  ),
};

/** Seconds that each check took in one round. */
export function drawRound({ checks, stray }: Campaign, load: number, random: Random): number[] {
  const shared = round * random.normal();
  return checks.map(({ truth }) => truth(load) * Math.exp(shared + stray(random)));
}
