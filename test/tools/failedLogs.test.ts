/** From logs in S3 to the report: the driver in a container of its own, and in the step's own process. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { type FailureText, failureTexts } from '../../bench/failureTexts.ts';
import { bucketName } from '../../sandbox/world/environment.ts';
import type { Report } from '../../src/report/model/model.ts';
import { type Harness, openRound, prepareWorld, reportJson, toolHarness } from './toolHarness.ts';

prepareWorld();

const cases = failureTexts('cases');
/** What spark-submit says of a driver elsewhere: nothing. */
const submitter = cases.find(({ beside }) => beside !== undefined)?.beside ?? '';
const drivers = cases.filter(({ text }) => text.includes('ApplicationMaster: ApplicationAttemptId'));

test.each([
  ['cluster, which stands in spark-defaults alone', '', drivers.slice(0, 8)],
  ['client', '"--deploy-mode", "client", ', drivers.slice(8, 16)],
] as const)(
  'with deploy mode %s the line that ended the step is quoted, with its log',
  async (_, words, texts) => {
    const harness = await toolHarness();
    setDeployMode(harness, words);
    await openRound(harness, { load: '2x', scope: 'schedule' });
    const byStep = failWith(harness, harness.trigger(), { isClient: words !== '', texts });
    await harness.call('pollCluster', { waitSeconds: 0 });
    const { structure, text } = await harness.call('buildReport');
    const report: Report = reportJson(structure);

    expect(report.steps).toHaveLength(texts.length);
    for (const { id, failure } of report.steps) {
      const one = byStep.get(id);
      expect(failure, one?.id).toMatchObject({
        log: 'log',
        logUri: expect.stringMatching(
          words === '' ? /_000001\/std(?:err|out)\.gz$/ : /\/steps\/s-\w+\/std(?:err|out)\.gz$/,
        ),
        cause: { side: expect.stringMatching(new RegExp(`^(?:${one?.side.join('|')})$`)) },
      });
      expect(one?.causes, one?.id).toContain(failure?.cause?.signature);
      expect(failure?.cause?.line, one?.id).toContain(one?.ends);
      // The number of the line is that of the file which is named.
      const key = failure?.logUri?.slice(`s3://${bucketName}/`.length) ?? '';
      expect(logAt(harness, key).split('\n')[(failure?.cause?.lineNumber ?? 0) - 1]).toContain(one?.ends);
    }
    for (const { cause, text: quoted, log, checksTotal } of structure.failures) {
      expect(text).toContain(`${cause} (`);
      expect(text).toContain(quoted);
      expect(text).toContain(log);
      expect(checksTotal).toBe(1);
    }
  },
);

function setDeployMode({ project }: Harness, words: string): void {
  const path = join(project, 'dags/cluster_configs/yang_audit_load_test_cluster_15m.json');
  writeFileSync(path, readFileSync(path, 'utf8').replace(/"--deploy-mode",\s*"cluster",\s*/, words));
}

/** Lets the run end, and every step fail with a text of its own. */
function failWith(
  { aws, minutes }: Harness,
  clusterId: string,
  { isClient, texts }: { readonly isClient: boolean; readonly texts: readonly FailureText[] },
): Map<string, FailureText> {
  minutes(200);
  aws.simulation.advance();
  const byStep = new Map<string, FailureText>();
  for (const [index, step] of (aws.simulation.clusters.get(clusterId)?.steps ?? []).entries()) {
    const one = texts[index];
    if (one === undefined) continue;
    step.state = 'FAILED';
    byStep.set(step.id, one);
    const application = step.applicationId ?? '';
    const keys = aws.s3.buckets.keys(bucketName, '').filter((key) => key.includes(clusterId));
    const put = (place: string, text: string) => {
      const key = keys.find((known) => known.endsWith(place));
      if (key === undefined) throw new Error(`no log ${place}`);
      aws.s3.buckets.put(bucketName, key, gzipSync(text));
    };
    const [stderr, stdout] = apart(one.text);
    const container = `${application.replace('application', 'container')}_01_000001`;
    put(
      `steps/${step.id}/stderr.gz`,
      isClient ? stderr : submitter.replaceAll(/application_\d+_\d+/g, application),
    );
    put(`steps/${step.id}/stdout.gz`, isClient ? stdout : '');
    if (isClient) continue;
    put(`${container}/stderr.gz`, stderr);
    put(`${container}/stdout.gz`, stdout);
  }
  return byStep;
}

/** Spark logs to stderr; what Python prints goes to stdout. */
function apart(text: string): [stderr: string, stdout: string] {
  const lines = text.split('\n');
  const from = lines.findIndex((line) => line.startsWith('Traceback'));
  const to = lines.findIndex(
    (line, index) => index > from && / (?:ERROR|INFO) ApplicationMaster: /.test(line),
  );
  if (from < 0) return [text, ''];
  return [[...lines.slice(0, from), ...lines.slice(to)].join('\n'), lines.slice(from, to).join('\n')];
}

function logAt({ aws }: Harness, key: string): string {
  return gunzip(aws.s3.buckets.get(bucketName, key));
}

function gunzip(bytes: Uint8Array | undefined): string {
  return bytes === undefined ? '' : gunzipSync(bytes).toString('utf8');
}
