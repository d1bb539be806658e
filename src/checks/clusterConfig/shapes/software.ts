/** What is installed and run on the cluster. */
import type {
  ActionOnFailure,
  Application,
  BootstrapActionConfig,
  Configuration,
  HadoopJarStepConfig,
  KeyValue,
  S3MonitoringConfiguration,
  ScriptBootstrapActionConfig,
  StepConfig,
  StepMonitoringConfiguration,
  SupportedProductConfig,
} from '@aws-sdk/client-emr';
import { type Kind, type Shape, shape } from './kind.ts';

const texts: Kind = { listOf: 'text' };
/** Values are texts in EMR's API, numbers and flags included; the AWS clients refuse any other kind. */
const textMap: Kind = { mapOf: 'text' };

export const configurationShape: Shape = shape<Configuration>(
  {
    Classification: 'text',
    Properties: textMap,
    // A getter, because a configuration holds configurations.
    get Configurations(): Kind {
      return { listOf: configurationShape };
    },
  },
  'Classification',
);

export const applicationShape = shape<Application>(
  { Name: 'text', Version: 'text', Args: texts, AdditionalInfo: textMap },
  'Name',
);

export const productShape = shape<SupportedProductConfig>({ Name: 'text', Args: texts });

export const bootstrapShape = shape<BootstrapActionConfig>(
  {
    Name: 'text',
    ScriptBootstrapAction: shape<ScriptBootstrapActionConfig>({ Path: 'text', Args: texts }, 'Path'),
  },
  'Name',
  'ScriptBootstrapAction',
);

const actionsOnFailure: ActionOnFailure[] = [
  'CONTINUE',
  'CANCEL_AND_WAIT',
  'TERMINATE_CLUSTER',
  'TERMINATE_JOB_FLOW',
];

const jarShape = shape<HadoopJarStepConfig>(
  {
    Properties: { listOf: shape<KeyValue>({ Key: 'text', Value: 'text' }) },
    Jar: 'text',
    MainClass: 'text',
    Args: texts,
  },
  'Jar',
);

export const stepShape = shape<StepConfig>(
  {
    Name: 'text',
    ActionOnFailure: { oneOf: actionsOnFailure },
    HadoopJarStep: jarShape,
    StepMonitoringConfiguration: shape<StepMonitoringConfiguration>({
      S3MonitoringConfiguration: shape<S3MonitoringConfiguration>({
        LogUri: 'text',
        EncryptionKeyArn: 'text',
      }),
    }),
  },
  'Name',
  'HadoopJarStep',
);

/** Ours, not EMR's: the DAG takes it out of the request. */
export const stepTemplateShape: Shape = {
  fields: { Jar: 'text', Args: texts, HourlyArgs: texts },
  needs: [],
};
