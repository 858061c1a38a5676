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
  describeOperand,
  describeReference,
  readOperand,
  mapReferences,
  operandsOf,
  valuesBefore,
  writeOperand,
  type Operand,
} from "./operands.js";

/** A legal neighbour of a graph: simplified, and with another key. */
export interface Edit {
  graph: AttentionGraph;
  description: string;
}

/** The edits that put each operation into one place of a path; operations without any are absent. */
export type OperationEdits = ReadonlyMap<Operation, readonly Edit[]>;

/**
 * Lists the edits that put another operation in the place of one node. The node keeps its arguments
 * where shapes allow; an argument is dropped or added where their number changes; only if nothing
 * fits is an argument replaced.
 */
export function changeOperation(parent: AttentionGraph, position: number): OperationEdits {
  const node = parent.nodes[position];
  if (!node) return new Map();
  const editOf = editMaker(parent, parent.nodes.length);
  const values = valuesBefore(parent, position);
  return byOperation((operation) => {
    if (operation === node.op) return [];
    const description = `${operation} in place of ${node.op} at node ${position}`;
    const edits = (choices: readonly Reference[][]) =>
      choices.flatMap((args) => {
        const nodes = parent.nodes.with(position, { op: operation, args });
        return editOf({ ...parent, nodes }, description);
      });
    const kept = edits(keptArguments(node, operation, values));
    return kept.length > 0 ? kept : edits(newArguments(node, operation, values));
  });
}

/**
 * Lists the edits that put a new operation between an operand and the value it refers to. The new
 * node takes the position of the operand's node, which moves by one.
 */
export function insertOperation(
  parent: AttentionGraph,
  operand: Operand,
  maxNodes: number,
): OperationEdits {
  const position = operand.node;
  const editOf = editMaker(parent, maxNodes);
  const value = readOperand(parent, operand);
  const shifted = mapReferences(parent, (reference) =>
    typeof reference === "number" && reference >= position ? reference + 1 : reference,
  );
  return byOperation((operation) =>
    withSecond(value, operation, valuesBefore(parent, position)).flatMap((args) => {
      const nodes = shifted.nodes.toSpliced(position, 0, { op: operation, args });
      const graph = writeOperand(
        { ...shifted, nodes },
        { ...operand, node: position + 1 },
        position,
      );
      return editOf(graph, `${operation} inserted at node ${position}`);
    }),
  );
}

/** Lists the edits that remove a node and let its users refer to one of its arguments. */
export function deleteOperation(parent: AttentionGraph): Edit[] {
  const editOf = editMaker(parent, parent.nodes.length);
  return parent.nodes.flatMap(({ op, args }, position) =>
    args.flatMap((argument) => {
      const shorter = mapReferences(parent, (value) => (value === position ? argument : value));
      return editOf(shorter, `${op} at node ${position} taken out`);
    }),
  );
}

/** Lists the edits that let an operand refer to another of the graph's values. */
export function rewire(parent: AttentionGraph, operand: Operand): Edit[] {
  const editOf = editMaker(parent, parent.nodes.length);
  const before = describeReference(readOperand(parent, operand));
  return valuesBefore(parent, operand.node).flatMap((value) => {
    const change = `${describeReference(value)} in place of ${before}`;
    return editOf(
      writeOperand(parent, operand, value),
      `${describeOperand(parent, operand)} reads ${change}`,
    );
  });
}

/**
 * Lists the edits that change the set of inputs: one input in place of another, at all operands or
 * at one.
 * The set grows, shrinks or keeps its size, from 2 to 4.
 */
export function changeInputs(parent: AttentionGraph): Edit[] {
  const editOf = editMaker(parent, parent.nodes.length);
  const everywhere = parent.inputs.flatMap((input) =>
    graphInputs.flatMap((other) => {
      const renamed = mapReferences(parent, (value) => (value === input ? other : value));
      return editOf(renamed, `${other} in place of ${input}`);
    }),
  );
  const inputOperands = operandsOf(parent).filter(
    (operand) => typeof readOperand(parent, operand) === "string",
  );
  const once = inputOperands.flatMap((operand) =>
    graphInputs.flatMap((other) => {
      const change = `${other} in place of ${describeReference(readOperand(parent, operand))}`;
      return editOf(
        writeOperand(parent, operand, other),
        `${describeOperand(parent, operand)} reads ${change}`,
      );
    }),
  );
  const set = parent.inputs.join();
  return [...everywhere, ...once].filter(({ graph }) => graph.inputs.join() !== set);
}

/**
 * Returns a function that makes an edit of a changed graph, or none if it is illegal, too long or
 * has the parent's key.
 */
function editMaker(parent: AttentionGraph, maxNodes: number) {
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

/** Lists the node's arguments as they are, or with one dropped or added as the operation needs. */
function keptArguments(node: GraphNode, operation: Operation, values: readonly Reference[]) {
  if (node.args.length === arity(operation)) return [node.args];
  if (arity(operation) === 1) return node.args.map((argument) => [argument]);
  return node.args.flatMap((argument) => withSecond(argument, operation, values));
}

/** Lists arguments of which, if there are two, at least one was the node's. */
function newArguments(node: GraphNode, operation: Operation, values: readonly Reference[]) {
  if (arity(operation) === 1) return values.map((value) => [value]);
  return node.args.flatMap((argument) => withSecond(argument, operation, values));
}

/** Lists the value as the operation's only argument, or with every other value on either side. */
function withSecond(value: Reference, operation: Operation, values: readonly Reference[]) {
  if (arity(operation) === 1) return [[value]];
  return values.flatMap((other) => [
    [value, other],
    [other, value],
  ]);
}
