import type { z } from "zod";
import { OpnasError } from "../errors.js";
import { liveInputs } from "./live.js";
import { architectureSchema, type Architecture, type AttentionGraph } from "./schema.js";
import { shapeOfReference, traceShapes } from "./shape.js";

/** A fault of a graph; `node` is the node's number, null for the graph as a whole. */
export interface GraphProblem {
  node: number | null;
  message: string;
}

/** The fewest inputs that a graph may use (docs/paper.md §1). */
export const minGraphInputs = 2;

/** Returns the first fault of a graph, or undefined if it is legal. */
export function findProblem(graph: AttentionGraph): GraphProblem | undefined {
  const traced = traceShapes(graph);
  if ("problem" in traced) return { node: traced.node, message: traced.problem };
  const output = shapeOfReference(graph.output, traced.shapes);
  if (output === undefined) {
    return { node: null, message: `the output refers to node ${graph.output}, which is not there` };
  }
  if (output !== "n×d") {
    return {
      node: typeof graph.output === "number" ? graph.output : null,
      message: `the output must be n×d, like the layer's input, not ${output}`,
    };
  }
  return findInputProblem(graph);
}

/**
 * Checks an architecture's form, references, arities and shapes. Nodes that do not reach the
 * output are legal and cost nothing; inputs must reach it.
 *
 * In messages layers are counted from 1, as papers do, and nodes carry their number in the JSON
 * (from 0), by which other nodes refer to them.
 *
 * @throws OpnasError BAD_ARCHITECTURE with a sentence that names the layer and the node
 */
export function checkArchitecture(value: unknown): Architecture {
  const parsed = architectureSchema.safeParse(value);
  if (!parsed.success) {
    throw new OpnasError("BAD_ARCHITECTURE", describeIssue(parsed.error), { cause: parsed.error });
  }
  for (const [index, layer] of parsed.data.layers.entries()) {
    if (layer.kind !== "attention") continue;
    const problem = findProblem(layer.graph);
    if (problem) {
      throw new OpnasError("BAD_ARCHITECTURE", describeProblem(index, layer.graph, problem));
    }
  }
  return parsed.data;
}

function findInputProblem(graph: AttentionGraph): GraphProblem | undefined {
  const listed = new Set(graph.inputs);
  const [repeated] = graph.inputs.filter((input, index) => graph.inputs.indexOf(input) !== index);
  if (repeated) return { node: null, message: `input ${repeated} is listed twice` };
  for (const [index, node] of graph.nodes.entries()) {
    for (const argument of node.args) {
      if (typeof argument === "string" && !listed.has(argument)) {
        return { node: index, message: `it uses ${argument}, which is not among the inputs` };
      }
    }
  }
  if (typeof graph.output === "string" && !listed.has(graph.output)) {
    return { node: null, message: `the output is ${graph.output}, which is not among the inputs` };
  }
  const live = liveInputs(graph);
  const idle = graph.inputs.find((input) => !live.includes(input));
  if (idle) return { node: null, message: `input ${idle} never reaches the output` };
  if (live.length < minGraphInputs) {
    return { node: null, message: `a graph uses 2 to 4 of Q, K, V and P, not ${live.length}` };
  }
  return undefined;
}

/** Describes the first issue that zod found, with its path as layer, node and field. */
function describeIssue(error: z.ZodError): string {
  const [issue] = error.issues;
  const path = issue?.path.map(String).join(".") ?? "";
  const parts = /^layers\.(\d+)\.?(?:graph\.(?:nodes\.(\d+)\.?)?)?(.*)$/.exec(path);
  const [, layer, node, field] = parts ?? [undefined, undefined, undefined, path];
  const place = [
    layer && `layer ${Number(layer) + 1}`,
    node && `node ${node}`,
    field && `field ${field}`,
  ];
  return sentence(place, issue?.message ?? "not an architecture");
}

function describeProblem(layer: number, graph: AttentionGraph, problem: GraphProblem): string {
  const operation = problem.node === null ? undefined : graph.nodes[problem.node]?.op;
  const node = operation && `node ${problem.node} (${operation})`;
  return sentence([`layer ${layer + 1}`, node], problem.message);
}

function sentence(place: readonly (string | undefined)[], message: string): string {
  const found = place.filter(Boolean).join(", ") || "architecture";
  return `${found.charAt(0).toUpperCase()}${found.slice(1)}: ${message}.`;
}
