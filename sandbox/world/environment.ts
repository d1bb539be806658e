/** The settings that point a server at the sandbox and keep it from your own AWS account and Airflow. */
import { devNull } from 'node:os';
import { join } from 'node:path';
import { checksPath } from '../sample/targetRepository.ts';
import { region } from '../wire/sts.ts';
import { exampleKey } from '../wire/verify.ts';

export const bucketName = 'klaviyo-data-platform-orchestration-v1';
export const dagsPrefix = 'dags/datalake/audit_loadtest';
export const productionPrefix = 'checks/configs/prod/hourly';

export function serverEnvironment(places: {
  readonly endpoint: string;
  readonly targetRepo: string;
  /** The repository that contains the reports. */
  readonly project: string;
  readonly dagFile?: string | undefined;
}): Record<string, string> {
  const { endpoint, targetRepo, project, dagFile } = places;
  return {
    TARGET_REPO: targetRepo,
    CHECKS_PATH: checksPath,
    S3_BUCKET: bucketName,
    PROD_HOURLY_CHECKS: `s3://${bucketName}/${productionPrefix}`,
    TEST_BRANCH: 'audit_checks_load_testing',
    BASELINE_REF: 'main',
    CONFIGS_PREFIX: 'checks_load_test/configs',
    RESULTS_PREFIX: 'checks_load_test/results',
    DAGS_PREFIX: dagsPrefix,
    REPORTS_DIR: join(project, 'reports'),
    STATE_DIR: join(project, '.audit-load-test'),
    APPROVAL: 'ask',
    PRICE_TABLE: '',
    ...(dagFile === undefined ? {} : { DAG_FILE: dagFile }),
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: exampleKey.accessKeyId,
    AWS_SECRET_ACCESS_KEY: exampleKey.secretAccessKey,
    AWS_EC2_METADATA_DISABLED: 'true',
    // Your own profile, endpoints and Airflow must not be used.
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
    AWS_PROFILE: '',
    AWS_SESSION_TOKEN: '',
    AWS_ENDPOINT_URL_S3: '',
    AWS_ENDPOINT_URL_EMR: '',
    AWS_ENDPOINT_URL_STS: '',
    AIRFLOW_URL: '',
  };
}
