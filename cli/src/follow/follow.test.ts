import { afterEach, expect, test, vi } from "vitest";
import { Api } from "../api/client.js";
import { CliError } from "../api/error.js";
import { follow, type Followed } from "./follow.js";

let clock = 0;
vi.spyOn(Date, "now").mockImplementation(() => clock);
afterEach(() => (clock = 0));

const api = new Api("http://127.0.0.1:9");
const lost: string[] = [];
const watcher = { state: () => undefined, lost: (reason: string) => lost.push(reason) };
const never = new AbortController().signal;

test("a connection lost after a long time without news is tried again", async () => {
  let connections = 0;
  const followed: Followed<number> = {
    read: () => Promise.resolve(1),
    isOver: (state) => state === 9,
    async *after() {
      connections++;
      clock += connections === 1 ? 600_000 : 1_000;
      yield* await (connections < 3 ? Promise.reject(new Error("closed")) : Promise.resolve([9]));
    },
  };
  expect(await follow(api, followed, watcher, never)).toBe(9);
  expect(lost).toEqual(["closed", "closed"]);
});

test("a platform that stays away is given up after two minutes", async () => {
  let reads = 0;
  const followed: Followed<number> = {
    read: () => (reads++ === 0 ? Promise.resolve(1) : Promise.reject(new Error("refused"))),
    isOver: () => false,
    async *after() {
      clock += 70_000;
      yield* await Promise.resolve([]);
    },
  };
  const followedToItsEnd = follow(api, followed, watcher, never);
  await expect(followedToItsEnd).rejects.toBeInstanceOf(CliError);
  await expect(followedToItsEnd).rejects.toThrow(/has not answered for 120 s: refused/);
  expect(clock).toBeGreaterThan(120_000);
});
