import { CancelStepsCommand, ListStepsCommand, paginateListSteps } from '@aws-sdk/client-emr';
import { expect, test } from 'vitest';
import { type EmrHarness, emrHarness, startMs, step } from './emrHarness.ts';

async function names({ emr }: EmrHarness, ClusterId: string, which: object = {}): Promise<string[]> {
  const found: string[] = [];
  for await (const page of paginateListSteps({ client: emr }, { ClusterId, ...which }))
    found.push(...(page.Steps ?? []).map((shown) => shown.Name ?? ''));
  return found;
}

const many = (count: number, from = 0) =>
  Array.from({ length: count }, (_, index) => step(`s${from + index}`, 60));

test('ListSteps shows fifty steps a page, the newest first', async () => {
  const harness = await emrHarness();
  const ClusterId = await harness.upCluster();
  await harness.add(ClusterId, many(120));
  const first = await harness.emr.send(new ListStepsCommand({ ClusterId }));
  expect(first.Steps?.map((shown) => shown.Name)).toEqual(
    Array.from({ length: 50 }, (_, back) => `s${119 - back}`),
  );
  expect(await names(harness, ClusterId)).toEqual(Array.from({ length: 120 }, (_, back) => `s${119 - back}`));
});

test('a step added between two pages neither repeats nor hides another', async () => {
  const harness = await emrHarness();
  const ClusterId = await harness.upCluster();
  await harness.add(ClusterId, many(60));
  const { Marker } = await harness.emr.send(new ListStepsCommand({ ClusterId }));
  await harness.add(ClusterId, [step('late', 60)]);
  const { Steps = [] } = await harness.emr.send(new ListStepsCommand({ ClusterId, Marker }));
  expect(Steps.map((shown) => shown.Name)).toEqual(Array.from({ length: 10 }, (_, back) => `s${9 - back}`));
});

test('with a filter every step is listed once, in no particular order', async () => {
  const harness = await emrHarness();
  const ClusterId = await harness.upCluster();
  const ids = await harness.add(ClusterId, many(60));
  const pending = await names(harness, ClusterId, { StepStates: ['PENDING'] });
  expect(new Set(pending)).toEqual(new Set(many(60).map(({ Name }) => Name)));
  expect(pending).toHaveLength(60);
  expect(pending).not.toEqual(
    pending.toSorted((one, other) => Number(other.slice(1)) - Number(one.slice(1))),
  );
  expect(new Set(await names(harness, ClusterId, { StepIds: ids.slice(0, 3) }))).toEqual(
    new Set(['s0', 's1', 's2']),
  );
});

test('only the newest thousand steps are visible', async () => {
  const harness = await emrHarness();
  const ClusterId = await harness.upCluster({ StepConcurrencyLevel: 256 });
  const [oldest = ''] = await harness.add(ClusterId, many(200));
  for (let from = 200; from < 1203; from += 200) {
    harness.minutes(5);
    await harness.add(ClusterId, many(Math.min(200, 1203 - from), from));
  }
  const shown = await names(harness, ClusterId);
  expect(shown).toHaveLength(1000);
  expect([shown[0], shown.at(-1)]).toEqual(['s1202', 's203']);
  const asked = harness.emr.send(new ListStepsCommand({ ClusterId, StepIds: [oldest] }));
  await expect(asked).rejects.toThrow(`Step id '${oldest}' is not valid.`);
});

test('a step has a start once it runs and an end once it has ended, in milliseconds', async () => {
  const harness = await emrHarness();
  const ClusterId = await harness.upCluster({ StepConcurrencyLevel: 1 });
  const [running = '', waiting = ''] = await harness.add(ClusterId, [step('a', 90), step('b', -30)]);
  const look = async (StepId: string) =>
    (await harness.emr.send(new ListStepsCommand({ ClusterId, StepIds: [StepId] }))).Steps?.[0];
  harness.minutes(1);
  const added = startMs + 5 * 60_000;
  expect((await look(running))?.Status).toMatchObject({
    State: 'RUNNING',
    Timeline: { CreationDateTime: new Date(added) },
  });
  expect((await look(running))?.Status?.Timeline?.EndDateTime).toBeUndefined();
  expect((await look(waiting))?.Status).toMatchObject({
    State: 'PENDING',
    Timeline: { CreationDateTime: new Date(added + 1) },
  });
  expect((await look(waiting))?.Status?.Timeline?.StartDateTime).toBeUndefined();
  harness.minutes(2);
  const ended = (await look(running))?.Status;
  const { StartDateTime: start, EndDateTime: end } = ended?.Timeline ?? {};
  expect(ended?.State).toBe('COMPLETED');
  expect(Number(end) - Number(start)).toBe(90_000);
  expect((await look(waiting))?.Status?.State).toBe('FAILED');
});

test('no more steps run at the same time than the cluster allows, oldest first', async () => {
  const harness = await emrHarness();
  const ClusterId = await harness.upCluster({ StepConcurrencyLevel: 3 });
  await harness.add(ClusterId, many(8));
  harness.clock.advance(30_000);
  expect((await names(harness, ClusterId, { StepStates: ['RUNNING'] })).toSorted()).toEqual([
    's0',
    's1',
    's2',
  ]);
  harness.minutes(1);
  expect((await names(harness, ClusterId, { StepStates: ['RUNNING'] })).toSorted()).toEqual([
    's3',
    's4',
    's5',
  ]);
});

test('a failed step has no failure details, a reason alone, or a reason and a message', async () => {
  const harness = await emrHarness();
  const ClusterId = await harness.upCluster({ StepConcurrencyLevel: 256 });
  await harness.add(
    ClusterId,
    Array.from({ length: 30 }, (_, index) => step(`f${index}`, -20)),
  );
  harness.minutes(2);
  const { Steps = [] } = await harness.emr.send(new ListStepsCommand({ ClusterId }));
  const kinds = new Set(
    Steps.map(({ Status }) => {
      const { Reason = 'none', Message, LogFile } = Status?.FailureDetails ?? {};
      return `${Reason}${Message ? ' message' : ''}${LogFile?.endsWith('stderr.gz') ? ' log' : ''}`;
    }),
  );
  expect(kinds).toEqual(new Set(['none', 'Unknown Error. log', 'Unknown Error. message log']));
});

test('cancelling stops a pending step at once and a running step after some seconds', async () => {
  const harness = await emrHarness();
  const ClusterId = await harness.upCluster({ StepConcurrencyLevel: 1 });
  const StepIds = await harness.add(ClusterId, [step('done', 10), step('running', 600), step('pending', 10)]);
  harness.minutes(1);
  const cancel = new CancelStepsCommand({ ClusterId, StepIds, StepCancellationOption: 'SEND_INTERRUPT' });
  const { CancelStepsInfoList = [] } = await harness.emr.send(cancel);
  expect(CancelStepsInfoList.map(({ Status }) => Status)).toEqual(['FAILED', 'SUBMITTED', 'SUBMITTED']);
  const states = async () =>
    (await harness.emr.send(new ListStepsCommand({ ClusterId }))).Steps?.map((s) => s.Status?.State);
  expect(await states()).toEqual(['CANCELLED', 'CANCEL_PENDING', 'COMPLETED']);
  harness.minutes(1);
  expect(await states()).toEqual(['CANCELLED', 'CANCELLED', 'COMPLETED']);
});

test('a failed step can cancel the pending steps after it', async () => {
  const harness = await emrHarness();
  const ClusterId = await harness.upCluster({ StepConcurrencyLevel: 1 });
  await harness.add(ClusterId, [step('a', -10, 'CANCEL_AND_WAIT'), step('b', 10), step('c', 10)]);
  harness.minutes(2);
  const { Steps = [] } = await harness.emr.send(new ListStepsCommand({ ClusterId }));
  expect(Steps.map(({ Status }) => Status?.State)).toEqual(['CANCELLED', 'CANCELLED', 'FAILED']);
  expect(Steps[0]?.Status?.Timeline?.StartDateTime).toBeUndefined();
});

test('the logs of a step are delivered after five to ten minutes', async () => {
  const harness = await emrHarness();
  const ClusterId = await harness.upCluster();
  await harness.add(ClusterId, [step('a', 30)]);
  harness.minutes(5);
  await harness.emr.send(new ListStepsCommand({ ClusterId }));
  expect(harness.delivered).toEqual([]);
  harness.minutes(6);
  await harness.emr.send(new ListStepsCommand({ ClusterId }));
  expect(harness.delivered.map(({ request }) => request.name)).toEqual(['a']);
});
