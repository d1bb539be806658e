/** Simulated load tests whose truth is known: rounds of checks, built into reports by the product's own code. */
import type { Step } from '../src/ports.ts';
import { buildReport } from '../src/report/build.ts';
import type { ComparedReport } from '../src/report/comparison.ts';
import { makespan } from '../src/report/makespan.ts';
import type { Random } from '../src/report/random.ts';

const startMs = Date.parse('2025-12-07T20:30:00.000Z');
/** From the first creation to the first start. */
const startGapMs = 5000;

/** True seconds of a check at a load, before any noise. */
export type Truth = (load: number) => number;

/** What one campaign is made of. */
export interface Campaign {
  readonly checks: readonly Truth[];
  readonly slots: number;
  /** Deviation of log seconds of one measurement: 0.1 is about 10%. */
  readonly noise: number;
  /** The same for all steps of a round together: a round on slower machines. */
  readonly roundNoise: number;
}

/** Seconds that each check took in one round. */
export function drawRound(campaign: Campaign, load: number, random: Random): number[] {
  const shared = campaign.roundNoise * random.normal();
  return campaign.checks.map((truth) => truth(load) * Math.exp(shared + campaign.noise * random.normal()));
}

/** From the first creation to the last end, as EMR would run these steps in this order. */
export function runtimeSeconds(seconds: readonly number[], slots: number): number {
  return startGapMs / 1000 + makespan(seconds, slots);
}

/** The report of a round of which the steps took these seconds. */
export function reportOf(
  seconds: readonly number[],
  { load, slots, repeat = 0 }: { load: number; slots: number; repeat?: number },
): ComparedReport {
  return buildReport({
    load,
    schedule: '15m',
    clusterId: `j-${load}R${repeat}`,
    windowSeconds: 900,
    startedAtText: `2025-12-0${repeat + 1}T15:30:00.000000-05:00`,
    clusterConfig: { digest: 'one', stepConcurrencyLevel: slots },
    steps: stepsOf(seconds, load, slots),
    failures: new Map(),
    partial: false,
    knownFromDiskOnly: 0,
    configsPrefix: 'configs',
    version: 'simulation',
    earlier: [],
    warnings: [],
  });
}

/** One step a check, handed in all at once, each on the slot that is free first. */
export function stepsOf(seconds: readonly number[], load: number, slots: number): Step[] {
  const freeMs = Array.from({ length: slots }, () => startMs + startGapMs);
  return seconds.map((one, index) => {
    const slot = freeMs.indexOf(Math.min(...freeMs));
    const startedMs = freeMs[slot] ?? startMs;
    const endedMs = startedMs + Math.round(one * 1000);
    freeMs[slot] = endedMs;
    const name = `check_${String(index).padStart(4, '0')}_15m`;
    return {
      id: `s-${name}`,
      name: `${name}_${load}x`,
      state: 'COMPLETED',
      arguments: ['--config', `s3://bucket/configs/15m/${load}x/${name}.yml`],
      createdMs: startMs,
      startedMs,
      endedMs,
    };
  });
}
