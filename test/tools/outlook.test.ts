/** What somebody is about to buy, told by uploadDags and triggerDag from the earlier reports of the campaign. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { airflowStandIn } from './airflowStandIn.ts';
import {
  type Harness,
  openRound,
  prepareWorld,
  reportedLevel,
  type Structure,
  toolHarness,
} from './toolHarness.ts';

prepareWorld();

const fields = ['outlook', 'expected', 'lastLevel', 'knownFailures'];
const outlookIn = (structure: Structure) =>
  Object.fromEntries(fields.flatMap((name) => (name in structure ? [[name, structure[name]]] : [])));

/** Levels of 15m with prices for the sandbox's machines; check_consent_15m fails at each. */
async function priced(): Promise<Harness> {
  const harness = await toolHarness();
  const file = join(harness.directory, 'prices.json');
  const price = { onDemand: 0.384, emr: 0.096 };
  const perHour = { 'm6i.xlarge': price, 'm6i.2xlarge': price, 'r6i.2xlarge': price };
  writeFileSync(file, JSON.stringify({ currency: 'USD', date: '2025-12-01', perHour }));
  await harness.restart({ PRICE_TABLE: file });
  return harness;
}

const level = (load: number) => ({ load, scope: 'schedule' });

function changeConfig(harness: Harness): void {
  const file = join(harness.project, 'dags/cluster_configs/yang_audit_load_test_cluster_15m.json');
  const json = JSON.parse(readFileSync(file, 'utf8'));
  writeFileSync(file, JSON.stringify({ ...json, StepConcurrencyLevel: 4 }));
}

test('without an earlier report nothing is said; then what one level cost; then the forecast, until the load is measured', async () => {
  const harness = await priced();
  expect(outlookIn(await openRound(harness, level(2)))).toEqual({});
  await reportedLevel(harness, level(1));
  const second = await openRound(harness, level(2));
  expect(outlookIn(second)).toMatchInlineSnapshot(`
    {
      "knownFailures": [
        {
          "cause": "Column not found",
          "check": "check_consent_15m.yml",
          "load": 1,
        },
      ],
      "lastLevel": {
        "load": 1,
        "pricesOf": "2025-12-01",
        "seconds": 304.375,
        "usd": 0.24,
      },
      "outlook": "2x 15m was not forecast; 1x took 5m 4s, about 0.24 USD (prices of 2025-12-01); check_consent_15m.yml failed at 1x (Column not found), and neither it nor the cluster config changed since.",
    }
  `);
  await reportedLevel(harness, level(2));
  expect(outlookIn(await openRound(harness, level(4)))).toMatchInlineSnapshot(`
    {
      "expected": {
        "highSeconds": 1573.356,
        "lowSeconds": 863.295,
        "pricesOf": "2025-12-01",
        "seconds": 1165.449,
        "usd": 0.93,
      },
      "knownFailures": [
        {
          "cause": "Column not found",
          "check": "check_consent_15m.yml",
          "load": 2,
        },
      ],
      "outlook": "4x 15m: about 19m (14m to 26m), about 0.93 USD (prices of 2025-12-01); check_consent_15m.yml failed at 2x (Column not found), and neither it nor the cluster config changed since.",
    }
  `);
  expect((await openRound(harness, level(32))).outlook).toMatch(
    /^32x 15m was not forecast; 2x took 9m 47s, about 0\.47 USD \(prices of 2025-12-01\); check_consent_15m\.yml failed at 2x/,
  );
  changeConfig(harness);
  const again = await openRound(harness, level(2));
  expect(outlookIn(again)).toMatchInlineSnapshot(`
    {
      "expected": {
        "pricesOf": "2025-12-01",
        "seconds": 587.195,
        "usd": 0.47,
      },
      "outlook": "2x 15m: last time (with another cluster config) 9m 47s, about 0.47 USD (prices of 2025-12-01).",
    }
  `);
});

test('a check that was edited since is no known failure, also when the edit travels to the next load', async () => {
  const harness = await priced();
  await reportedLevel(harness, level(2));
  const file = 'check_consent_15m.yml';
  expect((await harness.call('uploadDags')).structure.knownFailures).toMatchObject([
    { check: file, load: 2 },
  ]);
  harness.edit(file, 'name:', '# tuned\nname:');
  const { reviewId } = (await harness.call('reviewConfigs')).structure;
  await harness.call('uploadChecks', { reviewId, approved: true });
  const edited = (await harness.call('uploadDags')).structure;
  expect(edited.outlook).toMatch(
    /^2x 15m: last time \d+m \d+s, about \d\.\d\d USD \(prices of 2025-12-01\)\.$/,
  );
  expect(edited).not.toHaveProperty('knownFailures');
  await reportedLevel(harness, level(2));
  expect((await openRound(harness, level(4))).knownFailures).toMatchObject([{ check: file, load: 2 }]);
});

test('triggerDag says it in its question, and where it waits for a yes', async () => {
  const asked: string[] = [];
  const harness = await toolHarness({
    user: (question) => {
      asked.push(question);
      return { action: 'decline' };
    },
  });
  await reportedLevel(harness, level(2));
  const { outlook } = await openRound(harness, level(4));
  const airflow = await airflowStandIn(harness.aws, 4);
  await harness.restart(airflow.env);
  const { structure, text } = await harness.call('triggerDag');
  expect(structure).toMatchObject({ status: 'awaiting_approval', outlook, lastLevel: { load: 2 } });
  expect(outlook).toMatch(
    /^4x 15m was not forecast; 2x took \d+m \d+s, about 0\.\d\d USD \(example prices of \d{4}-\d\d-\d\d\); check_consent_15m\.yml failed at 2x/,
  );
  expect(asked.join()).toContain(`\n${outlook}`);
  expect(text).toContain(`Outlook: ${outlook}`);
});

test('reports of another schedule say nothing, and an unreadable folder is said', async () => {
  const harness = await toolHarness();
  await reportedLevel(harness, level(2));
  expect(outlookIn(await openRound(harness, { load: 2, schedule: 'daily', scope: 'schedule' }))).toEqual({});
  await harness.restart({ REPORTS_DIR: harness.env.DAG_FILE ?? '' });
  const { structure } = await harness.call('uploadDags');
  expect(structure.warnings.join()).toMatch(/The earlier reports could not be read \([A-Z_]+\)/);
});
