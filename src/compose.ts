/** Builds the adapters from the settings. No other file builds an adapter. */
import { dirname, join } from 'node:path';
import { createAirflow } from './adapters/airflow/airflow.ts';
import { createAccount, createClock } from './adapters/aws/account.ts';
import { createAwsServices } from './adapters/aws/awsClient.ts';
import { emrQuota, type RetryDelay } from './adapters/aws/limits.ts';
import { openDisk } from './adapters/disk/disk.ts';
import { existsNow } from './adapters/disk/now.ts';
import { createLocalPlaces } from './adapters/disk/places.ts';
import { createClusters, createInstances } from './adapters/emr/emr.ts';
import { createStepLogs } from './adapters/emr/stepLogs.ts';
import { createEventLogs } from './adapters/eventLogs/eventLogs.ts';
import { createDagFolder } from './adapters/files/dagFolder.ts';
import { createLogFiles } from './adapters/files/logFiles.ts';
import { createNotes } from './adapters/files/notes.ts';
import { createPrices } from './adapters/files/prices.ts';
import { createReports } from './adapters/files/reports.ts';
import { createTarget } from './adapters/git/targetRepository.ts';
import { createObjectStore } from './adapters/s3/s3.ts';
import type { WaitingClock } from './adapters/waiting.ts';
import type { Ports } from './ports/ports.ts';
import type { LoadedSettings } from './settings.ts';
import { openJournal } from './state/journal.ts';
import { openBlobs, openSessions } from './state/store.ts';

/** How the adapters wait for AWS. In tests it takes no real time. */
export interface AwsWaits {
  readonly quotaClock?: WaitingClock;
  readonly retryDelayMs?: RetryDelay;
}

export function compose({ settings, problems }: LoadedSettings, waits: AwsWaits = {}): Ports {
  const { stateDir, bucket } = settings;
  const state = openDisk(stateDir, 'STATE_DIR');
  const { target, lock } = createTarget(settings);
  const aws = createAwsServices(settings, waits);
  const quota = emrQuota(waits.quotaClock);
  const clock = createClock({ aws, bucket });
  return {
    settings,
    problems,
    hasEnvFile: existsNow(join(settings.home, '.env')),
    store: createObjectStore({ aws, settings, uploadMemory: state.below('uploads') }),
    clusters: createClusters({ aws, archive: state.below('clusters'), quota }),
    instances: createInstances({ aws, quota }),
    prices: createPrices(settings.priceTable),
    stepLogs: createStepLogs({ aws }),
    eventLogs: createEventLogs({ aws }),
    clock,
    account: createAccount({ aws }),
    target,
    dags: createDagFolder(settings.dagFile),
    reports: createReports(settings, lock),
    ...(settings.airflow === undefined ? {} : { airflow: createAirflow(settings.airflow) }),
    sessions: openSessions(openJournal(state.below('journal')), clock.localMs, () =>
      target.checkout().catch(() => undefined),
    ),
    blobs: openBlobs(state.below('objects')),
    notes: createNotes(state.below('reviews')),
    logFiles: createLogFiles(),
    localPlaces: createLocalPlaces(
      [
        { setting: 'TARGET_REPO', path: settings.targetRepo },
        { setting: 'DAG_FILE', path: settings.dagFile && dirname(settings.dagFile) },
        { setting: 'REPORTS_DIR', path: settings.reportsDir },
        { setting: 'STATE_DIR', path: stateDir },
      ].filter(({ path }) => path !== ''),
    ),
  };
}
