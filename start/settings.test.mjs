import { describe, expect, test } from "vitest";
import { readSettings } from "./settings.mjs";

const root = "/srv/opnas";

describe("settings", () => {
  test("have the documented defaults", () => {
    expect(readSettings({}, root)).toEqual({
      apiPort: 4000,
      webPort: 3000,
      dataFolder: "/srv/opnas/.data",
      textFolder: "/srv/opnas/.data/text",
      artifacts: undefined,
      engine: "auto",
      workers: 1,
      firstRun: "tiny",
      databaseUrl: undefined,
      localToken: "others",
      basePath: "",
    });
  });

  test("refuse to be reached by others without accounts, and say how", () => {
    const open = { OPNAS_HOST: "0.0.0.0" };
    expect(() => readSettings(open, root)).toThrow(/set OPNAS_AUTH=accounts and OPNAS_AUTH_SECRET/);
    expect(() => readSettings({ ...open, OPNAS_AUTH: "accounts" }, root)).toThrow(
      /needs OPNAS_AUTH_SECRET/,
    );
    const secret = { OPNAS_AUTH: "accounts", OPNAS_AUTH_SECRET: "s".repeat(32) };
    expect(readSettings({ ...open, ...secret }, root).apiPort).toBe(4000);
    expect(() => readSettings({ OPNAS_AUTH_SECRET: "short" }, root)).toThrow(
      /^OPNAS_AUTH_SECRET is not readable/,
    );
  });

  test("take an empty variable for an unset one", () => {
    expect(readSettings({ OPNAS_API_PORT: "", DATABASE_URL: "" }, root).apiPort).toBe(4000);
  });

  test("keep an absolute data folder and take a relative one from the repository", () => {
    expect(readSettings({ OPNAS_DATA_DIR: "/var/data" }, root).dataFolder).toBe("/var/data");
    expect(readSettings({ OPNAS_DATA_DIR: "mine" }, root).dataFolder).toBe("/srv/opnas/mine");
  });

  test("look for texts in the data folder unless told where", () => {
    const env = { OPNAS_DATA_DIR: "/var/data" };
    expect(readSettings(env, root).textFolder).toBe("/var/data/text");
    expect(readSettings({ ...env, OPNAS_TEXT_DIR: "mine" }, root).textFolder).toBe(
      "/srv/opnas/mine",
    );
  });

  test.each([
    ["shared", "/srv/opnas/shared"],
    ["/mnt/opnas", "/mnt/opnas"],
    ["s3://bucket/prefix", "s3://bucket/prefix"],
  ])("find the artifact store %s from the repository", (given, artifacts) => {
    expect(readSettings({ OPNAS_ARTIFACTS: given }, root).artifacts).toBe(artifacts);
  });

  test.each([
    [{ OPNAS_API_PORT: "abc" }, /^OPNAS_API_PORT is "abc": it must be a port number/],
    [{ OPNAS_WEB_PORT: "70000" }, /^OPNAS_WEB_PORT is "70000"/],
    [{ OPNAS_WEB_PORT: "0" }, /^OPNAS_WEB_PORT is "0"/],
    [{ OPNAS_WEB_PORT: "4000" }, /both 4000: give them two different ports/],
    [{ OPNAS_ENGINE: "cuda" }, /must be auto, tensorflow-gpu, tensorflow or wasm/],
    [{ OPNAS_ENGINE: "webgpu" }, /^OPNAS_ENGINE is "webgpu": it must be auto, tensorflow-gpu/],
    [{ OPNAS_WORKERS: "0" }, /^OPNAS_WORKERS is "0"/],
    [{ OPNAS_ARTIFACTS: "http://bucket" }, /it must be a folder, or the address of a bucket such/],
    [{ OPNAS_ARTIFACTS: "s3://" }, /^OPNAS_ARTIFACTS is "s3:\/\/"/],
    [{ OPNAS_ARTIFACTS_CACHE_GB: "0" }, /must be a number of gigabytes above 0/],
    [{ OPNAS_LOG_LEVEL: "loud" }, /^OPNAS_LOG_LEVEL is "loud": it must be fatal, error, warn/],
    [
      { OPNAS_PORT: "1" },
      /^OPNAS_PORT is not a setting of this platform: did you mean OPNAS_API_PORT/,
    ],
    [
      { OPNAS_COLOUR: "1" },
      /^OPNAS_COLOUR is not a setting of this platform: the settings are OPNAS_API_PORT,/,
    ],
  ])("refuse %j with one line", (env, message) => {
    expect(() => readSettings(env, root)).toThrow(message);
  });

  test("do not repeat a database address, which may hold a password", () => {
    const env = { DATABASE_URL: "mysql://root:secret@localhost/x" };
    expect(() => readSettings(env, root)).toThrow(
      /^DATABASE_URL is not readable: it must be a Postgres/,
    );
  });
});
