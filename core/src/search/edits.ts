import { findProblem } from "../architecture/check.js";
import { graphKey } from "../architecture/key.js";
import { liveInputs } from "../architecture/live.js";
import {
  graphInputs,
  operations,
  type AttentionGraph,
  type GraphNode,
  type Operation,
  type Reference,
} from "../architecture/schema.js";
import { arity } from "../architecture/shape.js";
import { simplifyGraph } from "../architecture/simplify.js";
import {
  describeUse,
  describeValue,
  readUse,
  replaceValue,
  usesOf,
  valuesBefore,
  writeUse,
  type Use,
} from "./uses.js";

/** A legal neighbour of a graph: simplified, and computing something else. */
export interface Edit {
  graph: AttentionGraph;
  description: string;
}

/** For each operation that can be put into a place of the path, the ways to do it. */
export type OperationEdits = ReadonlyMap<Operation, readonly Edit[]>;

/**
 * The ways to put another operation in the place of one node. The node keeps its arguments where
 * shapes allow; an argument is dropped or added where their number changes; only if nothing fits
 * is an argument replaced.
 */
export function changeOperation(parent: AttentionGraph, position: number): OperationEdits {
  const node = parent.nodes[position];
  if (!node) return new Map();
  const finish = finisher(parent, parent.nodes.length);
  const values = valuesBefore(parent, position);
  return byOperation((operation) => {
    if (operation === node.op) return [];
    const description = `${operation} in place of ${node.op} at node ${position}`;
    const edits = (choices: readonly Reference[][]) =>
      choices.flatMap((args) => {
        const nodes = parent.nodes.with(position, { op: operation, args });
        return finish({ ...parent, nodes }, description);
      });
    const kept = edits(keptArguments(node, operation, values));
    return kept.length > 0 ? kept : edits(newArguments(node, operation, values));
  });
}

/** The ways to put a new operation, at the place of the user, between a value and its use. */
export function insertOperation(
  parent: AttentionGraph,
  use: Use,
  maxNodes: number,
): OperationEdits {
  const position = use.node;
  const finish = finisher(parent, maxNodes);
  const value = readUse(parent, use);
  const room = replaceValue(parent, (reference) =>
    typeof reference === "number" && reference >= position ? reference + 1 : reference,
  );
  return byOperation((operation) =>
    withSecond(value, operation, valuesBefore(parent, position)).flatMap((args) => {
      const nodes = room.nodes.toSpliced(position, 0, { op: operation, args });
      const graph = writeUse({ ...room, nodes }, { ...use, node: position + 1 }, position);
      return finish(graph, `${operation} inserted at node ${position}`);
    }),
  );
}

/** The ways to take a node out and let what used it use one of its arguments. */
export function deleteOperation(parent: AttentionGraph): Edit[] {
  const finish = finisher(parent, parent.nodes.length);
  return parent.nodes.flatMap(({ op, args }, position) =>
    args.flatMap((argument) => {
      const shorter = replaceValue(parent, (value) => (value === position ? argument : value));
      return finish(shorter, `${op} at node ${position} taken out`);
    }),
  );
}

/** The ways to let one use read another of the graph's values. */
export function rewire(parent: AttentionGraph, use: Use): Edit[] {
  const finish = finisher(parent, parent.nodes.length);
  const before = describeValue(readUse(parent, use));
  return valuesBefore(parent, use.node).flatMap((value) => {
    const change = `${describeValue(value)} in place of ${before}`;
    return finish(writeUse(parent, use, value), `${describeUse(parent, use)} reads ${change}`);
  });
}

/**
 * The ways to change the set of inputs: one input in place of another, everywhere or at one use.
 * The set grows, shrinks or keeps its size, from 2 to 4.
 */
export function changeInputs(parent: AttentionGraph): Edit[] {
  const finish = finisher(parent, parent.nodes.length);
  const everywhere = parent.inputs.flatMap((input) =>
    graphInputs.flatMap((other) => {
      const renamed = replaceValue(parent, (value) => (value === input ? other : value));
      return finish(renamed, `${other} in place of ${input}`);
    }),
  );
  const inputUses = usesOf(parent).filter((use) => typeof readUse(parent, use) === "string");
  const once = inputUses.flatMap((use) =>
    graphInputs.flatMap((other) => {
      const change = `${other} in place of ${describeValue(readUse(parent, use))}`;
      return finish(writeUse(parent, use, other), `${describeUse(parent, use)} reads ${change}`);
    }),
  );
  const set = parent.inputs.join();
  return [...everywhere, ...once].filter(({ graph }) => graph.inputs.join() !== set);
}

/** Makes an edit of a changed graph; none if it is illegal, too long or computes the same. */
function finisher(parent: AttentionGraph, maxNodes: number) {
  const parentKey = graphKey(parent);
  return (changed: AttentionGraph, description: string): Edit[] => {
    const open = { ...changed, inputs: [...graphInputs] };
    const closed = { ...open, inputs: liveInputs(open) };
    if (findProblem(closed)) return [];
    const graph = simplifyGraph(closed);
    if (graph.nodes.length > maxNodes || graphKey(graph) === parentKey) return [];
    return [{ graph, description }];
  };
}

function byOperation(editsOf: (operation: Operation) => Edit[]): OperationEdits {
  const all = operations.map((operation) => [operation, editsOf(operation)] as const);
  return new Map(all.filter(([, edits]) => edits.length > 0));
}

/** The node's arguments as they are, or with one dropped or added as the operation needs. */
function keptArguments(node: GraphNode, operation: Operation, values: readonly Reference[]) {
  if (node.args.length === arity(operation)) return [node.args];
  if (arity(operation) === 1) return node.args.map((argument) => [argument]);
  return node.args.flatMap((argument) => withSecond(argument, operation, values));
}

/** Arguments of which at least one, if there are two, was the node's. */
function newArguments(node: GraphNode, operation: Operation, values: readonly Reference[]) {
  if (arity(operation) === 1) return values.map((value) => [value]);
  return node.args.flatMap((argument) => withSecond(argument, operation, values));
}

/** The value as the operation's only argument, or with every other value on either side. */
function withSecond(value: Reference, operation: Operation, values: readonly Reference[]) {
  if (arity(operation) === 1) return [[value]];
  return values.flatMap((other) => [
    [value, other],
    [other, value],
  ]);
}
