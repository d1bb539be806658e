import * as z from 'zod';
import { findingLine, lintClusterConfigs } from '../checks/clusterConfig/files.ts';
import { runnerPlaceholder } from '../checks/clusterConfig/stepTemplate.ts';
import { dagIdOf, readConstant, readLoad } from '../checks/dagSource.ts';
import { ruleFor } from '../checks/schedules.ts';
import { ToolError } from '../errors.ts';
import type { DagFile, Ports } from '../ports.ts';
import { count, textOf } from './text.ts';
import { defineTool, result, type ToolCall } from './tool.ts';

type Wanted = Pick<
  Ports,
  'settings' | 'problems' | 'hasEnvFile' | 'target' | 'account' | 'store' | 'dags' | 'airflow'
>;

interface Check {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
  readonly fix?: string;
}

export const checkSetup = defineTool({
  name: 'checkSetup',
  title: 'Check the set-up',
  description:
    'Checks everything a load test needs, and says how to mend what is missing: settings, target repository and branch, checks path, git identity, AWS identity, region, bucket, production source, DAG file, cluster configs. Changes nothing. Call it before the first load test, and when something fails for a reason of the set-up.',
  effect: 'read',
  idempotent: true,
  openWorld: true,
  needsNoSettings: true,
  input: z.strictObject({}),
  output: z.object({
    ...result,
    ok: z.boolean(),
    checks: z.array(
      z.object({ name: z.string(), ok: z.boolean(), detail: z.string(), fix: z.string().optional() }),
    ),
  }),
  async run(_, ports: Wanted, call) {
    const settings = settingsCheck(ports);
    const found = [settings, ...(await Promise.all(probes(ports, call))).flat()];
    const checks = found.map((check) => setWhere(check, ports.settings.place));
    const wrong = checks.filter((check) => !check.ok);
    return {
      summary:
        wrong.length === 0
          ? 'Everything is in place.'
          : `${wrong.length === 1 ? 'One thing' : `${wrong.length} things`} to mend: ${wrong.map((check) => check.name).join(', ')}.`,
      nextSteps:
        wrong.length === 0
          ? ['scaleConfigs with load 2x starts the first test; showSession tells where a test stands.']
          : ['The person follows the fixes; then checkSetup again.'],
      ok: wrong.length === 0,
      checks,
    };
  },
  render: (output) =>
    textOf(output, {
      ok: () => [],
      checks: (rows) =>
        rows.flatMap((row) => [
          `  ${row.ok ? '✓' : '✗'} ${row.name}: ${row.detail}`,
          ...(row.fix === undefined ? [] : [`      fix: ${row.fix}`]),
        ]),
    }),
});

/** What adapters say of a setting sends the person to `.env`. */
function setWhere({ fix, ...check }: Check, place: string): Check {
  return fix === undefined ? check : { ...check, fix: fix.replaceAll(/(?<= in )\.env\b/g, place) };
}

function settingsCheck({ problems, settings, hasEnvFile }: Wanted): Check {
  const from = hasEnvFile
    ? `read from ${settings.home}/.env`
    : settings.place === '.env'
      ? `from the environment; no .env in ${settings.home}`
      : `from ${settings.place}`;
  if (problems.length === 0)
    return {
      name: 'settings',
      ok: true,
      detail: `complete (${from}); APPROVAL=${settings.approval}`,
    };
  return {
    name: 'settings',
    ok: false,
    detail: problems.map(({ name, problem }) => `${name} ${problem}`).join('; '),
    fix: problems.map(({ fix }) => fix).join(' '),
  };
}

function probes(ports: Wanted, call: ToolCall): Promise<Check[]>[] {
  const { settings, target, account, store, dags } = ports;
  return [
    probe('target repository', settings.targetRepo, async () => {
      const { branch, files, baseCommit } = await target.snapshot({ forWriting: false }, call);
      const onBranch = branch === settings.testBranch;
      const checks = files.filter(
        ({ path }) => ruleFor(path)?.fromProduction === undefined && ruleFor(path),
      ).length;
      return [
        {
          name: 'target repository',
          ok: true,
          detail: `${settings.targetRepo}, baseline ${baseCommit.slice(0, 12)} (${settings.baselineRef})`,
        },
        {
          name: 'branch',
          ok: onBranch,
          detail: onBranch ? branch : `${branch}, not ${settings.testBranch}`,
          ...(onBranch
            ? {}
            : {
                fix: `git -C ${settings.targetRepo} checkout ${settings.testBranch} (with -b the first time)`,
              }),
        },
        {
          name: 'checks path',
          ok: checks > 0,
          detail: `${count(checks, 'check file')} under ${settings.checksPath}`,
          ...(checks > 0
            ? {}
            : { fix: `Point CHECKS_PATH in ${settings.place} at the folder of the check files.` }),
        },
      ];
    }),
    probe('git identity', settings.targetRepo, async () => [
      { name: 'git identity', ok: true, detail: await target.identity() },
    ]),
    probe('AWS identity', 'x', async () => {
      const { arn } = await account.identity();
      return [{ name: 'AWS identity', ok: true, detail: arn }];
    }),
    probe('region', 'x', async () => [{ name: 'region', ok: true, detail: await account.region() }]),
    probe('bucket', settings.bucket, async () => {
      await account.bucketAnswers(settings.bucket);
      return [{ name: 'bucket', ok: true, detail: `s3://${settings.bucket} answers` }];
    }),
    probe('production source', settings.prodHourlyChecks, async () => {
      const { objects } = await store.listUri(`${settings.prodHourlyChecks}/`, call);
      const metrics = objects.filter((object) => ruleFor(object.key)?.fromProduction).length;
      return [
        {
          name: 'production source',
          ok: metrics > 0,
          detail: `${count(metrics, 'table-metrics object')} under ${settings.prodHourlyChecks}`,
          ...(metrics > 0
            ? {}
            : {
                fix: `Point PROD_HOURLY_CHECKS in ${settings.place} at the prefix that holds the *_table_metrics.yml.`,
              }),
        },
      ];
    }),
    probe('DAG file', settings.dagFile, async () => {
      const [dag, ...configs] = await dags.read();
      const source = dag?.bytes.toString('utf8') ?? '';
      const load = readLoad(source, dag?.name ?? 'The DAG file');
      const bucket = readConstant(source, 'S3_BUCKET');
      const same = bucket === undefined || settings.bucket === '' || bucket === settings.bucket;
      return [
        {
          name: 'DAG file',
          ok: same,
          detail: same
            ? `${settings.dagFile}, LOAD = ${load}`
            : `${settings.dagFile} reads bucket ${bucket}, not ${settings.bucket}`,
          ...(same ? {} : { fix: `Make S3_BUCKET in ${settings.place} and in the DAG file the same.` }),
        },
        clusterConfigCheck(configs),
      ];
    }),
    ...airflowProbe(ports, call),
  ];
}

/** Only where somebody set AIRFLOW_URL: without it the person triggers by hand, and nothing is missing. */
function airflowProbe({ airflow, dags }: Wanted, call: ToolCall): Promise<Check[]>[] {
  if (airflow === undefined) return [];
  return [
    probe('Airflow', airflow.url, async () => {
      const [dag] = await dags.read();
      const dagId = dagIdOf(dag?.name ?? '', '15m');
      const found = await airflow.dag(dagId, call);
      const detail =
        found === undefined ? `answers, and knows no ${dagId} yet` : `answers, and knows ${dagId}`;
      return [{ name: 'Airflow', ok: true, detail: `${airflow.url} ${detail}` }];
    }),
  ];
}

/** One look; a foreseen failure is its answer. A setting that is missing was told already. */
async function probe(name: string, setting: string, look: () => Promise<Check[]>): Promise<Check[]> {
  if (setting === '') return [{ name, ok: false, detail: 'not looked at: its setting is missing' }];
  try {
    return await look();
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    return [{ name, ok: false, detail: error.message, fix: error.next }];
  }
}

function clusterConfigCheck(configs: readonly DagFile[]): Check {
  const findings = lintClusterConfigs(configs);
  const withoutRunner = configs.some(({ bytes }) => bytes.includes(runnerPlaceholder));
  const ok = !withoutRunner && findings.every((finding) => finding.severity === 'warn');
  const lines = findings.slice(0, 6).map(findingLine);
  const files = count(configs.length, 'file');
  return {
    name: 'cluster configs',
    ok,
    detail: lines.length === 0 ? files : `${files}; ${lines.join('. ')}`,
    ...(ok
      ? {}
      : {
          fix: withoutRunner
            ? `In cluster_configs beside the DAG file, put the S3 path of your audit runner in the place of ${runnerPlaceholder}.`
            : 'Mend the files in cluster_configs beside the DAG file.',
        }),
  };
}
