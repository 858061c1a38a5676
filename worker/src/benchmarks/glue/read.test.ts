import { appendFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { writeGlueFolder } from "../testing/glueFolder.js";
import { readGlueTask } from "./read.js";
import { glueTasks, type GlueTaskName } from "./tasks.js";

let folder: string;
beforeEach(async () => {
  const made = await mkdtemp(path.join(tmpdir(), "glue-"));
  onTestFinished(() => rm(made, { recursive: true }));
  await writeGlueFolder(made);
  folder = made;
});

async function read(name: GlueTaskName) {
  const task = glueTasks.find((task) => task.name === name);
  if (!task) throw new Error(`There is a task ${name}.`);
  return readGlueTask(folder, task);
}

describe("the official GLUE folder", () => {
  test.each(glueTasks.map(({ name }) => name))("gives every row of %s", async (name) => {
    const { train, dev, test, reports } = await read(name);
    expect(train).toHaveLength(48);
    expect(dev.map((set) => set.length)).toEqual(name === "MNLI" ? [24, 24] : [24]);
    expect(test.map(({ examples }) => examples.length)).toEqual(
      name === "MNLI" ? [10, 10, 10] : [10],
    );
    expect(
      reports.every(({ rows, sound, malformed }) => rows === sound && malformed.length === 0),
    ).toBe(true);
    const one = name === "CoLA" || name === "SST-2";
    for (const { texts } of train) {
      expect(texts).toHaveLength(one ? 1 : 2);
      for (const text of texts) expect(text).toMatch(/^The [a-z ]+\.$/);
    }
    const labels = new Set(train.map(({ label }) => label));
    const expected = { "STS-B": [0.2, 4.8, 2.4], MNLI: [0, 1, 2] };
    expect([...labels]).toEqual(name in expected ? expected[name as "MNLI"] : [0, 1]);
  });

  test("names the submission's files", async () => {
    const { test } = await read("MNLI");
    expect(test.map(({ submission }) => submission)).toEqual([
      "MNLI-m.tsv",
      "MNLI-mm.tsv",
      "AX.tsv",
    ]);
  });

  test("is read without the diagnostic set if that is missing", async () => {
    await rm(path.join(folder, "diagnostic"), { recursive: true });
    expect((await read("MNLI")).test).toHaveLength(2);
  });

  test("keeps quotation marks as they are and reads Windows line ends", async () => {
    await writeFile(
      path.join(folder, "RTE", "train.tsv"),
      'index\tsentence1\tsentence2\tlabel\r\n7\t"a\tb ""\tentailment\r\n',
    );
    expect((await read("RTE")).train).toEqual([{ texts: ['"a', 'b ""'], label: 0 }]);
  });

  test("counts malformed rows by reason, with their lines", async () => {
    const file = path.join(folder, "QQP", "train.tsv");
    const bad = [
      "48\t1\t2\tcut off",
      "49\t1\t2\tone\ttwo\t2",
      "50\t1\t2\t \ttwo\t1",
      "51\t1\t2\tone\ttwo\t1\tmore",
      "",
    ];
    await appendFile(file, `${bad.join("\n")}\n`);
    const { train, reports } = await read("QQP");
    expect(train).toHaveLength(48);
    expect(reports[0]).toEqual({
      file,
      rows: 53,
      sound: 48,
      malformed: [
        { reason: "wrong number of columns", count: 3, first: [50, 53, 54] },
        { reason: "a label that is none of 0, 1", count: 1, first: [51] },
        { reason: "an empty sentence", count: 1, first: [52] },
      ],
    });
  });

  test("counts rows that are not UTF-8 as malformed", async () => {
    const file = path.join(folder, "SST-2", "train.tsv");
    const latin1 = Buffer.from("a caf\u00E9\t1\n", "latin1");
    const before = (await read("SST-2")).reports.find((report) => report.file === file);
    await appendFile(file, Buffer.concat([latin1, Buffer.from("a caf\u00E9\t1\n")]));
    const after = (await read("SST-2")).reports.find((report) => report.file === file);
    const rows = (before?.rows ?? 0) + 2;
    expect(after).toMatchObject({ rows, sound: (before?.sound ?? 0) + 1 });
    expect(after?.malformed).toMatchObject([{ reason: "a sentence that is not UTF-8", count: 1 }]);
  });

  test("counts scores that are not numbers from 0 to 5 as malformed", async () => {
    const row = (score: string) => `1\tg\tf\ty\t1\tn\tn\tone\ttwo\t${score}\n`;
    const file = path.join(folder, "STS-B", "dev.tsv");
    await appendFile(file, ["nan", "", "5.1", "-1", "3 points"].map(row).join(""));
    const { reports } = await read("STS-B");
    expect(reports.find((report) => report.file === file)?.malformed).toEqual([
      { reason: "a score that is no number from 0 to 5", count: 5, first: [26, 27, 28, 29, 30] },
    ]);
  });

  test("keeps the index of a test row that it cannot read", async () => {
    const file = path.join(folder, "WNLI", "test.tsv");
    await appendFile(file, "10\tonly one\nx\tone\ttwo\n");
    const { test, reports } = await read("WNLI");
    expect(test[0]?.examples.slice(9)).toEqual([
      { index: 9, texts: expect.any(Array) as string[] },
      { index: 10 },
    ]);
    expect(reports.find((report) => report.file === file)).toMatchObject({
      sound: 10,
      malformed: [
        { reason: "wrong number of columns: predicted without its text", first: [12] },
        { reason: "an index that is not a whole number: no prediction", first: [13] },
      ],
    });
  });

  const refusals: Record<string, [string, string]> = {
    "that is for the most part malformed": [
      "index\tquestion\tsentence\tlabel\n1\ta\tb\tentailment\n2\ta\tb\n3\ta\tb\n",
      "2 of its 3 rows are malformed: wrong number of columns, first at 3, 4",
    ],
    "without rows": ["index\tquestion\tsentence\tlabel\n", "0 of its 0 rows"],
    "with another header": ["index\tquestion\ttext\tlabel\n1\ta\tb\t1\n", 'no column "sentence"'],
  };
  for (const [what, [text, sentence]] of Object.entries(refusals)) {
    test(`refuses a file ${what}`, async () => {
      const file = path.join(folder, "QNLI", "dev.tsv");
      await writeFile(file, text);
      await expect(read("QNLI")).rejects.toMatchObject({
        code: "BAD_INPUT",
        message: expect.stringContaining(sentence) as string,
      });
      await expect(read("QNLI")).rejects.toThrow(file);
    });
  }

  test("names a file that is missing", async () => {
    const file = path.join(folder, "SST-2", "test.tsv");
    await rm(file);
    await expect(read("SST-2")).rejects.toMatchObject({
      code: "BAD_INPUT",
      message: `There is no file ${file}.`,
    });
  });
});
