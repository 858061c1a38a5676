/** A graph of operations, as far as it is drawn. */
export interface DrawnGraph {
  output: string;
  nodes: readonly { id: string; kind: string; label: string }[];
  edges: readonly { source: string; target: string; argument: number }[];
}

/**
 * Draws a graph of operations as a tree from its output down to its inputs, with box-drawing
 * characters. An operation whose value is read several times is drawn once, with its id, and named by
 * it elsewhere.
 */
export function asciiGraph({ output, nodes, edges }: DrawnGraph): string {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const readers = new Map<string, number>();
  for (const { source } of edges) readers.set(source, (readers.get(source) ?? 0) + 1);
  const drawn = new Set<string>();

  const draw = (id: string): string[] => {
    const node = byId.get(id);
    const isInput = node === undefined || node.kind === "input";
    const isShared = !isInput && (readers.get(id) ?? 0) > 1;
    if (isShared && drawn.has(id)) return [`(${id}, above)`];
    drawn.add(id);
    const args = edges.filter((edge) => edge.target === id).sort((a, b) => a.argument - b.argument);
    const children = args.flatMap(({ source }, index) => {
      const isLast = index === args.length - 1;
      const [first = "", ...rest] = draw(source);
      return [
        `${isLast ? "└─ " : "├─ "}${first}`,
        ...rest.map((line) => `${isLast ? "   " : "│  "}${line}`),
      ];
    });
    return [`${node?.label ?? id}${isShared ? ` (${id})` : ""}`, ...children];
  };
  return draw(output).join("\n");
}
