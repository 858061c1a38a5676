import { expect, test } from "vitest";
import { asciiGraph } from "./asciiGraph.js";
import { byteSize, csv, isColoured, table } from "./output.js";

test("a table's columns are as wide as their text is on a terminal", () => {
  const rows = [
    ["模型", "1"],
    ["a", "2"],
  ];
  expect(table(["name", "n"], rows, Infinity)).toBe("name  n\n模型  1\na     2");
});

test("a narrow terminal cuts the widest columns, but no id", () => {
  const id = "0197a2b4-0000-7000-8000-000000000000";
  const text = table(["run", "name", "note"], [[id, "x".repeat(60), "short"]], 80);
  const [, row = ""] = text.split("\n");
  expect(row.length).toBeLessThanOrEqual(80);
  expect(row.startsWith(`${id}  xxxx`)).toBe(true);
  expect(row).toMatch(/…\s+short$/);
});

test("colours are for terminals, without NO_COLOR", () => {
  expect(isColoured({ isTTY: true }, {})).toBe(true);
  expect(isColoured({ isTTY: true }, { NO_COLOR: "1" })).toBe(false);
  expect(isColoured({ isTTY: true }, { TERM: "dumb" })).toBe(false);
  expect(isColoured({}, {})).toBe(false);
});

test("sizes of files are read at a glance", () => {
  const bytes = [0, 950, 4_887, 99_960, 999_600, 1_234_567, 2.5e9, 4e12];
  const texts = ["0 B", "950 B", "4.9 kB", "100 kB", "1.0 MB", "1.2 MB", "2.5 GB", "4000 GB"];
  expect(bytes.map(byteSize)).toEqual(texts);
});

test("CSV quotes what must be, and makes formulas text", () => {
  expect(
    csv(
      ["a", "b"],
      [
        ["1,5", 'say "x"'],
        ["=cmd()", "-1.5"],
      ],
    ),
  ).toBe('a,b\n"1,5","say ""x"""\n\'=cmd(),-1.5');
});

test("a graph is drawn from its output to its inputs; a shared operation once", () => {
  const node = (id: string, label: string, kind = "op") => ({ id, label, kind });
  const edge = (source: string, target: string, argument = 0) => ({ source, target, argument });
  const drawing = asciiGraph({
    output: "n3",
    nodes: [
      node("Q", "Q", "input"),
      node("K", "K", "input"),
      node("n0", "xᵀ"),
      node("n1", "matmul"),
      node("n2", "softmax"),
      node("n3", "+"),
    ],
    edges: [
      edge("K", "n0"),
      edge("n0", "n1", 1),
      edge("Q", "n1", 0),
      edge("n1", "n2"),
      edge("n2", "n3"),
      edge("n1", "n3", 1),
    ],
  });
  expect(drawing).toBe(
    [
      "+",
      "├─ softmax",
      "│  └─ matmul (n1)",
      "│     ├─ Q",
      "│     └─ xᵀ",
      "│        └─ K",
      "└─ (n1, above)",
    ].join("\n"),
  );
});
