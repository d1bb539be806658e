/** `npm run bench:forecast`: what the verdicts of a comparison and the bands of a forecast are worth, in docs/simulation.md. */
import { writeFileSync } from 'node:fs';
import { type VerdictDesign, verdictsOf } from './comparisonVerdicts.ts';
import { coverageOf, type ForecastDesign } from './forecastCoverage.ts';
import { type ChangeDesign, calledChanged } from './roundChanges.ts';
import { markdownTable } from './tables.ts';
import { steepest, truths } from './truths.ts';

const pairs = 1000;
const campaigns = 100;
const changePairs = 300;

const verdictDesigns: Omit<VerdictDesign, 'name'>[] = [
  ...[
    [1, 2, 4],
    [2, 4, 8],
    [1, 4],
    [2, 8],
    [2, 4],
  ].map((loads) => ({
    loads,
    rounds: 3,
    noise: 0.1,
    roundNoise: 0,
  })),
  { loads: [1, 2, 4], rounds: 3, noise: 0.1, roundNoise: 0.03 },
  { loads: [1, 2, 4], rounds: 3, noise: 0.1, roundNoise: 0, unevenNoise: 3 },
  { loads: [1, 2, 4], rounds: 3, noise: 0.2, roundNoise: 0 },
  { loads: [1, 2, 4], rounds: 2, noise: 0.1, roundNoise: 0 },
  { loads: [1, 2, 4], rounds: 1, noise: 0.1, roundNoise: 0 },
  { loads: [2, 4], rounds: 8, noise: 0.1, roundNoise: 0 },
];
const startUps = { startUpSeconds: [10, 40], noise: 0.1, roundNoise: 0 } as const;
const startUpDesigns: Omit<VerdictDesign, 'name'>[] = [
  { ...startUps, loads: [1, 2, 4], rounds: 3 },
  { ...startUps, loads: [2, 4, 8], rounds: 3 },
  { ...startUps, loads: [1, 2, 4, 8], rounds: 3 },
  { ...startUps, loads: [2, 4, 8, 16], rounds: 3 },
  { ...startUps, loads: [2, 4], rounds: 3 },
  { ...startUps, loads: [2, 4], rounds: 12 },
  { ...startUps, loads: [2, 4, 8], rounds: 8 },
  { ...startUps, loads: [2, 4, 8], rounds: 3, startUpSeconds: [20, 25] },
  { ...startUps, loads: [2, 4, 8], rounds: 3, roundNoise: 0.03 },
  { ...startUps, loads: [2, 4, 8], rounds: 3, slowGrowth: 0.8 },
  { ...startUps, loads: [1, 2, 4], rounds: 3, someStartAtOnce: true },
  { ...startUps, loads: [2, 4, 8], rounds: 3, someStartAtOnce: true },
];

const changeDesigns: Omit<ChangeDesign, 'name'>[] = [
  { noise: 0.1, roundNoise: 0.03, rounds: 1, change: 1 },
  { noise: 0.1, roundNoise: 0, rounds: 1, change: 1 },
  { noise: 0.1, roundNoise: 0.06, rounds: 1, change: 1 },
  { noise: 0.1, roundNoise: 0.06, rounds: 3, change: 1 },
  { noise: 0.1, roundNoise: 0.03, rounds: 1, change: 1.1 },
  { noise: 0.1, roundNoise: 0.03, rounds: 1, change: 1.2 },
];

const levels = [
  { loads: [1, 2], rounds: 1, unseen: 4 },
  { loads: [2, 4], rounds: 1, unseen: 8 },
  { loads: [1, 2, 4], rounds: 1, unseen: 8 },
  { loads: [1, 2, 4], rounds: 3, unseen: 8 },
];
type Growth = keyof typeof truths | 'dominated';
const forecastDesigns = (['straight', 'mixed', 'steep', 'steady', 'dominated'] as const).flatMap((truth) =>
  levels.map((level) => ({ ...level, truth, noise: 0.1, roundNoise: 0.03 })),
);
const strainedDesigns: (typeof forecastDesigns)[number][] = [
  { loads: [1, 2], rounds: 1, unseen: 4, truth: 'straight', noise: 0.05, roundNoise: 0.03 },
  { loads: [1, 2], rounds: 1, unseen: 4, truth: 'straight', noise: 0.2, roundNoise: 0.03 },
  { loads: [1, 2, 4], rounds: 1, unseen: 8, truth: 'straight', noise: 0.05, roundNoise: 0.03 },
  { loads: [1, 2, 4], rounds: 1, unseen: 8, truth: 'straight', noise: 0.2, roundNoise: 0.03 },
  { loads: [1, 2, 4], rounds: 1, unseen: 8, truth: 'straight', noise: 0.1, roundNoise: 0 },
  { loads: [1, 4], rounds: 1, unseen: 2, truth: 'straight', noise: 0.1, roundNoise: 0.03 },
  { loads: [1, 2, 4, 8], rounds: 1, unseen: 16, truth: 'straight', noise: 0.1, roundNoise: 0.03 },
  { loads: [1, 2, 4, 8], rounds: 1, unseen: 16, truth: 'mixed', noise: 0.1, roundNoise: 0.03 },
];

export function main(): void {
  const verdicts = verdictDesigns.map(verdictRow);
  const startUpVerdicts = startUpDesigns.map((design) => [startUpText(design), ...verdictRow(design)]);
  const held = forecastDesigns.map(coverageRow);
  const strained = strainedDesigns.map(coverageRow);
  const inside = held.reduce((sum, row) => sum + row.inside, 0);
  const all = campaigns * held.length;
  const text = `# What the verdicts and the forecast are worth

Written by \`npm run bench:forecast\`: simulated rounds whose truth is known, judged by the product's own code. The seeds are fixed, so the figures are the same on every run.

## "Super-linear (confirmed)"

${pairs} simulated comparisons a row, of 40 checks each: one check in five really grows by load^1.3, the others exactly by the load (the hardest to keep apart). *Found* is the share of the super-linear checks that are confirmed, *of their time* the same weighted by how long they take at the largest load, *suspected* the share told to repeat. *Wrong* is the share of the linear checks that are called confirmed, and the share of all confirmed ones that are wrong.

${markdownTable(verdictTitles, verdicts)}

At 10% noise three rounds a level find more than four in five wherever the levels span a factor of four. Two adjacent levels (2x and 4x) with three rounds each cannot: the slope of log time over log load then strays by 0.10 ÷ √0.72 = 0.118, so that an excess of 0.3 lies 2.5 deviations out, and even a test that knew the noise exactly and accepted one false alarm in a hundred checks would find 59%. They need eight rounds each, or a third level. One round a level never confirms a check.

### With a start-up

A step of the real world takes a + b·N: a fixed start-up before the work. It hides growth: 25 s and 20 s of work that grows by load^1.3 take 45, 74 and 146 s at 1x, 2x and 4x, less than in proportion. Two tests look for it, and either confirms: the slope above, which needs no assumption, and the bend beyond a straight line a + b·N whose a is known from the other checks (their middle, with a spread of at least 0.4 of it).

${markdownTable(['Start-up', ...verdictTitles], startUpVerdicts)}

What stays impossible: a check whose work is small beside its start-up. For 25 s and 20 s of work at 1x, 2x and 4x, three rounds each, the bend itself is 13 s at 4x and strays by 16 s; and the start-ups of other checks, known to 9 s, tell the expected time at 4x to no better than 29 s, where growth by load^1.3 adds 41 s. More rounds of the same levels do not help with the second. A larger load does: there the work outweighs the start-up. So the checks that are found are those that take the time; and where all checks bend alike, nothing tells that from another start-up.

## A whole round slower or faster

${changePairs} pairs of rounds a row at one load, of 40 checks each. *Called changed* is the share whose 95% interval of the geometric mean does not hold 1. The interval resamples the checks and draws what whole rounds stray: measured where rounds were repeated before, else presumed to be 3%.

${markdownTable(
  ['The second round really takes', 'Noise', 'Rounds before', 'Called changed'],
  changeDesigns.map(changeRow),
)}

## The forecast's 80% band

${campaigns} simulated campaigns a row: 20 to 80 checks on 4 to 16 slots, each with a fixed 10 to 40 s and work of about 20 s a load with a long tail. *Straight*: all work grows by the load; *mixed*: one check in five by load^1.3, one in five by load^0.8; *steep*: all by load^1.2; *steady*: one check in four takes 45 to 75 s at every load, the others are straight; *dominated*: straight, and one more check of 30 s and 95 s of work that grows by load^1.75, which in the end holds the round up. A step strays by 10%, a whole round by 3%. *Held* is the share of campaigns in which a round at the forecast load, then run once, ended inside the band; it strays by 4 points either way for ${campaigns} campaigns.

${markdownTable(
  coverageTitles,
  held.map((row) => row.cells),
)}

**All ${all} campaigns: ${percent(inside / all)} held.**

Where the assumptions do not hold, or the levels are others:

${markdownTable(
  coverageTitles,
  strained.map((row) => row.cells),
)}

What is presumed before anything is measured (an exponent of 1.05 with a deviation of 0.15 for all checks together, 0.1 between them) was chosen on campaigns of other seeds than these, so that about four in five are held over straight, mixed and steep growth. With two levels the common exponent stays what is presumed: growth that is straight ends sooner than forecast, steep growth later. More levels and repeats move it, but never quite to the truth, because noise alone bends a few checks as much. With two levels and no repeat nothing shows the noise either, so 10% a step and 3% a round are presumed: the band is too wide for quieter checks and too narrow for noisier ones. Each check's own exponent is drawn towards the common one as far as its bend may be noise; so a campaign of checks that bend in their own way is still forecast somewhat too low far out, and where three rounds a level leave little noise its band is too narrow: exponents of a few kinds are not as evenly spread as the model takes them to be. A check whose bend lies outside its noise is drawn back by one and a half deviations at most, less the further out it lies, and the band reaches up by as much; where such a check holds the round up, the forecast from one round a level is still too low. With two levels whose noise is twice what is presumed, checks that bend by chance are taken for such ones, and rounds end sooner than forecast.
`;
  writeFileSync('docs/simulation.md', text);
  console.log(text);
}

function verdictRow(design: Omit<VerdictDesign, 'name'>): string[] {
  const { loads, rounds, noise, roundNoise, unevenNoise } = design;
  const levelsText = loads.map((load) => `${load}x`).join(', ');
  const noiseText = [
    percent(noise),
    roundNoise > 0 ? `, ${percent(roundNoise)} a round` : '',
    unevenNoise ? `, one check in five ${percent(noise * unevenNoise)}` : '',
  ].join('');
  const name = `${levelsText} ${rounds} ${noiseText}${design.startUpSeconds ? ` ${startUpText(design)}` : ''}`;
  const counts = verdictsOf({ ...design, name }, pairs);
  const called = counts.confirmed + counts.falselyConfirmed;
  return [
    levelsText,
    String(rounds),
    noiseText,
    percent(counts.confirmed / counts.superLinear),
    percent(counts.confirmedSeconds / counts.superLinearSeconds),
    percent(counts.suspected / counts.superLinear),
    `${(100 * (counts.falselyConfirmed / counts.linear)).toFixed(2)}%`,
    called === 0 ? '–' : `${(100 * (counts.falselyConfirmed / called)).toFixed(2)}%`,
  ];
}

function startUpText({ startUpSeconds, someStartAtOnce, slowGrowth }: Omit<VerdictDesign, 'name'>): string {
  const [least, most] = startUpSeconds ?? [0, 0];
  return [
    `${least} to ${most} s`,
    someStartAtOnce ? ', one in ten none' : '',
    slowGrowth ? `, one in five grows by load^${slowGrowth}` : '',
  ].join('');
}

const verdictTitles = [
  'Levels',
  'Rounds each',
  'Noise',
  'Found',
  'Of their time',
  'Suspected',
  'Wrong, of the linear',
  'Wrong, of the confirmed',
];
function changeRow(design: Omit<ChangeDesign, 'name'>): string[] {
  const noise = `${percent(design.noise)}, ${percent(design.roundNoise)} a round`;
  const change = design.change === 1 ? 'as long' : `${design.change.toFixed(1)} times as long`;
  const called = calledChanged({ ...design, name: `${change} ${noise} ${design.rounds}` }, changePairs);
  return [change, noise, String(design.rounds), percent(called / changePairs)];
}

const coverageTitles = [
  'Truth',
  'Levels',
  'Rounds each',
  'Noise',
  'Forecast',
  'Held',
  'Ended sooner',
  'Ended later',
  'Median error',
  'Median width',
];

function coverageRow(design: Omit<ForecastDesign, 'name' | 'truth' | 'first'> & { truth: Growth }): {
  cells: string[];
  inside: number;
} {
  const { loads, rounds, unseen, noise, roundNoise, truth } = design;
  const levelsText = loads.map((load) => `${load}x`).join(', ');
  const noiseText = roundNoise === 0 ? percent(noise) : `${percent(noise)}, ${percent(roundNoise)} a round`;
  const name = `${truth} ${levelsText} ${rounds} ${noiseText} ${unseen}x`;
  const found = coverageOf({ ...design, ...drawnFrom(truth), name }, campaigns);
  const share = (count: number) => percent(count / campaigns);
  const cells = [
    truth,
    levelsText,
    String(rounds),
    noiseText,
    `${unseen}x`,
    share(found.inside),
    share(found.below),
    share(found.above),
    `${found.medianError > 0 ? '+' : ''}${percent(found.medianError)}`,
    percent(found.medianWidth),
  ];
  return { cells, inside: found.inside };
}

function drawnFrom(truth: Growth): Pick<ForecastDesign, 'truth' | 'first'> {
  return truth === 'dominated' ? { truth: truths.straight, first: steepest } : { truth: truths[truth] };
}

function percent(value: number): string {
  return `${Math.round(100 * value)}%`;
}
