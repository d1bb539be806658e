/** Simulated rounds, built into reports by the product's own code. */
import type { Step } from '../src/ports/aws.ts';
import { assembleReport } from '../src/report/build.ts';
import type { RoundFacts } from '../src/report/model/facts.ts';
import type { ComparedReport } from '../src/report/model/model.ts';

const startMs = Date.parse('2025-12-07T20:30:00.000Z');
/** From the first creation to the first start. */
const startGapMs = 5000;

/** The facts of a simulated round; `more` replaces or adds some. */
export function roundFacts(load: number, steps: readonly Step[], more: Partial<RoundFacts>): RoundFacts {
  return {
    load,
    schedule: '15m',
    clusterId: `j-${load}`,
    windowSeconds: 900,
    startedAtText: '2025-12-01T15:30:00.000000-05:00',
    steps,
    failures: new Map(),
    partial: false,
    knownFromDiskOnly: 0,
    configsPrefix: 'configs',
    version: 'simulation',
    earlier: [],
    warnings: [],
    ...more,
  };
}

/** The report of a round of which the steps took these seconds. */
export function reportOf(
  seconds: readonly number[],
  { load, slots }: { load: number; slots: number },
): ComparedReport {
  const clusterConfig = { digest: 'one', stepConcurrencyLevel: slots };
  return assembleReport(roundFacts(load, stepsOf(seconds, load, slots), { clusterConfig }));
}

/** One step a check, submitted all at once, each on the slot that is free first. */
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
