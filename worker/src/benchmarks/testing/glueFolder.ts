import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { fixtureStream, sentenceOf } from "../../text/testing/language.js";

/** The numbers of rows of each part of a task. */
const counts = { train: 48, dev: 24, test: 10 };
const entailment = ["entailment", "not_entailment"];
const inference = ["entailment", "neutral", "contradiction"];

/**
 * Makes a row's cells in the official format from its number, a sentence unrelated to the label, a
 * sentence whose mood is the label, and the label.
 */
type Cells = (row: number, first: string, second: string, label: string) => string[];

interface Format {
  folder: string;
  labels: readonly string[];
  /** The format of training and dev files; without a header if it is null. */
  train: { header: string | null; cells: Cells };
  test: { header: string; cells: Cells };
  files?: { dev: string[]; test: string[] };
}

const parse = "( ( a ) b )";
const formats: Format[] = [
  {
    folder: "CoLA",
    labels: ["0", "1"],
    train: { header: null, cells: (_, __, second, label) => ["gj04", label, "", second] },
    test: { header: "index\tsentence", cells: (row, _, second) => [`${row}`, second] },
  },
  {
    folder: "SST-2",
    labels: ["0", "1"],
    train: { header: "sentence\tlabel", cells: (_, __, second, label) => [second, label] },
    test: { header: "index\tsentence", cells: (row, _, second) => [`${row}`, second] },
  },
  {
    folder: "MRPC",
    labels: ["0", "1"],
    train: {
      header: "\uFEFFQuality\t#1 ID\t#2 ID\t#1 String\t#2 String",
      cells: (row, first, second, label) => [label, `${row}01`, `${row}02`, first, second],
    },
    test: {
      header: "index\t#1 ID\t#2 ID\t#1 String\t#2 String",
      cells: (row, first, second) => [`${row}`, `${row}01`, `${row}02`, first, second],
    },
  },
  {
    folder: "STS-B",
    labels: ["0.200", "4.800", "2.4"],
    train: {
      header:
        "index\tgenre\tfilename\tyear\told_index\tsource1\tsource2\tsentence1\tsentence2\tscore",
      cells: (row, first, second, label) => [
        `${row}`,
        "main-captions",
        "tales",
        "2012test",
        `${row}`,
        "none",
        "none",
        first,
        second,
        label,
      ],
    },
    test: {
      header: "index\tgenre\tfilename\tyear\told_index\tsource1\tsource2\tsentence1\tsentence2",
      cells: (row, first, second) => [
        `${row}`,
        "main-captions",
        "tales",
        "2012test",
        `${row}`,
        "none",
        "none",
        first,
        second,
      ],
    },
  },
  {
    folder: "QQP",
    labels: ["0", "1"],
    train: {
      header: "id\tqid1\tqid2\tquestion1\tquestion2\tis_duplicate",
      cells: (row, first, second, label) => [`${row}`, "1", "2", first, second, label],
    },
    test: {
      header: "id\tquestion1\tquestion2",
      cells: (row, first, second) => [`${row}`, first, second],
    },
  },
  {
    folder: "MNLI",
    labels: inference,
    train: {
      header:
        "index\tpromptID\tpairID\tgenre\tsentence1_binary_parse\tsentence2_binary_parse\tsentence1_parse\tsentence2_parse\tsentence1\tsentence2\tlabel1\tgold_label",
      cells: (row, first, second, label) => [
        `${row}`,
        `${row}9`,
        `${row}9n`,
        "fiction",
        parse,
        parse,
        parse,
        parse,
        first,
        second,
        label,
        label,
      ],
    },
    test: {
      header:
        "index\tpromptID\tpairID\tgenre\tsentence1_binary_parse\tsentence2_binary_parse\tsentence1_parse\tsentence2_parse\tsentence1\tsentence2",
      cells: (row, first, second) => [
        `${row}`,
        `${row}9`,
        `${row}9n`,
        "fiction",
        parse,
        parse,
        parse,
        parse,
        first,
        second,
      ],
    },
    files: {
      dev: ["dev_matched", "dev_mismatched"],
      test: ["test_matched", "test_mismatched"],
    },
  },
  {
    folder: "QNLI",
    labels: entailment,
    train: {
      header: "index\tquestion\tsentence\tlabel",
      cells: (row, first, second, label) => [`${row}`, first, second, label],
    },
    test: {
      header: "index\tquestion\tsentence",
      cells: (row, first, second) => [`${row}`, first, second],
    },
  },
  {
    folder: "RTE",
    labels: entailment,
    train: {
      header: "index\tsentence1\tsentence2\tlabel",
      cells: (row, first, second, label) => [`${row}`, first, second, label],
    },
    test: {
      header: "index\tsentence1\tsentence2",
      cells: (row, first, second) => [`${row}`, first, second],
    },
  },
  {
    folder: "WNLI",
    labels: ["0", "1"],
    train: {
      header: "index\tsentence1\tsentence2\tlabel",
      cells: (row, first, second, label) => [`${row}`, first, second, label],
    },
    test: {
      header: "index\tsentence1\tsentence2",
      cells: (row, first, second) => [`${row}`, first, second],
    },
  },
];

/**
 * Writes a GLUE folder in the official layout with synthetic sentences. The last sentence's mood is
 * the label, so that a small model can learn it.
 */
export async function writeGlueFolder(folder: string): Promise<void> {
  for (const { folder: task, labels, train, test, files } of formats) {
    await mkdir(path.join(folder, task), { recursive: true });
    const write = (name: string, header: string | null, cells: Cells, count: number) =>
      writeTable(
        path.join(folder, task, `${name}.tsv`),
        header,
        rowsOf(task + name, labels, cells, count),
      );
    await write("train", train.header, train.cells, counts.train);
    for (const name of files?.dev ?? ["dev"]) {
      await write(name, train.header, train.cells, counts.dev);
    }
    for (const name of files?.test ?? ["test"]) {
      await write(name, test.header, test.cells, counts.test);
    }
  }
  await mkdir(path.join(folder, "diagnostic"));
  const diagnostic: Cells = (row, first, second) => [`${row}`, first, second];
  await writeTable(
    path.join(folder, "diagnostic", "diagnostic.tsv"),
    "index\tsentence1\tsentence2",
    rowsOf("diagnostic", inference, diagnostic, counts.test),
  );
}

function rowsOf(purpose: string, labels: readonly string[], cells: Cells, count: number): string[] {
  const random = fixtureStream(purpose);
  return Array.from({ length: count }, (_, row) => {
    const mood = row % labels.length;
    const sentences = [sentenceOf(random, 2), sentenceOf(random, mood)] as const;
    return cells(row, ...sentences, labels[mood] ?? "").join("\t");
  });
}

async function writeTable(file: string, header: string | null, rows: readonly string[]) {
  const lines = header === null ? rows : [header, ...rows];
  await writeFile(file, lines.map((line) => `${line}\n`).join(""));
}
