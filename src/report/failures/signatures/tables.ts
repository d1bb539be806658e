/**
 * Permissions, queries, tables and the files under them. Wording as in Spark's error-conditions.json (3.x also its older
 * sentences), Hadoop's, Iceberg's, Hudi's, Delta's, Parquet's and the AWS SDK's.
 */
import type { Signature } from './signature.ts';

const oneWriter = 'let one writer at a time commit to that table, or retry in the runner';
const unchanged = 'no load or cluster changes it';

export const tables: readonly Signature[] = [
  {
    id: 'lake-formation',
    title: 'Lake Formation permission missing',
    kind: 'permission',
    pattern:
      /Insufficient Lake Formation permission|lakeformation\.model\.AccessDenied|Service: (?:AWS)?LakeFormation\b/,
    remedy: { setting: 'Lake Formation grants of the cluster role', to: 'SELECT and DESCRIBE on the table' },
  },
  {
    id: 'expired-credentials',
    title: 'Credentials expired',
    kind: 'permission',
    dependsOnLoad: true,
    pattern:
      /\bExpiredToken(?:Exception)?\b|The (?:security token included in the request is|provided token has) expired/,
  },
  {
    id: 'kms-denied',
    title: 'KMS key may not be used',
    kind: 'permission',
    pattern:
      /not authorized to perform: kms:|\bkms:Decrypt\b.{0,200}(?:denied|not authorized)|KMS\.(?:Disabled|NotFound)Exception/i,
    remedy: { setting: 'key policy of the KMS key', to: 'kms:Decrypt for the cluster role' },
  },
  {
    id: 'access-denied',
    title: 'Access denied',
    kind: 'permission',
    pattern:
      /\bis not authorized to perform: [\w-]+:\w+|\bAccessDenied(?:Exception)?\b|Access Denied \(Service:|AccessControlException: Permission denied|Forbidden \(Service: [^)]{0,80}Status Code: 403/,
    remedy: { setting: 'IAM policy of the cluster role', to: 'the action and resource that the line names' },
  },
  {
    id: 'missing-table',
    title: 'Table or view not found',
    kind: 'data',
    pattern:
      /\[TABLE_OR_VIEW_NOT_FOUND\]|\bTable or view not found\b|\bNoSuchTableException\b|\bTable not found: \S|EntityNotFoundException.{0,80}(?:Entity|Table)\b.{0,80}not found|Entity Not Found \(Service: (?:AWS)?Glue/i,
    remedy: { setting: 'its query or table', to: 'a table that the catalog has', ofQuery: true },
  },
  {
    id: 'missing-schema',
    title: 'Database not found',
    kind: 'data',
    pattern: /\[SCHEMA_NOT_FOUND\]|\bNoSuchDatabaseException\b|\bNoSuchNamespaceException\b/,
    remedy: { setting: 'its query or table', to: 'a database that the catalog has', ofQuery: true },
  },
  {
    id: 'missing-column',
    title: 'Column not found',
    kind: 'data',
    pattern:
      /\[UNRESOLVED_COLUMN[.\]]|\[MISSING_ATTRIBUTES\b|cannot resolve ['`"].{1,400} given input columns|Cannot find field ['`"]?\w|AnalysisException: Column \S{1,200} does not exist/,
    remedy: { setting: 'its query or table', to: 'a column that the table has', ofQuery: true },
  },
  {
    id: 'sql-syntax',
    title: 'SQL does not parse',
    kind: 'code',
    pattern: /\[PARSE_SYNTAX_ERROR\]|\bParseException: \S|mismatched input '.{0,80}' expecting/,
    remedy: { setting: 'its query or table', to: 'SQL that parses', ofQuery: true },
  },
  {
    id: 'missing-function',
    title: 'SQL function not found',
    kind: 'code',
    pattern: /\[UNRESOLVED_ROUTINE\]|Undefined function: '/,
    remedy: { setting: 'its query or table', to: 'a function that Spark has', ofQuery: true },
  },
  {
    id: 'type-mismatch',
    title: 'Types do not fit',
    kind: 'data',
    pattern: /\[DATATYPE_MISMATCH\b|\bdata type mismatch: |\[INCOMPATIBLE_COLUMN_TYPE\]/,
    remedy: { setting: 'its query or table', to: 'types that fit', ofQuery: true },
  },
  {
    id: 'bad-value',
    title: 'A value cannot be cast or computed',
    kind: 'data',
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
    id: 'no-such-bucket',
    title: 'Bucket not found',
    kind: 'configuration',
    pattern: /\bNoSuchBucket(?:Exception)?\b|The specified bucket does not exist/,
  },
  {
    id: 'metadata-file-missing',
    title: 'A metadata file of the Iceberg table is gone',
    kind: 'data',
    pattern:
      /NotFoundException: .{0,400}(?:\.metadata\.json|\/metadata\/\S{1,200}\.avro)|Metadata file for version \d+ is missing/,
    advice: `look at what deletes files of that table, and at its pointer in the catalog; ${unchanged}`,
  },
  {
    id: 'data-file-missing',
    title: 'A data file that the table names is gone',
    kind: 'data',
    pattern:
      /iceberg\.exceptions\.NotFoundException: |NotFoundException: (?:Failed to open input stream for file|Location does not exist)/,
    advice: `look at the maintenance of that table (expired snapshots, deleted files); ${unchanged}`,
  },
  {
    id: 'snapshot-missing',
    title: 'The snapshot is no longer in the table',
    kind: 'data',
    dependsOnLoad: true,
    pattern:
      /Cannot find (?:a )?snapshot\b|\bsnapshot was expired or removed|\bNoSuchSnapshotException\b|Snapshot not found|because "snapshot" is null/i,
    advice: 'keep snapshots longer than the interval of the check, or read a newer one',
  },
  {
    id: 'commit-state-unknown',
    title: 'Nobody knows whether the commit succeeded',
    kind: 'infrastructure',
    dependsOnLoad: true,
    pattern: /\bCommitStateUnknownException\b/,
    advice: 'look at the table’s history before anything writes again: the rows may be there already',
  },
  {
    id: 'glue-concurrent-modification',
    title: 'Two writers changed one Glue table',
    kind: 'data',
    dependsOnLoad: true,
    pattern: /glue\S{0,40}\.ConcurrentModificationException\b|Error Code: ConcurrentModificationException/i,
    advice: oneWriter,
  },
  {
    id: 'iceberg-commit-conflict',
    title: 'Iceberg commit conflict',
    kind: 'data',
    dependsOnLoad: true,
    pattern:
      /\bCommitFailedException\b|ValidationException: (?:Found (?:new )?conflicting |Cannot commit, found new |Missing required files to delete)/,
    remedy: { setting: 'commit.retry.num-retries of the table', to: 'higher, or one writer at a time' },
  },
  {
    id: 'iceberg-validation',
    title: 'Iceberg refuses the operation',
    kind: 'data',
    dependsOnLoad: true,
    pattern: /iceberg\.exceptions\.ValidationException\b/,
    advice: 'read the line: the table is not in the state that the operation needs',
  },
  {
    id: 'hudi-conflict',
    title: 'Two writers of one Hudi table overlapped',
    kind: 'data',
    dependsOnLoad: true,
    pattern: /\bHoodieWriteConflictException\b|Cannot resolve conflicts for overlapping writes/,
    advice: oneWriter,
  },
  {
    id: 'delta-conflict',
    title: 'Two writers of one Delta table overlapped',
    kind: 'data',
    dependsOnLoad: true,
    pattern:
      /\b(?:Concurrent(?:Append|DeleteRead|DeleteDelete|Transaction|Write)|MetadataChanged|ProtocolChanged)Exception\b|\[DELTA_CONCURRENT_\w+/,
    advice: oneWriter,
  },
  {
    id: 'not-parquet',
    title: 'A file of the table is damaged or no Parquet file',
    kind: 'data',
    pattern: /is not a Parquet file\b|\bexpected magic number at tail/i,
    advice: `look at that file and at what wrote it; ${unchanged}`,
  },
  {
    id: 'parquet-conversion',
    title: 'A Parquet column has another type than the table',
    kind: 'data',
    pattern:
      /Parquet column cannot be converted|\bSchemaColumnConvertNotSupportedException\b|\[FAILED_READ_FILE\.PARQUET_COLUMN_DATA_TYPE_MISMATCH\]/,
    advice: `read the file with the type that it has, or write it again; ${unchanged}`,
  },
  {
    id: 'missing-path',
    title: 'Path not found',
    kind: 'data',
    dependsOnLoad: true,
    pattern:
      /\[PATH_NOT_FOUND\]|\bPath does not exist: |\bNoSuchKey(?:Exception)?\b|FileNotFound(?:Exception|Error): (?:\[Errno 2\] )?(?:No such file or directory|File does not exist|File \S+ does not exist)/,
  },
];
