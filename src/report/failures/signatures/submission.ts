/** Nothing ran, or the driver could not begin: the step's arguments, its program, its packages, what it asks of YARN. */
import type { Signature } from './signature.ts';

export const unstarted: readonly Signature[] = [
  {
    id: 'submit-usage',
    title: 'spark-submit does not accept the arguments',
    kind: 'configuration',
    side: 'none',
    pattern:
      /^Error: (?:Unrecognized option|Missing application resource|Must specify a primary resource|Invalid argument|.{0,80} must be (?:positive|a positive number|between))|^Exception in thread "main" org\.apache\.spark\.SparkException: (?:Master must|Could not parse Master URL)/,
    advice: 'correct AuditStep.Args in the cluster config',
  },
  {
    id: 'runner-arguments',
    title: 'The runner does not accept its arguments',
    kind: 'configuration',
    side: 'driver',
    pattern:
      /^\S{1,200}: error: (?:unrecognized arguments|the following arguments are required|argument |invalid choice|ambiguous option|too few arguments)/m,
    advice: 'correct AuditStep.Args in the cluster config',
  },
  {
    id: 'unresolved-package',
    title: 'A package of --packages could not be fetched',
    kind: 'configuration',
    side: 'none',
    pattern:
      /\[(?:unresolved dependency|download failed): |^\s*::\s+(?:UNRESOLVED DEPENDENCIES|FAILED DOWNLOADS)/,
    advice:
      'correct the version in AuditStep.Args, open a way to the repository, or put the jar on the cluster',
  },
  {
    id: 'missing-program',
    title: 'The program of the step is not there',
    kind: 'configuration',
    side: 'none',
    pattern:
      /can't open file '.{1,400}No such file or directory|Error: (?:Failed to load class|Cannot load main class|No main class set|Could not find or load main class)|SparkSubmit\S{0,20}: Failed to load [\w$.]{1,200}\.$|Main Class not found|Failed to get main class in JAR/,
    advice: 'put the runner where AuditStep.Args says, or correct the path or the class',
  },
  {
    id: 'executor-above-yarn-maximum',
    title: 'Executor larger than YARN may give',
    kind: 'configuration',
    side: 'none',
    pattern: /Required (?:executor|AM) memory \(.{1,200} is above the max threshold/,
    remedy: {
      setting: 'spark.executor.memory plus overhead',
      to: 'below yarn.scheduler.maximum-allocation-mb',
    },
  },
  {
    id: 'resource-request',
    title: 'YARN refuses a container of this size',
    kind: 'configuration',
    side: 'none',
    pattern: /\bInvalidResourceRequestException\b/,
    remedy: {
      setting: 'cores and memory of the driver and of an executor',
      to: 'at most the maximum that the line names, or larger nodes',
    },
  },
  {
    id: 'catalog-class',
    title: 'The catalog’s class is missing or does not fit',
    kind: 'configuration',
    side: 'driver',
    pattern:
      /Cannot find catalog plugin class|Catalog '[^']{1,80}' plugin class not found|does not implement CatalogPlugin|\[CATALOG_NOT_FOUND\]|\bCatalogNotFoundException\b|Cannot initialize Catalog implementation|Cannot use org\.apache\.iceberg\.spark\.extensions\.\w+ to configure session extensions/,
    advice: 'set iceberg.enabled in iceberg-defaults, or add the runtime jar of the catalog with --packages',
  },
  {
    id: 'newer-java',
    title: 'A class needs a newer Java',
    kind: 'configuration',
    pattern: /\bUnsupportedClassVersionError: |Unsupported class file major version \d/,
    advice: 'build the jar for the Java of the cluster, or run the Java that the line names',
  },
  {
    id: 'version-mismatch',
    title: 'Jars of different versions',
    kind: 'configuration',
    pattern:
      /\b(?:NoSuchMethodError|NoSuchFieldError|IncompatibleClassChangeError|AbstractMethodError): |\bInvalidClassException: .{1,200}local class incompatible/,
    advice: 'use one version of the library that the line names, built for the Spark of the cluster',
  },
  {
    id: 'missing-package',
    title: 'Package or class missing',
    kind: 'configuration',
    pattern:
      /\b(?:ModuleNotFoundError|ImportError): |\b(?:ClassNotFoundException|NoClassDefFoundError): |\bFailed to find (?:the )?data source: |\[DATA_SOURCE_NOT_FOUND\]|is not a valid Spark SQL Data Source/,
    remedy: {
      setting: 'bootstrap actions, --packages, --jars or --py-files',
      to: 'with the package that the line names',
    },
  },
  {
    id: 'yarn-am-limit',
    title: 'YARN has no room for another application',
    kind: 'capacity',
    side: 'none',
    pattern: /Queue's AM resource limit exceeded/,
    remedy: {
      setting: 'yarn.scheduler.capacity.maximum-am-resource-percent',
      to: 'higher, or fewer steps at once',
    },
  },
];
