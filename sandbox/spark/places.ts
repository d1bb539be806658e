/** Where Java, PySpark, Iceberg and the demo's tables are: a folder of their own, which `npm run spark:install` fills. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export interface SparkPlaces {
  readonly python: string;
  /** JAVA_HOME. */
  readonly java: string;
  /** Iceberg's jar for Spark. */
  readonly iceberg: string;
  /** The warehouse of the demo's tables. */
  readonly tables: string;
  readonly driverFile: string;
}

/** The event that the tables' last row precedes: current_timestamp of the demo's checks. */
export const tablesEnd = '2026-02-01 00:00:00';

/** `AUDIT_SPARK`, or a folder in the user's cache. */
function sparkFolder(): string {
  return process.env.AUDIT_SPARK || join(homedir(), '.cache', 'audit-load-test', 'spark');
}

type ChosenEngine = { readonly spark?: SparkPlaces } | { readonly problem: string };

/**
 * Reads `--engine`, and has the tables ready for Spark.
 * @param home the project: it contains sandbox/spark
 * @param print takes the progress of what happens only once
 */
export async function chooseEngine(
  args: readonly string[],
  home: string,
  print: (line: string) => void,
): Promise<ChosenEngine> {
  const at = args.indexOf('--engine');
  const engine = at < 0 ? 'simulated' : args[at + 1];
  const unknown = args.find((_, index) => at < 0 || (index !== at && index !== at + 1));
  if (unknown !== undefined)
    return {
      problem: `There is no option ${unknown}, only --engine simulated, the default, or --engine spark.`,
    };
  if (engine === 'simulated') return {};
  if (engine !== 'spark') return { problem: '--engine is simulated, the default, or spark.' };
  const folder = sparkFolder();
  if (!existsSync(join(folder, 'installed')))
    return {
      problem: `The Spark engine needs Java, PySpark and Iceberg, and ${folder} does not have them. Install them there, 700 MB, with: npm run spark:install (AUDIT_SPARK names another folder). Without --engine spark, seconds are simulated, and nothing has to be installed.`,
    };
  const spark = placesIn(folder, home);
  await prepareTables(spark, home, print);
  return { spark };
}

function placesIn(folder: string, home: string): SparkPlaces {
  return {
    python: join(folder, 'python', 'bin', 'python'),
    java: join(folder, 'java'),
    iceberg: join(folder, 'iceberg.jar'),
    tables: join(folder, 'tables'),
    driverFile: join(home, 'sandbox', 'spark', 'driver.py'),
  };
}

/** Generates the tables unless they are there. @param print takes one line for each day */
async function prepareTables(
  places: SparkPlaces,
  home: string,
  print: (line: string) => void,
): Promise<void> {
  if (existsSync(join(places.tables, 'complete'))) return;
  print(`Generating the tables once, in ${places.tables}:`);
  const child = spawn(places.python, [join(home, 'sandbox', 'spark', 'table.py'), places.tables], {
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      JAVA_HOME: places.java,
      PYSPARK_PYTHON: places.python,
      PYSPARK_SUBMIT_ARGS: `--driver-memory 1g --driver-class-path ${places.iceberg} pyspark-shell`,
      SPARK_LOCAL_IP: '127.0.0.1',
      TZ: 'UTC',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors = (errors + text).slice(-4000);
  });
  createInterface({ input: child.stdout }).on('line', (line) => print(`  ${line}`));
  const code = await new Promise<number | null>((resolve) => {
    child.once('error', () => resolve(null));
    child.once('close', resolve);
  });
  if (code !== 0) throw new Error(`The tables could not be generated in ${places.tables}:\n${errors}`);
}
