import { expect, test } from "vitest";
import { readSettings } from "./settings.js";

const DATABASE_URL = "postgres://postgres@127.0.0.1:5432/opnas";

test("only the database has no default", () => {
  expect(readSettings({ DATABASE_URL })).toEqual({
    databaseUrl: DATABASE_URL,
    port: 4000,
    webPort: 3000,
  });
});

test.each([
  [{}, "DATABASE_URL must be set to an address like postgres://user:password@host:5432/database."],
  [
    { DATABASE_URL: "mysql://localhost/x" },
    "DATABASE_URL must be set to an address like postgres://user:password@host:5432/database.",
  ],
  [{ DATABASE_URL, OPNAS_API_PORT: "http" }, "OPNAS_API_PORT must be a port number."],
  [{ DATABASE_URL, OPNAS_API_PORT: "1.5" }, "OPNAS_API_PORT must be a whole number."],
  [{ DATABASE_URL, OPNAS_WEB_PORT: "70000" }, "OPNAS_WEB_PORT must be 0 to 65535."],
])("%j is refused: %s", (environment, sentence) => {
  expect(() => readSettings(environment)).toThrow(
    expect.objectContaining({ code: "BAD_SETTING", message: sentence }),
  );
});
