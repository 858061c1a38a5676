import path from "node:path";
import { OpnasError } from "@opnas/core";
import { isBroken, RowCounter, type FileReport, readIfThere, readText } from "../benchmarkFiles.js";
import { diagnostic, type GlueTask } from "./tasks.js";

/** One or two sentences with their class or score. */
export interface LabelledExample {
  texts: readonly string[];
  label: number;
}

/** A row to predict; without texts if they cannot be read: a submission must have all rows. */
export interface TestExample {
  index: number;
  texts?: readonly string[];
}

/** Test rows, and the submission's file for their predictions. */
export interface TestSet {
  submission: string;
  examples: TestExample[];
}

/** The content of a task's files. */
export interface GlueData {
  train: LabelledExample[];
  /** Examples of each of `task.sets`. */
  dev: LabelledExample[][];
  /** Test rows of each of `task.sets`, and of MNLI's diagnostic set if the folder has it. */
  test: TestSet[];
  reports: FileReport[];
}

/**
 * Reads a task of the official GLUE folder, in the layout of its download script.
 * @throws OpnasError BAD_INPUT if a file is missing, lacks one of the task's columns, or is mostly
 *   malformed
 */
export async function readGlueTask(folder: string, task: GlueTask): Promise<GlueData> {
  const reports: FileReport[] = [];
  const inTask = (file: string) => path.join(folder, task.name, file);
  const labelled = async (name: string) => {
    const file = inTask(name);
    const read = parseLabelled(await readText(file), file, task);
    reports.push(read.report);
    return read.examples;
  };
  const test: TestSet[] = [];
  const addTest = (text: string, file: string, submission: string) => {
    const read = parseTest(text, file, task);
    reports.push(read.report);
    test.push({ submission, examples: read.examples });
  };

  const train = await labelled("train.tsv");
  const dev: LabelledExample[][] = [];
  for (const set of task.sets) {
    dev.push(await labelled(set.dev));
    addTest(await readText(inTask(set.test)), inTask(set.test), set.submission);
  }
  if (task.name === "MNLI") {
    const file = path.join(folder, diagnostic.folder, diagnostic.file);
    const text = await readIfThere(file);
    if (text !== undefined) addTest(text, file, diagnostic.submission);
  }
  return { train, dev, test, reports };
}

function parseLabelled(text: string, file: string, task: GlueTask) {
  const { rows, at } = parseTable(text, file, [...task.texts, task.label], task.headless);
  const counter = new RowCounter(file);
  const examples: LabelledExample[] = [];
  for (const { line, cells, complete } of rows) {
    const texts = at(cells, task.texts);
    const label = labelOf(task, at(cells, [task.label])[0] ?? "");
    const problem = complete ? problemOf(texts) : wrongColumns;
    if (problem !== undefined) counter.malformed(problem, line);
    else if (label === undefined) counter.malformed(unknownLabel(task), line);
    else {
      counter.sound();
      examples.push({ texts, label });
    }
  }
  return { examples, report: counter.report() };
}

function parseTest(text: string, file: string, task: GlueTask) {
  const { rows, at } = parseTable(text, file, [task.index, ...task.texts]);
  const counter = new RowCounter(file);
  const examples: TestExample[] = [];
  for (const { line, cells, complete } of rows) {
    const [index = "", ...texts] = at(cells, [task.index, ...task.texts]);
    if (!/^\d+$/.test(index)) {
      counter.malformed("an index that is not a whole number: no prediction", line);
      continue;
    }
    const problem = complete ? problemOf(texts) : wrongColumns;
    if (problem === undefined) counter.sound();
    else counter.malformed(`${problem}: predicted without its text`, line);
    examples.push({ index: Number(index), ...(problem === undefined && { texts }) });
  }
  return { examples, report: counter.report() };
}

const wrongColumns = "wrong number of columns";

function problemOf(texts: readonly string[]): string | undefined {
  if (texts.some((text) => text.trim() === "")) return "an empty sentence";
  return texts.some(isBroken) ? "a sentence that is not UTF-8" : undefined;
}

function labelOf({ classes }: GlueTask, cell: string): number | undefined {
  if (classes) return classes.includes(cell) ? classes.indexOf(cell) : undefined;
  const score = cell.trim() === "" ? NaN : Number(cell);
  return score >= 0 && score <= 5 ? score : undefined;
}

const unknownLabel = ({ classes }: GlueTask) =>
  classes
    ? `a label that is none of ${classes.join(", ")}`
    : "a score that is no number from 0 to 5";

interface Row {
  /** The line number from 1, the header included. */
  line: number;
  cells: string[];
  /** True if it has as many cells as there are columns. */
  complete: boolean;
}

/** Parses tab-separated rows without quoting; `at` returns the cells of columns by their names. */
function parseTable(
  text: string,
  file: string,
  needed: readonly string[],
  headless?: readonly string[],
) {
  const lines = text.split("\n").map((line) => (line.endsWith("\r") ? line.slice(0, -1) : line));
  if (lines.at(-1) === "") lines.pop();
  const columns = headless ?? lines.shift()?.split("\t") ?? [];
  const missing = needed.filter((column) => !columns.includes(column));
  if (missing.length > 0) {
    throw new OpnasError(
      "BAD_INPUT",
      `${file} cannot be used: its header has no column ${missing.map((name) => `"${name}"`).join(", ")}.`,
    );
  }
  const rows = rowsOf(lines, columns.length, headless ? 1 : 2);
  const at = (cells: readonly string[], names: readonly string[]) =>
    names.map((name) => cells[columns.indexOf(name)] ?? "");
  return { rows, at };
}

function* rowsOf(lines: readonly string[], columns: number, firstLine: number): Generator<Row> {
  for (const [row, line] of lines.entries()) {
    const cells = line.split("\t");
    yield { line: firstLine + row, cells, complete: cells.length === columns };
  }
}
