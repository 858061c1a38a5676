import {
  axesOf,
  type AttentionGraph,
  graphFormula,
  graphShapes,
  type GraphNode,
  liveInputs,
  liveNodes,
  OpnasError,
  type Reference,
  type Shape,
  shapeOfReference,
} from "@opnas/core";
import { type HelperName } from "./helpers.js";

/** The Python names of a graph's inputs. */
const inputNames = { Q: "query", K: "key", V: "value", P: "extra" } as const;

/** The most characters of an expression that is not given a name of its own. */
const longestInline = 36;

/** The most characters of the output's expression, which has a line of its own. */
const longestOutput = 70;

/** The most characters of a statement with the shape of its value on the same line. */
const longestLine = 90;

/** A class of the generated file and the helper functions that it calls. */
export interface PythonClass {
  source: string;
  helpers: ReadonlySet<HelperName>;
}

/**
 * Writes an attention layer's mixing as a class derived from nn.Module: projections of the inputs
 * that the graph lists, the graph per head, the heads joined. Its docstring is the formula.
 * @param graph a legal graph (`checkArchitecture`)
 */
export function attentionClass(name: string, graph: AttentionGraph): PythonClass {
  const writer = new GraphWriter(graph);
  const output = writer.expressionOf(graph.output).text;
  const inputs = graph.inputs.map((input) => inputNames[input]);
  const used = liveInputs(graph).map((input) => inputNames[input]);
  const lines = [
    `class ${name}(nn.Module):`,
    ...docstring(graphFormula(graph)),
    "",
    "    def __init__(self, config: OpnasConfig) -> None:",
    "        super().__init__()",
    "        self.heads = config.num_attention_heads",
    ...(writer.isScaled ? ["        self.head_size = config.hidden_size // self.heads"] : []),
    ...inputs.map(
      (input) => `        self.${input} = nn.Linear(config.hidden_size, config.hidden_size)`,
    ),
    "",
    "    def forward(self, hidden: Tensor, keep: Optional[Tensor] = None) -> Tensor:",
    '        """Mixes the tokens: hidden [b, n, hidden], keep [b, n] -> [b, n, hidden]."""',
    ...used.map(
      (input) =>
        `        ${input} = split_heads(self.${input}(hidden), self.heads)  # [b, h, n, d]`,
    ),
    ...writer.statements.map((statement) => `        ${statement}`),
    `        return join_heads(${output})`,
  ];
  return {
    source: lines.join("\n"),
    helpers: new Set([...writer.helpers, "split_heads", "join_heads"]),
  };
}

/** The most characters of a line of the docstring. */
const docstringWidth = 92;

/** Writes a formula in LaTeX as a raw docstring, broken at its spaces. */
function docstring(formula: string): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of formula.split(" ")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (line === "" || longer.length <= docstringWidth) line = longer;
    else {
      lines.push(line);
      line = word;
    }
  }
  lines.push(line);
  const [first = "", ...others] = lines;
  if (others.length === 0) return [`    r"""${first}"""`];
  return [`    r"""${first}`, ...others.map((each) => `    ${each}`), `    """`];
}

/** A Python expression; `atomic` if it needs no parentheses as an operand. */
interface Expression {
  text: string;
  atomic: boolean;
}

/** Writes the live nodes of a graph as statements and expressions. */
class GraphWriter {
  readonly statements: string[] = [];
  readonly helpers = new Set<HelperName>();
  /** True once an operation needs the size of a head. */
  isScaled = false;
  private readonly shapes: Shape[];
  private readonly uses: ReadonlyMap<Reference, number>;
  private readonly written = new Map<Reference, Expression>();
  private readonly names = new Map<string, number>();

  constructor(private readonly graph: AttentionGraph) {
    this.shapes = graphShapes(graph);
    this.uses = countUses(graph);
    for (const input of graph.inputs) this.written.set(input, atom(inputNames[input]));
    const live = liveNodes(graph);
    for (const [index, node] of graph.nodes.entries()) {
      if (live[index]) this.written.set(index, this.named(index, this.write(index, node)));
    }
  }

  expressionOf(reference: Reference): Expression {
    const found = this.written.get(reference);
    if (found === undefined) throw new OpnasError("INTERNAL", `There is no node ${reference}.`);
    return found;
  }

  /** Gives a name to an expression that is used several times or is long. */
  private named(index: number, expression: Expression): Expression {
    const isOutput = index === this.graph.output;
    const isShort = expression.text.length <= (isOutput ? longestOutput : longestInline);
    if (isShort && (this.uses.get(index) ?? 0) <= 1) return expression;
    const name = this.nameOf(index);
    const { rows, columns } = axesOf(this.shape(index));
    const [statement, shape] = [`${name} = ${expression.text}`, `# [b, h, ${rows}, ${columns}]`];
    const isShortLine = statement.length + shape.length <= longestLine;
    this.statements.push(...(isShortLine ? [`${statement}  ${shape}`] : [shape, statement]));
    return atom(name);
  }

  private nameOf(index: number): string {
    const { rows, columns } = axesOf(this.shape(index));
    const overTokens = rows === "n" && columns === "n";
    const isSoftmax = this.graph.nodes[index]?.op === "softmax";
    const base = overTokens ? (isSoftmax ? "weights" : "scores") : "features";
    const count = (this.names.get(base) ?? 0) + 1;
    this.names.set(base, count);
    return count === 1 ? base : `${base}_${count.toString()}`;
  }

  private write(index: number, { op, args }: GraphNode): Expression {
    const [first, second = first] = args;
    if (first === undefined || second === undefined) {
      throw new OpnasError("INTERNAL", `The operation ${op} has no argument.`);
    }
    const a = this.expressionOf(first);
    switch (op) {
      case "neg":
        return { text: `-${operand(a)}`, atomic: false };
      case "transpose":
        return atom(`${operand(a)}.transpose(-1, -2)`);
      case "scale":
        this.isScaled = true;
        return { text: `${operand(a)} / math.sqrt(self.head_size)`, atomic: false };
      case "softmax":
        return this.overTokens(index)
          ? this.call("softmax_over_tokens", a.text, "keep")
          : atom(`${operand(a)}.softmax(-1)`);
      case "logsigmoid":
        return atom(`F.logsigmoid(${a.text})`);
      case "softsign":
        return atom(`F.softsign(${a.text})`);
      case "add":
        return { text: `${operand(a)} + ${operand(this.expressionOf(second))}`, atomic: false };
      case "matmul":
        return this.product(first, second);
      case "cosine":
      case "euclidean":
        return this.comparison(op, first, second);
    }
  }

  /** Multiplies matrices; padded tokens are left out of a sum over tokens. */
  private product(first: Reference, second: Reference): Expression {
    const [a, b] = [this.expressionOf(first), this.expressionOf(second)];
    const isSumOverTokens = axesOf(this.shape(first)).columns === "n";
    // A softmax over the tokens is 0 at padding already.
    const isMasked = isSumOverTokens && !this.isNode(first, "softmax");
    const right = isMasked ? this.call("zero_rows", b.text, "keep") : b;
    return { text: `${operand(a)} @ ${operand(right)}`, atomic: false };
  }

  /** Compares the rows of two matrices; padded tokens are left out where the rows run along them. */
  private comparison(op: "cosine" | "euclidean", first: Reference, second: Reference): Expression {
    const isMasked = axesOf(this.shape(first)).columns === "n";
    const [a, b] = [first, second].map((reference) => {
      const { text } = this.expressionOf(reference);
      return isMasked ? this.call("zero_columns", text, "keep").text : text;
    });
    return this.call(
      op === "cosine" ? "cosine_similarity" : "euclidean_distance",
      a ?? "",
      b ?? "",
    );
  }

  private call(helper: HelperName, ...args: string[]): Expression {
    this.helpers.add(helper);
    return atom(`${helper}(${args.join(", ")})`);
  }

  private overTokens(reference: Reference): boolean {
    return axesOf(this.shape(reference)).columns === "n";
  }

  private isNode(reference: Reference, op: GraphNode["op"]): boolean {
    return typeof reference === "number" && this.graph.nodes[reference]?.op === op;
  }

  private shape(reference: Reference): Shape {
    const shape = shapeOfReference(reference, this.shapes);
    if (shape === undefined) throw new OpnasError("INTERNAL", `There is no node ${reference}.`);
    return shape;
  }
}

/** Counts how often live nodes and the output refer to each value. */
function countUses(graph: AttentionGraph): ReadonlyMap<Reference, number> {
  const live = liveNodes(graph);
  const references = graph.nodes.flatMap((node, index) => (live[index] ? node.args : []));
  const uses = new Map<Reference, number>();
  for (const reference of [...references, graph.output]) {
    uses.set(reference, (uses.get(reference) ?? 0) + 1);
  }
  return uses;
}

function atom(text: string): Expression {
  return { text, atomic: true };
}

function operand({ text, atomic }: Expression): string {
  return atomic ? text : `(${text})`;
}
