import { expect, test } from "vitest";
import { refusal } from "./origin.js";

test.each([
  ["localhost:4000", undefined],
  ["127.0.0.1:4000", undefined],
  ["[::1]:4000", undefined],
  ["localhost:4000", "http://localhost:3000"],
  ["127.0.0.1:4000", "http://localhost:3000"],
  ["localhost:4000", "http://127.0.0.1:3000"],
  ["localhost:4000", "http://localhost:4000"],
])("a call to %s from a page of %s is served", (host, origin) => {
  expect(refusal({ host, origin }, 3000)).toBeNull();
});

test.each([
  ["evil.example:4000", undefined],
  ["evil.example", "http://localhost:3000"],
  ["localhost.evil.example:4000", undefined],
  ["127.0.0.1@evil.example", undefined],
  ["", undefined],
  [undefined, undefined],
])(
  "a call to %s from a page of %s is refused: the host name is not this machine's",
  (host, origin) => {
    expect(refusal({ host, origin }, 3000)).toBe(
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
  expect(refusal({ host: "localhost:4000", origin }, 3000)).toBe(
    `Pages of ${origin} may not call this API: only the portal at http://localhost:3000 may.`,
  );
});
