/**
 * The plots of docs/results from what the benches wrote.
 *
 *   node bench/results/plots.mjs --out docs/results [--record FILE.json.gz]
 *     [--strategies FILE.json] [--biws FILE.json]
 *
 * What the plots there were drawn from lies beside them (.json.gz), and can be given as it is.
 */
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { parseArgs } from "node:util";
import { gunzipSync } from "node:zlib";
import { readRecord } from "../record/file.mjs";
import { svgOf } from "./chart.mjs";
import { biwsChart, recordChart } from "./scatter.mjs";
import { strategiesChart } from "./strategies.mjs";

const { values: options } = parseArgs({
  options: {
    out: { type: "string", default: "docs/results" },
    record: { type: "string" },
    strategies: { type: "string" },
    biws: { type: "string" },
  },
});
const readJson = async (file) => {
  const bytes = await readFile(file);
  return JSON.parse(file.endsWith(".gz") ? gunzipSync(bytes) : bytes);
};

const charts = {
  record: options.record && recordChart(await readRecord(options.record, {})),
  strategies: options.strategies && strategiesChart(await readJson(options.strategies)),
  biws: options.biws && biwsChart(await readJson(options.biws)),
};
for (const [name, chart] of Object.entries(charts)) {
  if (chart) await writeFile(path.join(options.out, `${name}.svg`), await svgOf(chart));
}
