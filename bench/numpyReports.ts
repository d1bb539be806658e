/** Four reports for test/numpy: three levels of one campaign, and a round with failed steps on a cluster of its own. */
import type { Coverage } from '../src/domain/coverage.ts';
import type { Instance, Step } from '../src/ports/aws.ts';
import type { PriceTable } from '../src/ports/project.ts';
import { assembleReport } from '../src/report/build.ts';
import type { RoundFacts } from '../src/report/model/facts.ts';
import type { Report } from '../src/report/model/model.ts';
import { roundFacts, stepsOf } from './campaigns.ts';
import { randomFrom } from './random.ts';

const startMs = Date.parse('2025-12-07T20:30:00.000Z');
const checks = 40;
const slots = 8;

const prices: PriceTable = {
  currency: 'USD',
  date: '2025-12-01',
  perHour: {
    'm6i.xlarge': { onDemand: 0.192, emr: 0.048 },
    'm6i.2xlarge': { onDemand: 0.384, spot: 0.1513, emr: 0.096 },
  },
};

const clusterConfig = {
  digest: 'one',
  stepConcurrencyLevel: slots,
  room: {
    executors: 2,
    executorMb: 4505,
    driverMb: 2432,
    nodes: [{ type: 'm6i.2xlarge', count: 5, yarnMb: 23_424 }],
  },
};

function machines(createdMs: number): Instance[] {
  return Array.from({ length: 6 }, (_, index) => ({
    id: `i-${index}`,
    type: index === 0 ? 'm6i.xlarge' : 'm6i.2xlarge',
    market: index > 3 ? 'SPOT' : 'ON_DEMAND',
    createdMs: createdMs + 1000 * index,
  }));
}

const coverage: Coverage = {
  schedule: '15m',
  checks,
  scaled: checks - 1,
  unscaled: [{ file: 'check_0003_15m.yml', why: 'no interval' }],
  unscaledTotal: 1,
  kinds: 0,
  narrows: [],
  longest: [],
  missing: [],
};

function reportOf(load: number, steps: readonly Step[], more: Partial<RoundFacts>): Report {
  return assembleReport(
    roundFacts(load, steps, {
      startedAtText: `2025-12-07T15:29:0${load}.000000-05:00`,
      clusterConfig,
      coverage,
      instances: machines(startMs - 7_200_000),
      prices,
      clusterCreatedMs: startMs - 7_200_000,
      clusterReadyMs: startMs - 7_000_000,
      ...more,
    }),
  );
}

/** The reports with what else they were made of, by which a recomputation starts from the same facts. */
export function numpyReports() {
  const random = randomFrom('reports');
  const exponents = Array.from({ length: checks }, () => 1 + 0.3 * random.normal());
  const base = Array.from({ length: checks }, () => 20 * Math.exp(random.normal()));
  const levelOf = (load: number) =>
    base.map((seconds, index) => {
      const growth = index === 3 ? 1 : load ** (exponents[index] ?? 1);
      return Math.round(1000 * seconds * growth * Math.exp(0.1 * random.normal())) / 1000;
    });
  const two = reportOf(2, stepsOf(levelOf(2), 2, slots), {});
  const four = reportOf(4, stepsOf(levelOf(4), 4, slots), { earlier: [two] });
  const eight = reportOf(8, stepsOf(levelOf(8), 8, slots), { earlier: [two, four] });
  const own = {
    instances: machines(startMs - 230_000),
    clusterCreatedMs: startMs - 240_000,
    clusterReadyMs: startMs + 90_000,
    startedAtText: new Date(startMs - 241_000).toISOString().replace('Z', '000+00:00'),
  };
  const late = stepsOf(
    Array.from({ length: 70 }, (_, index) => 60 + ((index * 37) % 90)),
    2,
    slots,
  ).map((step, index) => ({
    ...step,
    startedMs: (step.startedMs ?? 0) + 90_000,
    endedMs: (step.endedMs ?? 0) + 90_000,
    ...(index % 23 === 5 && { state: 'FAILED' }),
  }));
  const failing = reportOf(2, late, { ...own, coverage: { ...coverage, checks: 70, scaled: 69 } });
  return [two, four, eight, failing].map((report, index) => {
    const { instances, clusterCreatedMs, clusterReadyMs } =
      index === 3
        ? own
        : {
            instances: machines(startMs - 7_200_000),
            clusterCreatedMs: startMs - 7_200_000,
            clusterReadyMs: startMs - 7_000_000,
          };
    return {
      report,
      instances,
      prices: prices.perHour,
      clusterCreatedMs,
      clusterReadyMs,
      isOwnCluster: index === 3,
      earlier: [two, four].slice(0, index === 3 ? 0 : index),
    };
  });
}
