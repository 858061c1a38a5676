import { type Architecture, architectureKey, architectureName } from "@opnas/core";
import { groupTitle, layerGroups, type LayerGroup } from "./layerGroups.js";
import { drawGraph } from "./svg/drawGraph.js";
import { element, text } from "./svg/element.js";

/** The name of the file with an architecture's drawing. */
export const svgFileName = "architecture.svg";

const margin = 24;
const titleHeight = 30;
const gap = 18;
const leastWidth = 420;

/** A drawing of a part: its size in pixels, and its content, whose top left corner is at 0, 0. */
interface Part {
  width: number;
  height: number;
  content: string;
}

/**
 * Draws an architecture as SVG, layers from top to bottom: of an attention layer the graph, from its
 * inputs to its output, and of a convolution the kernel's size. Layers that follow one another and
 * are equal are drawn once.
 * @param architecture a legal architecture (`checkArchitecture`)
 */
export function svgFile(architecture: Architecture): string {
  const name = architectureName(architectureKey(architecture));
  const parts = layerGroups(architecture).map(drawGroup);
  const inner = Math.max(leastWidth, ...parts.map(({ width }) => width));
  let top = margin + titleHeight;
  const panels: string[] = [];
  for (const { height, content } of parts) {
    const box = element("rect", { class: "panel", width: inner, height, rx: 10 });
    panels.push(
      element(
        "g",
        { transform: `translate(${margin.toString()} ${top.toString()})` },
        box,
        content,
      ),
    );
    top += height + gap;
  }
  const [width, height] = [inner + 2 * margin, top - gap + margin];
  const attributes = {
    xmlns: "http://www.w3.org/2000/svg",
    viewBox: `0 0 ${width.toString()} ${height.toString()}`,
    width,
    height,
    role: "img",
    "aria-label": `The backbone ${name}`,
  };
  const drawing = element(
    "svg",
    attributes,
    element("title", {}, text(`${name}: a backbone found by OP-NAS Platform`)),
    element("style", {}, style),
    arrowHead,
    element("rect", { class: "page", width, height }),
    element("text", { class: "name", x: margin, y: margin + 12 }, text(name)),
    ...panels,
  );
  return `<?xml version="1.0" encoding="UTF-8"?>\n${drawing}\n`;
}

function drawGroup(group: LayerGroup): Part {
  const title = element("text", { class: "title", x: 16, y: 25 }, text(groupTitle(group)));
  if (group.layer.kind === "conv") return { width: leastWidth, height: 40, content: title };
  const { width, height, content } = drawGraph(group.layer.graph);
  const place = element("g", { transform: "translate(10 44)" }, content);
  return { width: width + 20, height: height + 54, content: `${title}${place}` };
}

const arrowHead = element(
  "defs",
  {},
  element(
    "marker",
    {
      id: "arrow",
      viewBox: "0 0 8 8",
      refX: 7,
      refY: 4,
      markerWidth: 7,
      markerHeight: 7,
      orient: "auto",
    },
    element("path", { class: "head", d: "M0,0.5 8,4 0,7.5Z" }),
  ),
);

const style = `
text { font: 13px system-ui, sans-serif; fill: #1d2433; }
.name { font-size: 17px; font-weight: 600; }
.title { font-weight: 600; }
.shape { font-size: 10px; fill: #5d6678; }
.middle { text-anchor: middle; }
.page { fill: #ffffff; }
.panel { fill: #f6f7fa; stroke: #dde1ea; }
.node { fill: #ffffff; stroke: #8b95a9; }
.input { fill: #e4e8ff; stroke: #5b68d6; }
.output { stroke: #1d2433; stroke-width: 2; }
.edge { fill: none; stroke: #8b95a9; stroke-width: 1.4; }
.head { fill: #8b95a9; }
`;
