import { type Architecture, architectureKey, architectureName, layerFormula } from "@opnas/core";
import { groupTitle, layerGroups } from "./layerGroups.js";

/** The name of the file with an architecture's formulas. */
export const latexFileName = "architecture.tex";

/**
 * Writes a LaTeX document with the formula of each layer's mixing, layers that follow one another
 * and are equal once, and the definitions of the operations that have no name in LaTeX.
 * @param architecture a legal architecture (`checkArchitecture`)
 */
export function latexFile(architecture: Architecture): string {
  const sections = layerGroups(architecture).map((group) =>
    [`\\paragraph{${groupTitle(group)}}`, "\\[", layerFormula(group.layer), "\\]"].join("\n"),
  );
  return `${[heading(architecture), ...sections, definitions, "\\end{document}"].join("\n\n")}\n`;
}

function heading(architecture: Architecture): string {
  const name = architectureName(architectureKey(architecture));
  return `% Formulas of a backbone found by OP-NAS Platform.
\\documentclass{article}
\\usepackage[utf8]{inputenc}
\\usepackage[a3paper,landscape,margin=2cm]{geometry}
\\usepackage{amsmath}
\\begin{document}
\\section*{${name}}

Each head has the inputs $Q$, $K$, $V$ and $P$, linear maps of the layer's input $X$ with $n$ rows, one
for each token, and $d$ columns. With $M$ for the mixing below, its heads side by side, a layer is
$X \\leftarrow \\operatorname{norm}(X + M W + b)$, then
$X \\leftarrow \\operatorname{norm}(X + \\operatorname{FFN}(X))$.`;
}

const definitions = String.raw`\paragraph{Operations}
Element by element, $\operatorname{logsig}(x) = \log \frac{1}{1 + e^{-x}}$ and
$\operatorname{softsign}(x) = \frac{x}{1 + |x|}$. Of rows $a_i$ and $b_j$,
$\operatorname{cos}(A, B)_{ij} = \frac{a_i \cdot b_j}{|a_i| |b_j|}$ and
$\operatorname{dist}(A, B)_{ij} = |a_i - b_j|$. A softmax is over the last axis. $\operatorname{Conv}_{k}$
is a gated linear unit, then a convolution along the tokens, whose kernel of $k$ tokens the channels of a
head share.`;
