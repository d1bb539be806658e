import { describe, expect, it } from 'vitest';
import { verdictsOf } from '../../bench/comparisonVerdicts.ts';
import { bendOf } from '../../src/report/bend.ts';
import type { Timing } from '../../src/report/checkTimes.ts';
import { whatConfirms } from '../../src/report/confirmation.ts';
import { randomFrom } from '../../src/report/random.ts';
import { scalingWords } from '../../src/report/scaling.ts';
import { commonStartUp } from '../../src/report/startUp.ts';

interface World {
  readonly loads: readonly number[];
  readonly rounds: number;
  readonly noise?: number;
  readonly startUpSeconds?: (check: number) => number;
  /** Of the load, in the growth of the check's work. */
  readonly power?: (check: number) => number;
}

/** Forty checks of 10 to 100 s of work a load. */
function timingsIn({
  loads,
  rounds,
  noise = 0.1,
  startUpSeconds = () => 0,
  power = () => 1,
}: World): Map<string, Timing[]> {
  const random = randomFrom(`${loads} ${rounds} ${noise}`);
  return new Map(
    Array.from({ length: 40 }, (_, check) => [
      `15m/check_${check}.yml`,
      loads.flatMap((load, level) =>
        Array.from({ length: rounds }, (_, repeat) => ({
          load,
          round: level * rounds + repeat,
          seconds:
            (startUpSeconds(check) + 10 * 10 ** (((check * 7) % 40) / 39) * load ** power(check)) *
            Math.exp(noise * random.normal()),
        })),
      ),
    ]),
  );
}

const everyFifth = (check: number) => (check % 5 === 0 ? 1.3 : 1);
const around25 = (check: number) => 15 + ((check * 13) % 21);

describe('a start-up before the work', () => {
  it('is learned from all checks together, about right although some of them bend', () => {
    const world = { loads: [1, 2, 4, 8], rounds: 3, startUpSeconds: around25, power: everyFifth };
    const startUp = commonStartUp([...timingsIn(world).values()], 0.1);
    expect(startUp?.seconds).toBeGreaterThan(19);
    expect(startUp?.seconds).toBeLessThan(28);
    expect(startUp?.spreadSeconds).toBeLessThan(15);
  });

  it('is not seen where there is none, nor in a handful of checks', () => {
    const none = [...timingsIn({ loads: [1, 2, 4], rounds: 3 }).values()];
    expect(commonStartUp(none, 0.1)).toBeUndefined();
    const some = [...timingsIn({ loads: [1, 2, 4], rounds: 3, startUpSeconds: around25 }).values()];
    expect(commonStartUp(some.slice(0, 9), 0.1)).toBeUndefined();
    expect(commonStartUp(some, 0.1)).toBeDefined();
  });

  it('does not hide growth that it is small beside, though the slope of log time over log load hardly shows it', () => {
    const timings = timingsIn({
      loads: [1, 2, 4, 8],
      rounds: 3,
      startUpSeconds: around25,
      power: (check) => (check === 39 ? 1.3 : 1),
    });
    const key = '15m/check_39.yml';
    timings.set(
      key,
      [1, 2, 4, 8].flatMap((load, level) =>
        [-0.1, 0, 0.1].map((stray, repeat) => ({
          load,
          round: 3 * level + repeat,
          seconds: (33 + 50 * load ** 1.3) * Math.exp(stray),
        })),
      ),
    );
    const slopeAlone = bendOf(timings.get(key) ?? [], 0.1, undefined);
    expect(slopeAlone).toBeLessThan(2.5);
    const words = scalingWords(timings);
    expect(words.get(key)).toBe('super-linear (confirmed)');
    expect([...words.values()].filter((word) => word === 'super-linear (confirmed)')).toHaveLength(1);
  });

  it('makes no straight check look bent, whether all start alike, differently, or some at once', () => {
    for (const world of [
      { startUpSeconds: [20, 25] as const },
      { startUpSeconds: [10, 40] as const },
      { startUpSeconds: [20, 25] as const, someStartAtOnce: true },
    ]) {
      const design = { name: 'test', loads: [2, 4, 8], rounds: 3, noise: 0.1, roundNoise: 0, ...world };
      const { falselyConfirmed, linear, confirmed, superLinear } = verdictsOf(design, 100);
      expect(falselyConfirmed / linear).toBeLessThan(0.002);
      expect(confirmed / superLinear).toBeGreaterThan(0.15);
    }
  });
});

describe('what would confirm a suspect', () => {
  const askedOf = (world: World) => {
    const timings = timingsIn(world);
    return whatConfirms(timings, scalingWords(timings));
  };

  it('is told in rounds of the levels at hand, and of one level more', () => {
    expect(askedOf({ loads: [2, 4], rounds: 3, power: everyFifth })).toMatchInlineSnapshot(
      `"Growth by load^1.3 would be confirmed for most of the suspects, four times in five, by 8 rounds at each of 2x and 4x, or 3 rounds at each of 1x, 2x and 4x, or 3 rounds at each of 2x, 4x and 8x (in all, at the measured noise of 10% a step)"`,
    );
    expect(askedOf({ loads: [1, 2], rounds: 3, power: everyFifth })).toMatchInlineSnapshot(
      `"Growth by load^1.3 would be confirmed for most of the suspects, four times in five, by 7 rounds at each of 1x and 2x, or 3 rounds at each of 1x, 2x and 4x (in all, at the measured noise of 10% a step)"`,
    );
  });

  it('holds when those rounds are run', () => {
    for (const [loads, rounds] of [
      [[2, 4], 8],
      [[1, 2, 4], 3],
      [[2, 4, 8], 3],
    ] as const) {
      const design = { name: 'asked', loads, rounds, noise: 0.1, roundNoise: 0 };
      const { confirmed, superLinear } = verdictsOf(design, 100);
      expect(confirmed / superLinear).toBeGreaterThan(0.77);
    }
  });

  it('asks for a larger load where a start-up hides the growth from any number of rounds', () => {
    expect(
      askedOf({ loads: [2, 4], rounds: 3, startUpSeconds: around25, power: everyFifth }),
    ).toMatchInlineSnapshot(
      `"Growth by load^1.3 would be confirmed for most of the suspects, four times in five, by 3 rounds at each of 2x, 4x and 8x (in all, at the measured noise of 10% a step)"`,
    );
  });

  it('says so where neither would', () => {
    expect(askedOf({ loads: [2, 4], rounds: 3, noise: 0.4, power: everyFifth })).toMatchInlineSnapshot(
      `"12 rounds at each of 2x, 4x and 8x would not confirm most of the suspects at the measured noise of 36% a step, not even growth by load^1.3"`,
    );
  });

  it('is nothing where nothing is suspect', () => {
    expect(askedOf({ loads: [1, 2, 4], rounds: 3, noise: 0.02, power: everyFifth })).toBeUndefined();
  });
});
