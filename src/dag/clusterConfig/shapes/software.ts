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

const strings: Kind = { listOf: 'string' };
/** EMR's API requires numbers and booleans as strings here; the AWS clients refuse other types. */
const stringMap: Kind = { mapOf: 'string' };

export const configurationShape: Shape = shape<Configuration>(
  {
    Classification: 'string',
    Properties: stringMap,
    // A getter, because configurations nest.
    get Configurations(): Kind {
      return { listOf: configurationShape };
    },
  },
  'Classification',
);

export const applicationShape = shape<Application>(
  { Name: 'string', Version: 'string', Args: strings, AdditionalInfo: stringMap },
  'Name',
);

export const productShape = shape<SupportedProductConfig>({ Name: 'string', Args: strings });

export const bootstrapShape = shape<BootstrapActionConfig>(
  {
    Name: 'string',
    ScriptBootstrapAction: shape<ScriptBootstrapActionConfig>({ Path: 'string', Args: strings }, 'Path'),
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
    Properties: { listOf: shape<KeyValue>({ Key: 'string', Value: 'string' }) },
    Jar: 'string',
    MainClass: 'string',
    Args: strings,
  },
  'Jar',
);

export const stepShape = shape<StepConfig>(
  {
    Name: 'string',
    ActionOnFailure: { oneOf: actionsOnFailure },
    HadoopJarStep: jarShape,
    StepMonitoringConfiguration: shape<StepMonitoringConfiguration>({
      S3MonitoringConfiguration: shape<S3MonitoringConfiguration>({
        LogUri: 'string',
        EncryptionKeyArn: 'string',
      }),
    }),
  },
  'Name',
  'HadoopJarStep',
);

/** Our own field: the DAG removes it from the request. */
export const stepTemplateShape: Shape = {
  fields: { Jar: 'string', Args: strings, HourlyArgs: strings },
  required: [],
};
