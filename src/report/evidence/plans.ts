/** The query plans of an application: which nodes scan tables, and under which ids they count. */
import { cleanLine } from '../../domain/foreignText.ts';
import { listIn, number, text } from './json.ts';
import type { TableScan, TimeBound } from './model.ts';

/** A plan of a real check has some dozens of nodes. */
const mostNodes = 20_000;
/** Enough for every filter that a person can read. */
const mostText = 20_000;

const scanName = /^(?:BatchScan|Scan|FileScan)(?: |$)/;
const noTable = /^Scan (?:In-memory table|ExistingRDD|OneRowRelation)/;
const pythonName = /Python|Pandas|InArrow/;
const limitName = /^(?:Collect|Local|Global)Limit/;
/** Nodes that neither drop nor combine rows. */
const passesThrough =
  /^(?:Project|WholeStageCodegen|InputAdapter|ColumnarToRow|AdaptiveSparkPlan|ResultQueryStage)/;

interface ScanNode {
  readonly table: string;
  readonly filters: string;
  readonly rows: number;
  readonly ids: ReadonlyMap<string, number>;
  readonly limited: boolean;
  /** The id that counts the rows behind the window's Filter; undefined for a Filter that also has other conditions. */
  readonly kept: number | 'all' | undefined;
}

interface Above {
  readonly filter: { readonly condition: string; readonly rows: number | undefined } | undefined;
  readonly limited: boolean;
}

export interface Plans {
  /** A query's plan, at its start or as adaptive execution changed it. */
  add(execution: number, plan: unknown): void;
  /** The scans that ran, by the counters of tasks and driver. */
  scans(counted: ReadonlyMap<number, number>): TableScan[];
  /** Queries with a plan in which no table is scanned. */
  queriesWithoutScan(): number;
  /** Names of the nodes that run Python, and the ids under which they count. */
  readonly python: { readonly nodes: Set<string>; readonly ids: Set<number>; readonly timeIds: Set<number> };
}

/**
 * The same scan stands in each plan that adaptive execution makes of a query, and under every read of a cached table:
 * its counter tells them apart from a second scan of the same table.
 */
export function createPlans(): Plans {
  const scans = new Map<number, ScanNode>();
  const withScan = new Set<number>();
  const localOnly = new Set<number>();
  const python = { nodes: new Set<string>(), ids: new Set<number>(), timeIds: new Set<number>() };

  function visit(execution: number, node: unknown, above: Above): Above {
    const name = text(node, 'nodeName') ?? '';
    const details = (text(node, 'simpleString') ?? '').slice(0, mostText);
    const ids = metricIds(node);
    if (scanName.test(name) && !noTable.test(name)) {
      withScan.add(execution);
      const rows = ids.get('number of output rows');
      if (rows !== undefined) scans.set(rows, scanNode(name, details, rows, ids, above));
    }
    if (name.startsWith('LocalTableScan')) localOnly.add(execution);
    if (pythonName.test(name)) {
      python.nodes.add(cleanLine(name, 80));
      for (const [metric, id] of ids) {
        python.ids.add(id);
        if (metric === 'time to run Python workers') python.timeIds.add(id);
      }
    }
    if (limitName.test(name)) return { filter: undefined, limited: true };
    if (name.startsWith('Filter'))
      return { ...above, filter: { condition: details, rows: ids.get('number of output rows') } };
    return passesThrough.test(name) ? above : { filter: undefined, limited: false };
  }

  return {
    python,
    add(execution, plan) {
      const waiting: { node: unknown; above: Above }[] = [
        { node: plan, above: { filter: undefined, limited: false } },
      ];
      // A loop and a count: a hostile plan may be deeper than the stack.
      for (let seen = 0; seen < mostNodes; seen += 1) {
        const next = waiting.pop();
        if (next === undefined) return;
        const above = visit(execution, next.node, next.above);
        for (const child of listIn(next.node, 'children')) waiting.push({ node: child, above });
      }
    },
    scans: (counted) =>
      [...scans.values()]
        // Adaptive execution also lists scans that never run: nobody has counted anything there.
        .filter((scan) => [...scan.ids.values()].some((id) => counted.has(id)))
        .map((scan) => scanOf(scan, counted)),
    queriesWithoutScan: () => [...localOnly].filter((execution) => !withScan.has(execution)).length,
  };
}

function metricIds(node: unknown): Map<string, number> {
  const ids = new Map<string, number>();
  for (const metric of listIn(node, 'metrics')) {
    const name = text(metric, 'name');
    const id = number(metric, 'accumulatorId');
    if (name !== undefined && id !== undefined) ids.set(name, id);
  }
  return ids;
}

function scanNode(
  name: string,
  details: string,
  rows: number,
  ids: ReadonlyMap<string, number>,
  above: Above,
): ScanNode {
  const table = cleanLine(name.replace(/^(?:BatchScan|FileScan|Scan) ?/, ''), 200);
  return {
    table: table === '' ? 'unnamed' : table,
    filters: filtersOf(details),
    rows,
    ids,
    limited: above.limited,
    kept:
      above.filter === undefined ? 'all' : isWindow(above.filter.condition) ? above.filter.rows : undefined,
  };
}

/** What a BatchScan of Spark's second data source interface and a FileScan of its first say of their filters. */
function filtersOf(details: string): string {
  const batch = between(details, '[filters=', ', groupedBy=');
  if (batch !== undefined) return cleanLine(batch, 1000);
  const files = ['PartitionFilters: [', 'PushedFilters: [', 'DataFilters: [']
    .map((start) => between(details, start, ']'))
    .filter((part) => part !== undefined && part !== '');
  return cleanLine(files.slice(0, 2).join(', '), 1000);
}

function between(whole: string, start: string, end: string): string | undefined {
  const from = whole.indexOf(start);
  if (from < 0) return undefined;
  const until = whole.indexOf(end, from + start.length);
  return until < 0 ? undefined : whole.slice(from + start.length, until);
}

/**
 * True for a condition on one column alone that is compared with a time: its rows are those of the window. Spark fuses
 * the window with the check's own condition, and then its rows are the violations.
 */
function isWindow(condition: string): boolean {
  const columns = new Set([...condition.matchAll(/([A-Za-z_]\w{0,127})#\d/g)].map((match) => match[1]));
  return columns.size === 1 && /[<>]=? ?(?:DATE |TIMESTAMP )?'?\d{4}-\d\d-\d\d/.test(condition);
}

function scanOf(node: ScanNode, counted: ReadonlyMap<number, number>): TableScan {
  const value = (name: string) => {
    const id = node.ids.get(name);
    return id === undefined ? undefined : counted.get(id);
  };
  const output = counted.get(node.rows) ?? 0;
  const rows = output + (value('number of row deletes applied') ?? 0);
  return {
    table: node.table,
    filters: node.filters,
    key: `${node.table} [${withoutLiterals(node.filters)}]`,
    rows,
    rowsKept:
      node.kept === 'all' ? rows : node.kept === undefined ? undefined : (counted.get(node.kept) ?? 0),
    files: value('number of result data files') ?? value('number of files read'),
    skippedFiles: value('number of skipped data files'),
    fileBytes: value('total data file size (bytes)') ?? value('size of files read'),
    limited: node.limited,
    bounds: boundsOf(node.filters),
  };
}

function withoutLiterals(filters: string): string {
  return filters.replace(/'[^']*'/g, '?').replace(/(?<![\w#])-?\d[\d.:\-T ]*(?=[,)\]]|$)/g, '?');
}

const dayMs = 86_400_000;

/** Iceberg writes a timestamp as microseconds since 1970 and a date as days. */
function boundsOf(filters: string): TimeBound[] {
  return [...filters.matchAll(/([A-Za-z_][\w.]{0,127}) (>=?|<=?) (\d{1,17})(?=,|$)/g)].flatMap(
    ([, column = '', sign = '', literal = '']) => {
      const value = Number(literal);
      // 1980 to 2100, as days and as microseconds: no other number reads as a time.
      const isDays = value >= 3_652 && value <= 47_482 && literal.length === 5;
      const isMicros = value >= 315_532_800_000_000 && value <= 4_102_444_800_000_000;
      if (!isDays && !isMicros) return [];
      const side = sign.startsWith('>') ? ('from' as const) : ('until' as const);
      return [{ column, side, atMs: isDays ? value * dayMs : Math.floor(value / 1000) }];
    },
  );
}
