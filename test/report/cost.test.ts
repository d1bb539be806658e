import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Instance } from '../../src/ports/aws.ts';
import type { PriceTable } from '../../src/ports/project.ts';
import { assembleReport } from '../../src/report/build.ts';
import { renderMarkdown } from '../../src/report/render/markdown.ts';
import { summaryBlocks } from '../../src/report/render/sections/index.ts';
import { costOf, lostInstances } from '../../src/report/steps/cost.ts';
import { evenRound, factsOf, startMs } from './rounds.ts';

const minuteMs = 60_000;
/** Thirty minutes. */
const round = { firstCreatedMs: startMs, firstStartedMs: startMs, lastMs: startMs + 30 * minuteMs };
const machine = (id: string, more: Partial<Instance> = {}): Instance => ({
  id,
  type: 'm6i.2xlarge',
  market: 'ON_DEMAND',
  createdMs: startMs - 10 * minuteMs,
  ...more,
});
const prices: PriceTable = {
  currency: 'USD',
  date: '2025-12-01',
  perHour: { 'm6i.2xlarge': { onDemand: 0.384, emr: 0.096 }, 'r5.xlarge': { spot: 0.1 } },
};

describe('the cost of a round', () => {
  it('is the lifetime of each machine, clipped to the round, at its price and EMR’s', () => {
    const machines = [
      machine('a'),
      machine('b', { endedMs: startMs + 15 * minuteMs }),
      machine('c', { createdMs: startMs + 20 * minuteMs, endedMs: startMs + 90 * minuteMs }),
      machine('before', { endedMs: startMs }),
      machine('after', { createdMs: startMs + 30 * minuteMs }),
    ];
    expect(costOf(machines, prices, round)).toEqual({
      hours: 0.917,
      instances: [{ type: 'm6i.2xlarge', market: 'ON_DEMAND', count: 3, hours: 0.917, cost: 0.44 }],
      total: 0.44,
      currency: 'USD',
      pricesOf: '2025-12-01',
      examplePrices: false,
      upPerHour: null,
      notPriced: [],
    });
    // One of the five is up: 0.48 USD an hour.
    const [up] = machines;
    expect(costOf(up ? [up] : [], { ...prices, isExample: true }, round, true)).toMatchObject({
      examplePrices: true,
      upPerHour: 0.48,
    });
  });

  it('leaves out what has no price, and says so', () => {
    const machines = [
      machine('a'),
      machine('b', { market: 'SPOT' }),
      machine('c', { type: 'r5.xlarge', market: 'SPOT' }),
      machine('d', { type: 'constructor' }),
    ];
    expect(costOf(machines, prices, round)).toMatchObject({
      total: 0.29,
      notPriced: ['constructor ON_DEMAND', 'm6i.2xlarge SPOT'],
    });
    expect(costOf(machines, undefined, round)).toMatchObject({ total: null, currency: null, hours: 2 });
  });

  it('is null where no machine or no step is known', () => {
    expect(costOf([], prices, round)).toBeNull();
    expect(costOf([machine('a')], prices, undefined)).toBeNull();
  });

  it('never is more than every machine for the whole round', () => {
    const moment = fc.integer({ min: -60, max: 90 }).map((minutes) => startMs + minutes * minuteMs);
    const drawn = fc.record({ id: fc.uuid(), createdMs: moment, endedMs: moment });
    fc.assert(
      fc.property(fc.array(drawn, { maxLength: 10 }), (machines) => {
        const cost = costOf(
          machines.map((one) => machine(one.id, one)),
          prices,
          round,
        );
        expect(cost?.hours ?? 0).toBeLessThanOrEqual(machines.length * 0.5 + 0.001);
        expect(cost?.hours ?? 0).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});

describe('a machine that is lost', () => {
  const lost = (id: string, more: Partial<Instance>) =>
    machine(id, {
      market: 'SPOT',
      endedMs: startMs + 5 * minuteMs,
      reasonCode: 'INSTANCE_FAILURE',
      reason: 'Spot instance was\nterminated | by EC2',
      ...more,
    });

  it('is one that failed or was taken away inside the round, not one that ended with its cluster', () => {
    const machines = [
      lost('spot', {}),
      lost('with-cluster', { reasonCode: 'CLUSTER_TERMINATED' }),
      lost('before', { endedMs: startMs - 1 }),
      lost('after', { endedMs: round.lastMs + 1 }),
      machine('alive'),
    ];
    expect(lostInstances(machines, round)).toEqual([
      {
        id: 'spot',
        type: 'm6i.2xlarge',
        market: 'SPOT',
        endedAt: '2025-12-07T20:35:00.000Z',
        reason: 'Spot instance was terminated | by EC2',
      },
    ]);
  });

  it('stands in the summary beside the cost', () => {
    const steps = evenRound(8, 2, () => 100);
    const instances = [machine('a'), lost('b', { endedMs: startMs + minuteMs })];
    const report = assembleReport(factsOf(steps, { instances, prices }));
    const markdown = renderMarkdown(report);
    expect(JSON.stringify(summaryBlocks(report))).toContain('0.05 USD for 2 instances');
    expect(markdown).toContain(
      '- Lost: 1 instance lost during the round, 1 of them spot: m6i.2xlarge SPOT (Spot instance was terminated \\| by EC2)',
    );
    expect(markdown).toMatch(
      /- Cost: 0\.05 USD for 2 instances, 0\.13 instance-hours within the round \(prices of 2025-12-01; not priced: m6i\.2xlarge SPOT\); without the cluster before the first step and after the last one, S3, EBS, data transfer$/m,
    );
    const example = { ...prices, isExample: true };
    const kept = assembleReport(factsOf(steps, { instances, prices: example, clusterIsUp: true }));
    expect(renderMarkdown(kept)).toMatch(
      /\(example prices of 2025-12-01; .*, data transfer; the cluster was still up: 0\.48 USD an hour$/m,
    );
    const unpriced = renderMarkdown(assembleReport(factsOf(steps, { instances })));
    expect(unpriced).toContain('- Cost: not priced: no price table was read');
    expect(renderMarkdown(assembleReport(factsOf(steps)))).toContain('the instances were not listed');
  });
});
