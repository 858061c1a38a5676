import { parse, View } from "vega";
import { compile, type TopLevelSpec } from "vega-lite";

/** A Vega-Lite chart without the look that all results share. */
export type Chart = TopLevelSpec;

/** Returns the SVG of a chart, in the look that all results share. */
export async function svgOf(chart: Chart): Promise<string> {
  const { spec } = compile({
    $schema: "https://vega.github.io/schema/vega-lite/v6.json",
    width: 560,
    height: 320,
    background: "white",
    config: {
      font: "sans-serif",
      axis: { grid: true, gridOpacity: 0.4 },
      legend: { title: null, labelLimit: 300 },
    },
    ...chart,
  });
  const view = new View(parse(spec), { renderer: "none" });
  return `${await view.toSVG()}\n`;
}
