/** What the Spark demo shows at its end: rows, seconds and bottleneck of each check at each level. */

/** The fields of report.json that the table reads. */
export interface ReadReport {
  readonly load: number;
  readonly verdict: { readonly runtimeSeconds: number | null };
  readonly steps: readonly {
    readonly check: string;
    readonly state: string;
    readonly runSeconds: number | null;
    readonly evidence?: {
      readonly rowsRead: number;
      readonly bottleneck: { readonly kind: string } | null;
    };
  }[];
}

/** One row for each check; `again` is the repeated round of 8x. */
export function levelTable(levels: ReadonlyMap<number, ReadReport>, again: ReadReport): string {
  const columns: (readonly [title: string, report: ReadReport])[] = [
    ...[...levels].map(([load, report]) => [`${load}x`, report] as const),
    ['8x again', again],
  ];
  const checks = [...new Set(columns.flatMap(([, { steps }]) => steps.map(({ check }) => check)))].sort();
  const rows = checks.map((check) => [check, ...columns.map(([, report]) => cellOf(report, check))]);
  const total = ['all, in seconds', ...columns.map(([, { steps }]) => seconds(sumOf(steps)))];
  return markdownTable(
    ['Check: rows, seconds, bottleneck', ...columns.map(([title]) => title)],
    [...rows, total],
  );
}

function cellOf({ steps }: ReadReport, check: string): string {
  const step = steps.find((one) => one.check === check);
  if (step === undefined) return '–';
  const { evidence, state } = step;
  return [
    evidence === undefined ? 'no log' : millions(evidence.rowsRead),
    step.runSeconds === null ? '' : `${seconds(step.runSeconds)} s`,
    ...(state === 'COMPLETED' ? [] : [state.toLowerCase()]),
    ...(evidence?.bottleneck ? [evidence.bottleneck.kind] : []),
  ].join(', ');
}

const millions = (rows: number) => (rows === 0 ? '0' : `${(rows / 1e6).toFixed(1)} M`);
const seconds = (value: number) => value.toFixed(1);
const sumOf = (steps: ReadReport['steps']) =>
  steps.reduce((sum, { runSeconds }) => sum + (runSeconds ?? 0), 0);

function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
