import path from "node:path";
import { describe, expect, test } from "vitest";
import { anchorsOf, commentsOf, Files, mentionsIn, type Mention } from "./namedPaths.js";
import { readSource, sourceFiles } from "./repository.js";

const sources = sourceFiles();
const files = new Files(sources);

describe("every path, link and decision that is named exists", () => {
  test("in the documents", () => {
    const documents = sources.filter((file) => file.endsWith(".md"));
    expect(documents.flatMap((file) => missing(file, readSource(file)))).toEqual([]);
  });

  test("in the comments of the code", () => {
    const code = sources.filter((file) => /\.(ts|tsx|mts|mjs|js|py|cc|h|prisma|css)$/.test(file));
    expect(code.flatMap((file) => missing(file, commentsOf(file, readSource(file))))).toEqual([]);
  });
});

describe("a name that does not exist is found", () => {
  const named = (text: string) => missing("worker/src/engine/tf.ts", text);

  test.each([
    ["worker/src/engine/gone.ts", "path worker/src/engine/gone.ts"],
    ["engine/gone.ts", "path engine/gone.ts"],
    ["gone.ts", "path gone.ts"],
    ["docs/gone", "path docs/gone"],
    ["../gone.mjs", "path ../gone.mjs"],
    ["decision 9999", "decision 9999"],
    ["docs/decisions/9999", "decision 9999"],
    ["docs/decisions", "decision "],
  ])("%s", (name, found) => {
    expect(named(`See ${name}.`)).toEqual([`worker/src/engine/tf.ts:1 ${found}`]);
  });

  test("a link, and an anchor of a document", () => {
    expect(missing("README.md", "[a](docs/gone.md)")).toHaveLength(1);
    expect(missing("README.md", "[a](ARCHITECTURE.md#gone)")).toHaveLength(1);
    expect(missing("README.md", "[a](#start) [b](https://nodejs.org/gone.md)")).toEqual([]);
  });
});

test("a name is understood from the repository, the package, its sources and the file's folder", () => {
  const text =
    "worker/native/run.mjs native/run.mjs engine/tf.ts tf.ts composites decision 0010 docs/decisions/0010";
  expect(missing("worker/src/engine/start.ts", text)).toEqual([]);
  expect(missing("docs/decisions/0010-as-fast-as-pytorch.md", "`engine/tf.ts`")).toEqual([]);
});

test("only comments of a file of code are read", () => {
  const code = 'import a from "a"; // see b\n/** or c\n * and d */ const e = "https://e";';
  expect(commentsOf("a.ts", code).split(/\s+/).join(" ").trim()).toBe(
    "// see b /** or c * and d */",
  );
});

/** Lists what a text names that does not exist, as the file, the line and the name. */
function missing(file: string, text: string): string[] {
  return mentionsIn(text, files.topFolders)
    .filter((mention) => !isThere(mention, file))
    .map(({ kind, line, name }) => `${file}:${line} ${kind} ${name}`);
}

function isThere({ kind, name }: Mention, file: string): boolean {
  const isDocument = file.endsWith(".md");
  if (kind === "path") return files.has(name, file);
  if (kind === "decision") return (isDocument && name === "") || files.hasDecision(name);
  if (!isDocument) return true;
  const [target = "", anchor] = name.split("#");
  const linked = target === "" ? file : path.posix.join(path.posix.dirname(file), target);
  return (
    files.has(linked, "") &&
    (anchor === undefined || anchorsOf(readSource(linked)).includes(anchor))
  );
}
