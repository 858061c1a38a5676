import { liveNodes } from "./live.js";
import type { AttentionGraph, GraphNode, Layer, Reference } from "./schema.js";

/** Longest LaTeX, in characters, of a shared sub-expression without a name of its own. */
const longestRepeated = 60;

/** Writes a layer in LaTeX: the graph's formula, or \operatorname{Conv}_{k}. */
export function layerFormula(layer: Layer): string {
  return layer.kind === "attention"
    ? graphFormula(layer.graph)
    : `\\operatorname{Conv}_{${layer.kernelSize}}`;
}

/**
 * Writes a legal graph in LaTeX, e.g. \operatorname{softmax}\left(\frac{Q K^{\top}}{\sqrt{d}}\right) V.
 * Shared sub-expressions are written out; a long one is named Z_1, Z_2, … and defined first, in an
 * aligned block, so that the length stays in proportion to the graph.
 */
export function graphFormula(graph: AttentionGraph): string {
  const uses = countUses(graph);
  const live = liveNodes(graph);
  const expressions: Expression[] = [];
  const definitions: string[] = [];
  const expressionOf = (reference: Reference): Expression =>
    (typeof reference === "number" ? expressions[reference] : undefined) ?? atom(String(reference));

  for (const [index, node] of graph.nodes.entries()) {
    const expression = write(node, node.args.map(expressionOf));
    const repeated = live[index] && (uses.get(index) ?? 0) > 1;
    if (repeated && expression.latex.length > longestRepeated) {
      const name = `Z_{${definitions.length + 1}}`;
      definitions.push(`${name} &= ${expression.latex}`);
      expressions.push(atom(name));
    } else {
      expressions.push(expression);
    }
  }
  const output = expressionOf(graph.output).latex;
  if (definitions.length === 0) return output;
  return `\\begin{aligned} ${[...definitions, `& ${output}`].join(" \\\\ ")} \\end{aligned}`;
}

/** Binding strength of expressions: a weaker one needs parentheses within a stronger one. */
const strength = { sum: 0, product: 1, factor: 2, atom: 3 } as const;

interface Expression {
  latex: string;
  strength: number;
  /** True if it begins with a minus sign. */
  signed?: boolean;
}

function write({ op }: GraphNode, [a = atom(""), b = atom("")]: readonly Expression[]): Expression {
  switch (op) {
    case "add": {
      const second = b.signed ? `- ${b.latex.slice(1)}` : `+ ${b.latex}`;
      return { ...a, latex: `${a.latex} ${second}`, strength: strength.sum };
    }
    case "matmul": {
      // A (B C) keeps its parentheses: it costs something else than A B C.
      const latex = `${enclosed(a, strength.product)} ${enclosed(b, strength.factor)}`;
      return { latex, strength: strength.product };
    }
    case "neg":
      return { latex: `-${enclosed(a, strength.product)}`, strength: strength.sum, signed: true };
    case "transpose":
      return { latex: `${enclosed(a, strength.atom)}^{\\top}`, strength: strength.factor };
    case "scale":
      return { latex: `\\frac{${a.latex}}{\\sqrt{d}}`, strength: strength.factor };
    case "cosine":
      return call("cos", `${a.latex},\\, ${b.latex}`);
    case "euclidean":
      return call("dist", `${a.latex},\\, ${b.latex}`);
    case "logsigmoid":
      return call("logsig", a.latex);
    default:
      return call(op, a.latex);
  }
}

function enclosed(expression: Expression, least: number): string {
  return expression.strength >= least ? expression.latex : parenthesised(expression.latex);
}

function parenthesised(latex: string): string {
  return `\\left(${latex}\\right)`;
}

function call(name: string, latex: string): Expression {
  return { latex: `\\operatorname{${name}}${parenthesised(latex)}`, strength: strength.factor };
}

function atom(latex: string): Expression {
  return { latex, strength: strength.atom };
}

function countUses(graph: AttentionGraph): Map<Reference, number> {
  const live = liveNodes(graph);
  const references = graph.nodes.flatMap((node, index) => (live[index] ? node.args : []));
  const uses = new Map<Reference, number>();
  for (const reference of [...references, graph.output]) {
    uses.set(reference, (uses.get(reference) ?? 0) + 1);
  }
  return uses;
}
