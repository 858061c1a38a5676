import { nodeTerms, termKey, termOf } from "./canonical.js";
import {
  graphInputs,
  type Architecture,
  type AttentionGraph,
  type GraphNode,
  type Reference,
} from "./schema.js";

/**
 * Simplifies a legal architecture: removes dead nodes and values computed twice (neg of neg,
 * transpose of transpose, common sub-expressions), and sorts the arguments of add and the nodes. The
 * result is never longer and keeps the key; simplifying it again changes nothing.
 */
export function simplify(architecture: Architecture): Architecture {
  const layers = architecture.layers.map((layer) =>
    layer.kind === "attention" ? { ...layer, graph: simplifyGraph(layer.graph) } : layer,
  );
  return { version: 1, layers };
}

/** Simplifies one legal graph; its nodes are in the order of a depth-first walk from the output. */
export function simplifyGraph(graph: AttentionGraph): AttentionGraph {
  const terms = nodeTerms(graph);
  const keyOf = (reference: Reference) => termKey(termOf(reference, terms));

  const firstWith = new Map<string, Reference>();
  for (const reference of [...graphInputs, ...graph.nodes.keys()]) {
    if (!firstWith.has(keyOf(reference))) firstWith.set(keyOf(reference), reference);
  }

  const original = (reference: Reference) => firstWith.get(keyOf(reference)) ?? reference;

  const nodes: GraphNode[] = [];
  const placed = new Map<Reference, Reference>();
  const place = (reference: Reference): Reference => {
    const known = placed.get(reference);
    if (known !== undefined) return known;
    const node = typeof reference === "number" ? graph.nodes[reference] : undefined;
    let result = reference;
    if (node) {
      const args = node.args.map(original);
      const ordered = node.op === "add" ? sortedBy(args, keyOf) : args;
      result = nodes.push({ op: node.op, args: ordered.map(place) }) - 1;
    }
    placed.set(reference, result);
    return result;
  };
  const output = place(original(graph.output));
  return { inputs: graphInputs.filter((input) => placed.has(input)), nodes, output };
}

/** Sorts inputs first, in the order Q, K, V, P, then nodes by key. */
function sortedBy(args: readonly Reference[], keyOf: (reference: Reference) => string) {
  const rank = (reference: Reference) =>
    typeof reference === "string" ? graphInputs.indexOf(reference) : graphInputs.length;
  return [...args].sort((a, b) => rank(a) - rank(b) || (keyOf(a) < keyOf(b) ? -1 : 1));
}
