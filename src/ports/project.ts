/** Our own repository (DAG, cluster configs, reports), notes and prices: types only. */
import type { Commit } from './repository.ts';

export interface DagFile {
  /** `yang_audit_load_test.py`, or `cluster_configs/{name}.json`. */
  readonly name: string;
  readonly bytes: Buffer;
}

export interface DagFolder {
  /**
   * The DAG file first, then those of the three cluster configs that are there.
   * @throws ToolError CONFIG without a DAG file
   */
  read(): Promise<readonly DagFile[]>;
  /** These files of the folder, by their paths in it. @throws ToolError CONFIG when one is missing. */
  readOthers(names: readonly string[]): Promise<readonly DagFile[]>;
  /** Replaces the DAG file's bytes atomically. @throws ToolError CONFLICT when they differ from `expected` */
  writeDag(bytes: Uint8Array, expected: Uint8Array): Promise<void>;
}

/** A folder on this machine that the program writes to. */
export interface LocalPlace {
  /** `STATE_DIR`. */
  readonly setting: string;
  readonly path: string;
}

export interface LocalPlaces {
  /** Makes and removes a temporary file in each place, or in the nearest folder above one that does not exist yet. */
  tryWriting(): Promise<readonly (LocalPlace & { readonly problem?: string })[]>;
}

/** `path` is relative to the report's directory. */
export interface ReportFile {
  readonly path: string;
  readonly text: string;
}

/** One of a report's three pages on disk. */
export interface ReportPage {
  readonly name: 'report.md' | 'report.html' | 'report.json';
  readonly sizeBytes: number;
  readonly modifiedMs: number;
}

export interface Reports {
  /** The pages of every report directory, newest round first; reads only names, sizes and times. */
  list(): Promise<readonly { directory: string; pages: readonly ReportPage[] }[]>;
  /** The text of a page that `list` returns; undefined for any other file, a link, and a page that is too long. */
  read(directory: string, name: string): Promise<string | undefined>;
  /**
   * Writes a report's directory under REPORTS_DIR, replacing an earlier build. What stands below `## Notes` of report.md survives; a
   * report.md that a person changed elsewhere is kept beside the new one. Returns the directory's path, and those of what was kept.
   */
  write(directory: string, files: readonly ReportFile[]): Promise<{ path: string; kept: readonly string[] }>;
  /** Rewrites README.md of REPORTS_DIR; a person's text survives as in report.md. */
  writeRecord(text: string): Promise<{ kept: readonly string[] }>;
  /** Adds files to a report's directory. Returns the path of the first. */
  add(directory: string, files: readonly ReportFile[]): Promise<string>;
  /** The report.json of every report directory, oldest round first; the caller skips invalid ones. */
  all(): Promise<readonly { directory: string; json: string }[]>;
  /** Commits report directories, the DAG file and the cluster configs; null when no repository contains them. */
  commit(directories: readonly string[], message: string, trailer: string): Promise<Commit | null>;
}

export interface Notes {
  /** Stores text that is too long for a result under STATE_DIR, or its lines. Returns its path. */
  write(name: string, text: string | Iterable<string>): Promise<string>;
}

export interface LogFiles {
  /** A log that the user names, or its end. @throws ToolError BAD_INPUT for anything but a readable log file */
  read(path: string): Promise<{ readonly text: string; readonly cut: boolean }>;
}

/** Hourly prices of instance types, from the user's PRICE_TABLE or the shipped example. */
export interface PriceTable {
  /** `USD`. */
  readonly currency: string;
  /** True for the table that this project ships: its prices are an example. */
  readonly isExample?: boolean;
  /** The date of the prices: `2025-12-01`. */
  readonly date: string;
  readonly perHour: Readonly<Record<string, HourlyPrice>>;
}

/** EMR's charge is added to the instance's price; a missing price is unknown. */
export interface HourlyPrice {
  readonly onDemand?: number | undefined;
  readonly spot?: number | undefined;
  readonly emr?: number | undefined;
}

export interface Prices {
  /** @throws ToolError CONFIG for a file that is not a price table */
  read(): Promise<PriceTable>;
}
