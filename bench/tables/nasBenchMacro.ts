/**
 * NAS-Bench-Macro (Su et al. 2021, "Prioritized Architecture Sampling with Monto-Carlo Tree Search"):
 * 8 layers, each the identity or one of two MobileNetV2 blocks; all 6,561 networks trained on CIFAR-10
 * three times. Scores are mean test accuracies in percent.
 */
import { z } from "zod";
import { item } from "../common/items.ts";
import type { PublicFile } from "./publicFile.ts";
import { slotTable } from "./slotSpace.ts";
import type { Table } from "./table.ts";

/** The file of all networks. */
export const nasBenchMacroFile: PublicFile = {
  name: "nas-bench-macro.json",
  address:
    "https://raw.githubusercontent.com/xiusu/NAS-Bench-Macro/61a2bfc2ca0dce04d0997e6cf498047c27d6acf2/data/nas-bench-macro_cifar10.json",
  sha256: "686dee8363cc21cca8c1f321ad5749454f2d9b9ca5972682e137e539bc522297",
};

const accuracy = z.number().min(0).max(100);
const networks = z.record(
  z.string().regex(/^[012]+$/),
  z.object({ test_acc: z.array(accuracy).min(1), mean_acc: accuracy }),
);
const blocks = ["identity", "MB3 K3", "MB6 K5"];

/**
 * Reads the table from its file's content.
 * @throws ZodError or RangeError for content of another form
 */
export function nasBenchMacro(content: string): Table {
  const rows = Object.entries(networks.parse(JSON.parse(content))).map(([code, network]) => ({
    options: Array.from(code, (digit) => item(blocks, Number(digit))),
    score: network.mean_acc,
    runs: network.test_acc,
  }));
  const slots = (rows[0]?.options ?? []).map((_, layer) => `layer ${layer + 1}`);
  return slotTable("nas-bench-macro", "NAS-Bench-Macro, CIFAR-10", slots, rows);
}
