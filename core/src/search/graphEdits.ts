import type { AttentionGraph } from "../architecture/schema.js";
import { Kept } from "../kept.js";
import {
  changeInputs,
  changeOperation,
  deleteOperation,
  insertOperation,
  rewire,
  type Edit,
  type OperationEdits,
} from "./edits.js";
import type { Operand } from "./operands.js";

/**
 * The edits of one graph, each list made when it is first asked for. A parent has many mutations, and
 * most graphs of a parent are those of its parent.
 */
export class GraphEdits {
  private readonly changes = new Map<number, OperationEdits>();
  private readonly insertions = new Map<string, OperationEdits>();
  private readonly rewirings = new Map<string, readonly Edit[]>();
  private deletions: readonly Edit[] | undefined;
  private inputChanges: readonly Edit[] | undefined;

  constructor(private readonly graph: AttentionGraph) {}

  /** Lists what `changeOperation` does. */
  change(position: number): OperationEdits {
    return made(this.changes, position, () => changeOperation(this.graph, position));
  }

  /** Lists what `insertOperation` does. */
  insert(operand: Operand, maxNodes: number): OperationEdits {
    const place = `${operand.node} ${operand.argument} ${maxNodes}`;
    return made(this.insertions, place, () => insertOperation(this.graph, operand, maxNodes));
  }

  /** Lists what `rewire` does. */
  rewire(operand: Operand): readonly Edit[] {
    const place = `${operand.node} ${operand.argument}`;
    return made(this.rewirings, place, () => rewire(this.graph, operand));
  }

  /** Lists what `deleteOperation` does. */
  delete(): readonly Edit[] {
    return (this.deletions ??= deleteOperation(this.graph));
  }

  /** Lists what `changeInputs` does. */
  changeInputs(): readonly Edit[] {
    return (this.inputChanges ??= changeInputs(this.graph));
  }
}

function made<K, V>(lists: Map<K, V>, place: K, make: () => V): V {
  const list = lists.get(place) ?? make();
  lists.set(place, list);
  return list;
}

/** Few graphs, since all edits of a large one take a megabyte; those of a generation's parents are enough. */
const kept = new Kept<GraphEdits>(64);

/** Returns the edits of a graph. */
export function editsOf(graph: AttentionGraph): GraphEdits {
  return kept.get(JSON.stringify(graph), () => new GraphEdits(graph));
}
