/** Builds the adapters from the settings. No other file builds an adapter. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createAccount } from './adapters/account.ts';
import { createAirflow } from './adapters/airflow.ts';
import { atomicWrite } from './adapters/atomicWrite.ts';
import { createAwsServices } from './adapters/awsClient.ts';
import { createClock } from './adapters/clock.ts';
import { createDagFolder } from './adapters/dagFolder.ts';
import { createClusters } from './adapters/emr.ts';
import { createInstances } from './adapters/emrInstances.ts';
import { emrQuota } from './adapters/emrQuota.ts';
import { createNotes } from './adapters/notes.ts';
import { createPrices } from './adapters/prices.ts';
import { createReports } from './adapters/reports.ts';
import { createObjectStore } from './adapters/s3.ts';
import { createStepLogs } from './adapters/stepLogs.ts';
import { createTargetRepository } from './adapters/targetRepository.ts';
import type { Ports } from './ports/ports.ts';
import type { LoadedSettings } from './settings.ts';
import { openJournal } from './state/journal.ts';
import { openBlobs, openSessions } from './state/store.ts';

export function compose({ settings, problems }: LoadedSettings): Ports {
  const { stateDir, bucket } = settings;
  const aws = createAwsServices(settings);
  const quota = emrQuota();
  const clock = createClock({ aws, bucket });
  return {
    settings,
    problems,
    hasEnvFile: existsSync(join(settings.home, '.env')),
    store: createObjectStore({ aws, settings, memoryDirectory: join(stateDir, 'uploads') }),
    clusters: createClusters({ aws, archiveDirectory: join(stateDir, 'clusters'), quota }),
    instances: createInstances({ aws, quota }),
    prices: createPrices(settings.priceTable),
    stepLogs: createStepLogs({ aws }),
    clock,
    account: createAccount({ aws }),
    target: createTargetRepository(settings),
    dags: createDagFolder(settings.dagFile),
    reports: createReports(settings),
    ...(settings.airflow === undefined ? {} : { airflow: createAirflow(settings.airflow) }),
    sessions: openSessions(openJournal(join(stateDir, 'journal')), clock.localMs),
    blobs: openBlobs(join(stateDir, 'objects'), atomicWrite),
    notes: createNotes(join(stateDir, 'reviews')),
  };
}
