import { testDatabase } from "@opnas/prisma/testing";
import { afterAll, expect, test } from "vitest";
import { testServer } from "../testing/client.js";

const server = await testServer(await testDatabase());
afterAll(() => server.stop());
const browser = { accept: "text/html,application/xhtml+xml,*/*;q=0.8" };

test("a browser gets an explorer at the API's address, all of whose files are the API's own", async () => {
  const response = await fetch(server.url, { headers: browser });
  const page = await response.text();
  expect(response.headers.get("content-type")).toMatch(/^text\/html/);
  expect(response.headers.get("content-security-policy")).toMatch(/script-src 'self';/);
  const files = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, address = ""]) => address);
  expect(files).toHaveLength(7);
  for (const file of files) {
    const { status, headers } = await fetch(new URL(file, server.url));
    expect([file, status]).toEqual([file, 200]);
    expect(headers.get("content-type")).toMatch(/^text\/(javascript|css)/);
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("content-security-policy")).toMatch(/^default-src 'none'/);
  }
  const other = await fetch(new URL("graphql/explorer/package.json", server.url));
  expect(other.status).toBeGreaterThanOrEqual(400);
});

test("programs get GraphQL at that address as before", async () => {
  const answer = await fetch(`${server.url}?query={__typename}`, {
    headers: { ...browser, "apollo-require-preflight": "yes" },
  });
  expect(await answer.json()).toEqual({ data: { __typename: "Query" } });
  const health = await fetch(new URL("/health", server.url), { headers: browser });
  expect(health.headers.get("content-security-policy")).toMatch(/^default-src 'none'; base/);
});
