import { expect, test } from "vitest";
import { basePath, belowBase, refusal } from "./origin.js";

const portal = { webPort: 3000, publicUrl: undefined };

test.each([
  ["localhost:4000", undefined],
  ["127.0.0.1:4000", undefined],
  ["[::1]:4000", undefined],
  ["localhost:4000", "http://localhost:3000"],
  ["127.0.0.1:4000", "http://localhost:3000"],
  ["localhost:4000", "http://127.0.0.1:3000"],
  ["localhost:4000", "http://localhost:4000"],
  ["10.0.3.7:4000", undefined],
  ["[fd00::7]:4000", undefined],
])("a call to %s from a page of %s is served", (host, origin) => {
  expect(refusal({ host, origin }, portal)).toBeNull();
});

test.each([
  ["evil.example:4000", undefined],
  ["evil.example", "http://localhost:3000"],
  ["localhost.evil.example:4000", undefined],
  ["127.0.0.1@evil.example", undefined],
  ["evil.example@127.0.0.1", undefined],
  ["", undefined],
  [undefined, undefined],
])(
  "a call to %s from a page of %s is refused: the host name is not this machine's",
  (host, origin) => {
    expect(refusal({ host, origin }, portal)).toBe(
      "This API answers only to its own machine: call it as localhost or 127.0.0.1.",
    );
  },
);

test.each([
  "http://evil.example",
  "https://localhost:3000",
  "http://localhost:3001",
  "http://localhost:30000",
  "http://localhost:3000.evil.example",
  "null",
])("a call from a page of %s is refused", (origin) => {
  expect(refusal({ host: "localhost:4000", origin }, portal)).toBe(
    `Pages of ${origin} may not call this API: only the portal at http://localhost:3000 may.`,
  );
});

test("with a public address, calls to it and from its pages are served, and no others", () => {
  const known = { webPort: 3000, publicUrl: "https://nas.example" };
  const page = "https://nas.example";
  expect(refusal({ host: "nas.example", origin: page }, known)).toBeNull();
  expect(refusal({ host: "localhost:4000", origin: page }, known)).toBeNull();
  expect(refusal({ host: "nas.example" }, known)).toBeNull();
  expect(refusal({ host: "nas.example:8443" }, known)).toBe(
    "This API answers only to its own machine: call it as localhost or 127.0.0.1, or as https://nas.example.",
  );
  expect(refusal({ host: "nas.example", origin: "https://evil.example" }, known)).toBe(
    "Pages of https://evil.example may not call this API: only the portal at https://nas.example may.",
  );
});

test.each([
  ["/nas/graphql?a=/nas", "/graphql?a=/nas"],
  ["/nas", "/"],
  ["/nas/", "/"],
  ["/nas?a", "/?a"],
  ["/nasal/graphql", "/nasal/graphql"],
  ["/graphql", "/graphql"],
  ["/graphql/nas", "/graphql/nas"],
])("%s is %s below the path of the public address", (url, rest) => {
  const base = basePath({ publicUrl: "https://lab.example/nas" });
  expect(belowBase(url, base)).toBe(rest);
  expect(belowBase(url, basePath({ publicUrl: "https://lab.example" }))).toBe(url);
});

test("pages of the public address' host may call, whatever path it has", () => {
  const below = { webPort: 3000, publicUrl: "https://lab.example/nas" };
  const host = "lab.example";
  expect(refusal({ host, origin: "https://lab.example" }, below)).toBeNull();
  expect(refusal({ host, origin: "https://other.example" }, below)).toMatch(
    "https://lab.example/nas",
  );
});
