import { expect, test } from "vitest";
import { readSettings } from "./settings.js";

const artifacts = (environment: NodeJS.ProcessEnv) =>
  readSettings({
    DATABASE_URL: "postgresql://localhost/x",
    OPNAS_DATA_DIR: "/data",
    OPNAS_ENGINE: "wasm",
    ...environment,
  }).artifacts;

test("artifacts lie in the data folder unless told where; an empty variable counts as unset", () => {
  expect(artifacts({})).toEqual({ kind: "folder", folder: "/data/artifacts" });
  expect(artifacts({ OPNAS_ARTIFACTS: "" })).toEqual(artifacts({}));
  expect(artifacts({ OPNAS_ARTIFACTS: "/shared" })).toEqual({ kind: "folder", folder: "/shared" });
});

test("a bucket's address is read with its prefix and the size of the cache", () => {
  const cacheBytes = 20e9;
  expect(artifacts({ OPNAS_ARTIFACTS: "s3://bucket/a/b/" })).toEqual({
    kind: "s3",
    bucket: "bucket",
    prefix: "a/b",
    cacheBytes,
  });
  const small = { OPNAS_ARTIFACTS: "s3://bucket", OPNAS_ARTIFACTS_CACHE_GB: "0.5" };
  expect(artifacts(small)).toEqual({
    kind: "s3",
    bucket: "bucket",
    prefix: "",
    cacheBytes: 0.5e9,
  });
});

test.each(["http://bucket", "s3://", "s3:///a"])("the address %s is refused", (address) => {
  expect(() => artifacts({ OPNAS_ARTIFACTS: address })).toThrow("such as s3://bucket/prefix");
});
