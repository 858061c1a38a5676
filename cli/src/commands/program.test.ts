import { execFileSync } from "node:child_process";
import type { Command } from "commander";
import { afterEach, expect, test, vi } from "vitest";
import { main } from "../index.js";
import { completionScript } from "./completion.js";
import { checkMachine } from "./doctor.js";
import { buildProgram } from "./program.js";

afterEach(() => vi.restoreAllMocks());

function program(): Command {
  return buildProgram(
    () => undefined,
    () => new AbortController().signal,
  );
}

function names(command: Command | undefined): string[] {
  return command?.commands.map((each) => each.name()) ?? [];
}

test("the commands of before are there, and those of opnas search beside its start", () => {
  const all = names(program());
  const before = "runs show leaderboard pause resume cancel archive delete restore extend";
  const more = "trainings cancel-training pretrain search clone rename tag note watch events";
  for (const name of `${before} ${more} architecture compare import export reproduce workers profile doctor completion`.split(
    " ",
  )) {
    expect(all).toContain(name);
  }
  const search = program().commands.find((each) => each.name() === "search");
  const below = "start list show watch pause resume cancel clone extend delete archive restore";
  expect(names(search)).toEqual(expect.arrayContaining(below.split(" ")));
});

test.each([
  [["search", "--preset", "tiny", "--seed", "x"], /--seed/],
  [["search", "start", "--seed", "x"], /--seed/],
  [["search", "pause"], /missing required argument 'run'/],
  [["events", "1", "--after", "x"], /whole number/],
  [["completion", "tcsh"], /bash, zsh, fish/],
  [["nonsense"], /unknown command/],
])("opnas %j ends with code 2 and a sentence", async (words, message) => {
  let errors = "";
  vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    errors += String(text);
    return true;
  });
  expect(await main(["node", "opnas", ...words])).toBe(2);
  expect(errors).toMatch(message);
});

test("bash completes commands, subcommands and options", () => {
  const script = completionScript(program(), "bash");
  const complete = (...words: string[]) => {
    const given = words.map((word) => JSON.stringify(word)).join(" ");
    const ask = `${script}\nCOMP_WORDS=(${given}); COMP_CWORD=${words.length - 1}; _opnas; echo "\${COMPREPLY[@]}"`;
    return execFileSync("bash", ["-c", ask], { encoding: "utf8" }).trim().split(" ");
  };
  expect(complete("opnas", "lea")).toEqual(["leaderboard"]);
  expect(complete("opnas", "search", "c")).toEqual(["cancel", "clone"]);
  expect(complete("opnas", "leaderboard", "--c")).toEqual(["--csv"]);
  expect(complete("opnas", "--api", "x", "profile", "a")).toEqual(["add"]);
});

test("zsh loads bash's completion, and fish has one line for each word", () => {
  expect(completionScript(program(), "zsh")).toMatch(/^#compdef opnas\n/);
  const lines = completionScript(program(), "fish").split("\n");
  expect(lines.every((line) => /^complete -c opnas /.test(line))).toBe(true);
  expect(lines).toContainEqual(
    expect.stringMatching(/-a leaderboard -d 'the best architectures'$/),
  );
});

test("doctor says what is wrong with the data folder and how to mend it", () => {
  const [node, folder] = checkMachine({ OPNAS_DATA_DIR: "/nowhere/opnas" });
  expect(node?.what).toMatch(/^Node \d/);
  expect(folder).toEqual({
    state: "warning",
    what: "there is no data folder /nowhere/opnas",
    remedy: "npm start makes it; set OPNAS_DATA_DIR if it is elsewhere.",
  });
});
