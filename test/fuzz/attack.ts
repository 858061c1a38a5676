import { readFile } from "node:fs/promises";
import { stream } from "@opnas/core";
import fc from "fast-check";
import { buildSchema } from "graphql";
import { type Attacker, httpAttacks } from "./http.ts";
import { Judge, type Verdict } from "./judge.ts";
import { socketAttacks } from "./sockets.ts";
import type { Target } from "./target.ts";

/** The share of attacks that go over WebSockets, each of which sends several requests. */
const socketShare = 0.15;

/**
 * Sends hostile requests to a server until there were so many, as each of its callers.
 * @param lanes attackers that ask side by side
 * @param isOver is asked before each attack whether to end early
 */
export async function attack(
  target: Target,
  {
    requests,
    seed,
    lanes,
    isOver,
  }: { requests: number; seed: number; lanes: number; isOver: () => boolean },
): Promise<Verdict> {
  const schema = buildSchema(
    await readFile(new URL("../../server/schema.graphql", import.meta.url), "utf8"),
  );
  const values = fc.sample(fc.oneof(fc.jsonValue(), fc.anything().filter(isJson)), {
    seed,
    numRuns: 400,
  });
  const texts = fc.sample(fc.string({ unit: "binary", maxLength: 200 }), { seed, numRuns: 400 });
  const judge = new Judge();
  const { callers } = target.teams;
  let next = 0;
  const lane = async () => {
    while (judge.verdict.requests < requests && !isOver()) {
      const random = stream(seed, "attack", next++);
      const caller = random.pick(callers);
      const attacks = random.next() < socketShare ? socketAttacks : httpAttacks;
      const attacker: Attacker = { target, caller, judge, schema, random, junk: { values, texts } };
      await random.pick(attacks)(attacker);
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return judge.verdict;
}

function isJson(value: unknown): boolean {
  try {
    return typeof JSON.stringify(value) === "string";
  } catch {
    return false;
  }
}
