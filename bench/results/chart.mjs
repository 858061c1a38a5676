import { parse, View } from "vega";
import { compile } from "vega-lite";

/** The SVG of a Vega-Lite chart, in the look that all results share. */
export async function svgOf(spec) {
  const { spec: vega } = compile({
    $schema: "https://vega.github.io/schema/vega-lite/v6.json",
    width: 560,
    height: 320,
    background: "white",
    config: {
      font: "sans-serif",
      axis: { grid: true, gridOpacity: 0.4 },
      legend: { title: null, labelLimit: 300 },
    },
    ...spec,
  });
  const view = new View(parse(vega), { renderer: "none" });
  return `${await view.toSVG()}\n`;
}
