import { expect, test } from "vitest";
import { apiAddress } from "./address";
import { readSettings } from "./settings";

test("the API's address has the host that the page was opened with", () => {
  expect(apiAddress({ protocol: "http:", hostname: "localhost" }, readSettings({}))).toEqual({
    http: "http://localhost:4000/graphql",
    ws: "ws://localhost:4000/graphql",
  });
});

test("a page opened over https uses https and wss", () => {
  const settings = readSettings({ OPNAS_API_PORT: "4400", OPNAS_PUBLIC_URL: "" });
  expect(apiAddress({ protocol: "https:", hostname: "nas.example" }, settings).ws).toBe(
    "wss://nas.example:4400/graphql",
  );
});

test("a public address serves the API, too, whatever the page was opened with", () => {
  const settings = readSettings({ OPNAS_PUBLIC_URL: "https://nas.example" });
  expect(apiAddress({ protocol: "http:", hostname: "localhost" }, settings)).toEqual({
    http: "https://nas.example/graphql",
    ws: "wss://nas.example/graphql",
  });
});

test("a bad public address throws an error that names the setting", () => {
  expect(() => readSettings({ OPNAS_PUBLIC_URL: "nas" })).toThrow(/OPNAS_PUBLIC_URL.*"nas"/);
});

test("the port is read from the environment, 4000 by default", () => {
  expect(readSettings({ OPNAS_API_PORT: "4123" }).apiPort).toBe(4123);
  expect(readSettings({}).apiPort).toBe(4000);
});

test("a bad port throws an error that names the setting", () => {
  expect(() => readSettings({ OPNAS_API_PORT: "many" })).toThrow(/OPNAS_API_PORT.*"many"/);
  expect(() => readSettings({ OPNAS_API_PORT: "70000" })).toThrow(/OPNAS_API_PORT/);
});
