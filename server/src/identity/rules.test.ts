import { isObjectType } from "graphql";
import { expect, test } from "vitest";
import { createSchema } from "../schema.js";
import { rules } from "./rules.js";

const schema = createSchema();

function fieldsOf(name: string) {
  const type = schema.getType(name);
  if (!isObjectType(type)) throw new Error(`${name} is no object type`);
  return Object.values(type.getFields());
}

test.each(["Query", "Mutation", "Subscription"] as const)(
  "every field of %s has a rule, and every rule a field",
  (root) => {
    const names = fieldsOf(root).map(({ name }) => name);
    expect(Object.keys(rules[root]).sort()).toEqual(names.sort());
  },
);

test.each(["Query", "Mutation", "Subscription"] as const)(
  "an id that %s takes is of a row that its rule looks at, but for accounts, keys and sessions",
  (root) => {
    const unchecked = fieldsOf(root).filter(({ name, args }) => {
      const { role, row } = rules[root][name] ?? { role: "ADMIN" };
      if (role === "ADMIN" || ["revokeApiKey", "endSession"].includes(name)) return false;
      const ids = args.filter(({ type }) => /^\[?ID/.test(String(type))).map((arg) => arg.name);
      return ids.length > 0 && (row === undefined || !ids.includes(row.argument));
    });
    expect(unchecked.map(({ name }) => name)).toEqual([]);
  },
);

test("no mutation but the acceptance of an invitation is for strangers, or for API keys that only read", () => {
  const open = Object.entries(rules.Mutation).filter(
    ([, { role, scope }]) => role === "ANYBODY" || scope === "READ",
  );
  expect(open.map(([name]) => name)).toEqual(["acceptInvitation"]);
});
