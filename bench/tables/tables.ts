import { z } from "zod";
import { note } from "../common/progress.ts";
import { nasBench201, nasBench201File, type Dataset } from "./nasBench201.ts";
import { nasBenchMacro, nasBenchMacroFile } from "./nasBenchMacro.ts";
import { contentOf, TableUnavailable } from "./publicFile.ts";
import { recordTable } from "./record.ts";
import type { Table } from "./table.ts";

/** The tables by name. Which of them settings may be tuned on is written in bench/README.md. */
export const tableNames = [
  "record",
  "nas-bench-macro",
  "nas-bench-201-cifar10",
  "nas-bench-201-cifar100",
  "nas-bench-201-imagenet16",
] as const;
export const tableName = z.enum(tableNames);
export type TableName = (typeof tableNames)[number];

/** Options of opening tables. */
export interface Opening {
  /** The file of the record of truth. */
  record: string;
  /** Downloads a public table that is not in the cache. */
  download: boolean;
}

/**
 * Opens a table.
 * @throws TableUnavailable if it is neither in the cache nor within reach
 */
export function openTable(name: TableName, { record, download }: Opening): Promise<Table> {
  const of201 = async (dataset: Dataset) =>
    nasBench201(await contentOf(nasBench201File, download), dataset);
  switch (name) {
    case "record":
      return recordTable(record);
    case "nas-bench-macro":
      return contentOf(nasBenchMacroFile, download).then(nasBenchMacro);
    case "nas-bench-201-cifar10":
      return of201("cifar10");
    case "nas-bench-201-cifar100":
      return of201("cifar100");
    case "nas-bench-201-imagenet16":
      return of201("imagenet16");
  }
}

/**
 * Opens tables, without those that are neither in the cache nor within reach: a note says where to
 * put their files.
 */
export async function openTables(names: readonly TableName[], opening: Opening): Promise<Table[]> {
  const tables: Table[] = [];
  for (const name of names) {
    try {
      tables.push(await openTable(name, opening));
    } catch (error) {
      if (!(error instanceof TableUnavailable)) throw error;
      note(`${name} is left out. ${error.message}`);
    }
  }
  return tables;
}
