import { afterAll, beforeAll, expect, test } from "vitest";
import { attack } from "./attack.ts";
import { Marks } from "./marks.ts";
import { Target } from "./target.ts";

let target: Target;

beforeAll(async () => {
  target = await Target.start();
});

afterAll(() => target.stop());

test("rights that are missing are counted as leaks, over HTTP, WebSocket and in files", async () => {
  await target.teams.letIn();
  const options = { requests: 800, seed: 3, lanes: 4, isOver: () => false };
  const { leaks, samples } = await attack(target, options);
  expect(leaks).toBeGreaterThan(0);
  const found = samples.filter(({ fault }) => fault === "leaks");
  const over = (beginning: RegExp) => found.filter(({ request }) => beginning.test(request)).length;
  expect(over(/^\{"content-type"/)).toBeGreaterThan(0);
  expect(over(/^\{"id"/)).toBeGreaterThan(0);
  expect(over(/^GET \/export/)).toBeGreaterThan(0);
  const callers = new Set(found.map(({ caller }) => caller));
  expect([...callers].filter((name) => !/researcher|viewer/.test(name))).toEqual([]);
});

test("a mark is found plainly and in base64 at any place", () => {
  const marks = new Marks(["mark0123456789abcdef"]);
  for (const before of ["", "a", "ab", "abc", "abcd"]) {
    const text = `${before}mark0123456789abcdef and more`;
    expect(marks.in(text)).not.toBeNull();
    expect(marks.in(Buffer.from(text).toString("base64url"))).not.toBeNull();
    expect(marks.in(Buffer.from(text).toString("base64"))).not.toBeNull();
  }
  expect(marks.in("mark0123456789abcdee")).toBeNull();
});
