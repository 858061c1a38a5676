import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { foldRepeats, isContinuation } from "./fold.mjs";

test("lines that differ in numbers only are told once and then counted", async () => {
  /** @type {string[]} */
  const written = [];
  const say = foldRepeats((line) => written.push(line), { window: 50 });
  for (let index = 0; index < 38; index += 1) {
    say(`worker: connect ECONNREFUSED 127.0.0.1:${5000 + index}`);
  }
  say("worker: something else");
  expect(written).toEqual([
    "worker: connect ECONNREFUSED 127.0.0.1:5000",
    "worker: something else",
  ]);
  while (written.length < 3) await sleep(10);
  expect(written[2]).toBe("… 37 more in 0.05 s: worker: connect ECONNREFUSED 127.0.0.1:5000");
  await sleep(150); // now both have been quiet for a while
  say("worker: something else");
  expect(written.slice(3)).toEqual(["worker: something else"]);
});

test("the lines of a stack and of an error's fields continue the line before", () => {
  const lines = ["Error: it broke", "    at run (file.js:1:1) {", "  code: 'EPIPE'", "}", ""];
  expect(lines.map(isContinuation)).toEqual([false, true, true, true, true]);
});
