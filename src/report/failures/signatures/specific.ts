/**
 * Failures with a cause of their own: permissions, missing tables and columns, bad SQL, missing packages, commit
 * conflicts. `dependsOnLoad` marks those that a load can bring about.
 * Wording as in Spark's error-conditions.json (3.x also its older sentences), Hadoop's, Iceberg's and the AWS SDK's.
 */
import type { Signature } from './signature.ts';

export const specific: readonly Signature[] = [
  {
    id: 'lake-formation',
    title: 'Lake Formation permission missing',
    class: 'permission',
    pattern: /Insufficient Lake Formation permission/,
    remedy: { setting: 'Lake Formation grants of the cluster role', to: 'SELECT and DESCRIBE on the table' },
  },
  {
    id: 'expired-credentials',
    title: 'Credentials expired',
    class: 'permission',
    dependsOnLoad: true,
    pattern: /\bExpiredToken(?:Exception)?\b|The security token included in the request is expired/,
  },
  {
    id: 'kms-denied',
    title: 'KMS key may not be used',
    class: 'permission',
    pattern:
      /not authorized to perform: kms:|\bkms:Decrypt\b.{0,200}(?:denied|not authorized)|KMS\.(?:Disabled|NotFound)Exception/i,
    remedy: { setting: 'key policy of the KMS key', to: 'kms:Decrypt for the cluster role' },
  },
  {
    id: 'access-denied',
    title: 'Access denied',
    class: 'permission',
    pattern:
      /\bis not authorized to perform: [\w-]+:\w+|\bAccessDenied(?:Exception)?\b|Access Denied \(Service:|AccessControlException: Permission denied|Forbidden \(Service: [^)]{0,80}Status Code: 403/,
    remedy: { setting: 'IAM policy of the cluster role', to: 'the action and resource that the line names' },
  },
  {
    id: 'missing-table',
    title: 'Table or view not found',
    class: 'data',
    pattern:
      /\[TABLE_OR_VIEW_NOT_FOUND\]|\bTable or view not found\b|\bNoSuchTableException\b|\bTable not found: \S|EntityNotFoundException.{0,80}(?:Entity|Table)\b.{0,80}not found|Entity Not Found \(Service: (?:AWS)?Glue/i,
    remedy: { setting: 'its query or table', to: 'a table that the catalog has', ofQuery: true },
  },
  {
    id: 'missing-schema',
    title: 'Database or catalog not found',
    class: 'data',
    pattern:
      /\[SCHEMA_NOT_FOUND\]|\bNoSuchDatabaseException\b|\bNoSuchNamespaceException\b|\bCatalogNotFoundException\b|Catalog '[^']{1,80}' plugin class not found/,
    remedy: { setting: 'its query or table', to: 'a database that the catalog has', ofQuery: true },
  },
  {
    id: 'missing-column',
    title: 'Column not found',
    class: 'data',
    pattern:
      /\[UNRESOLVED_COLUMN[.\]]|\[MISSING_ATTRIBUTES\b|cannot resolve ['`"].{1,400} given input columns|Cannot find field ['`"]?\w/,
    remedy: { setting: 'its query or table', to: 'a column that the table has', ofQuery: true },
  },
  {
    id: 'sql-syntax',
    title: 'SQL does not parse',
    class: 'code',
    pattern: /\[PARSE_SYNTAX_ERROR\]|\bParseException: \S|mismatched input '.{0,80}' expecting/,
    remedy: { setting: 'its query or table', to: 'SQL that parses', ofQuery: true },
  },
  {
    id: 'missing-function',
    title: 'SQL function not found',
    class: 'code',
    pattern: /\[UNRESOLVED_ROUTINE\]|Undefined function: '/,
    remedy: { setting: 'its query or table', to: 'a function that Spark has', ofQuery: true },
  },
  {
    id: 'type-mismatch',
    title: 'Types do not fit',
    class: 'data',
    pattern: /\[DATATYPE_MISMATCH\b|\bdata type mismatch: |\[INCOMPATIBLE_COLUMN_TYPE\]/,
    remedy: { setting: 'its query or table', to: 'types that fit', ofQuery: true },
  },
  {
    id: 'bad-value',
    title: 'A value cannot be cast or computed',
    class: 'data',
    dependsOnLoad: true,
    pattern:
      /\[(?:CAST_INVALID_INPUT|CAST_OVERFLOW|DIVIDE_BY_ZERO|ARITHMETIC_OVERFLOW|CANNOT_PARSE_TIMESTAMP|INVALID_ARRAY_INDEX)\b/,
    remedy: {
      setting: 'its query or table',
      to: 'a value that can be computed, or try_cast',
      ofQuery: true,
    },
  },
  {
    id: 'missing-package',
    title: 'Package or class missing',
    class: 'configuration',
    pattern:
      /\bModuleNotFoundError: |\bImportError: |\b(?:ClassNotFoundException|NoClassDefFoundError): |\bFailed to find (?:the )?data source: |\bNoSuchMethodError: /,
    remedy: {
      setting: 'bootstrap actions, --packages, --jars or --py-files',
      to: 'with the package that the line names',
    },
  },
  {
    id: 'missing-path',
    title: 'Path not found',
    class: 'data',
    dependsOnLoad: true,
    pattern:
      /\[PATH_NOT_FOUND\]|\bPath does not exist: |\bNoSuchKey(?:Exception)?\b|FileNotFoundException: (?:No such file or directory|File does not exist):? /,
  },
  {
    id: 'no-such-bucket',
    title: 'Bucket not found',
    class: 'configuration',
    pattern: /\bNoSuchBucket(?:Exception)?\b|The specified bucket does not exist/,
  },
  {
    id: 'iceberg-commit-conflict',
    title: 'Iceberg commit conflict',
    class: 'data',
    dependsOnLoad: true,
    pattern:
      /iceberg\.exceptions\.CommitFailedException\b|\bCommitFailedException: (?:Cannot commit|Requirement failed|Base metadata location)|ValidationException: Found (?:new )?conflicting (?:delete )?files/,
    remedy: { setting: 'commit.retry.num-retries of the table', to: 'higher, or one writer at a time' },
  },
  {
    id: 'executor-above-yarn-maximum',
    title: 'Executor larger than YARN may give',
    class: 'configuration',
    pattern: /Required (?:executor|AM) memory \(.{1,200} is above the max threshold/,
    remedy: {
      setting: 'spark.executor.memory plus overhead',
      to: 'below yarn.scheduler.maximum-allocation-mb',
    },
  },
];
