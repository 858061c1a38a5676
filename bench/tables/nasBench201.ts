/**
 * NAS-Bench-201 (Dong and Yang 2020): cells of 4 nodes, each of the 6 edges with one of 5 operations;
 * all 15,625 trained for 200 epochs on three datasets. Scores are mean test accuracies in percent, as
 * the benchmark's own API gave them to the authors of a public repository, who wrote them to a CSV.
 */
import { z } from "zod";
import { item } from "../common/items.ts";
import { parseCsv } from "./csv.ts";
import type { PublicFile } from "./publicFile.ts";
import { slotTable } from "./slotSpace.ts";
import type { Table } from "./table.ts";

/** The file of all cells, with the accuracies on three datasets. */
export const nasBench201File: PublicFile = {
  name: "nas-bench-201.csv",
  address:
    "https://raw.githubusercontent.com/v-tao/nats-bench-landscape/b307ae5fe6e8d7043cd4fe7d1c3532288271adb7/nats_bench.csv",
  sha256: "cb5d777ec3368be83c8f9b3aa4d520696051cb0eb8d94b8f85b519f9ea4afa3e",
};

/** The datasets by their names in the tables' names. */
export const datasets = {
  cifar10: { title: "CIFAR-10", column: "CIFAR10TestAccuracy200Epochs" },
  cifar100: { title: "CIFAR-100", column: "CIFAR100TestAccuracy200Epochs" },
  imagenet16: { title: "ImageNet16-120", column: "ImageNetTestAccuracy200Epochs" },
} as const;
export type Dataset = keyof typeof datasets;

const accuracy = z
  .string()
  .regex(/^\d+(\.\d+)?$/)
  .transform(Number)
  .pipe(z.number().max(100));

/**
 * Reads the table of one dataset from the file's content.
 * @throws ZodError or RangeError for content of another form
 */
export function nasBench201(content: string, dataset: Dataset): Table {
  const { title, column } = datasets[dataset];
  const rows = parseCsv(content).map((row) => ({
    cell: edgesOf(row["ArchitectureString"] ?? ""),
    score: accuracy.parse(row[column]),
  }));
  const edges = (rows[0]?.cell ?? []).map(({ edge }) => edge);
  const options = rows.map(({ cell, score }) => ({
    options: cell.map(({ operation }) => operation),
    score,
  }));
  return slotTable(`nas-bench-201-${dataset}`, `NAS-Bench-201, ${title}`, edges, options);
}

/** Returns the edges of a cell like "|none~0|+|none~0|skip_connect~1|": the operation of each. */
function edgesOf(architecture: string): { edge: string; operation: string }[] {
  return architecture.split("+").flatMap((node, index) => {
    const inputs = node.split("|").filter((part) => part !== "");
    return inputs.map((input) => {
      const [, operation, from] = /^(\w+)~(\d)$/.exec(input) ?? [];
      if (operation === undefined) throw new RangeError(`"${architecture}" is no cell.`);
      return { edge: `${item([from], 0)} to ${index + 1}`, operation };
    });
  });
}
