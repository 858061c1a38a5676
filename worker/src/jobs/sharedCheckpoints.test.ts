import { readdir } from "node:fs/promises";
import path from "node:path";
import { type S3Store } from "@opnas/artifacts";
import { TestBucket } from "@opnas/artifacts/testing";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { CheckpointFolder } from "../files/checkpointFolder.js";
import { SharedCheckpoints } from "./sharedCheckpoints.js";

let bucket: TestBucket;
beforeEach(async () => void (bucket = await TestBucket.start()));
afterEach(() => bucket.end());

/** Returns an attempt's checkpoints on a machine, and a way to write one as its trainer does. */
function attemptOn(store: S3Store, attempt: number) {
  const place = { folder: path.join(store.folder, "run", "checkpoints", "candidate"), attempt };
  const folder = new CheckpointFolder(place);
  const shared = new SharedCheckpoints(store, place);
  const train = async (...steps: number[]) => {
    for (const step of steps) {
      const data = Float32Array.of(step);
      shared.saved(await folder.save(new Map([["step", { shape: [1], data }]]), step));
    }
    await shared.settle();
  };
  const step = () => folder.newest((tensors) => tensors.get("step")?.data[0]);
  return { shared, train, step };
}

const inBucket = (store: S3Store) => store.shared("run/checkpoints/candidate");

test("a machine goes on from the last checkpoint of another, and the bucket holds one alone", async () => {
  const [first, second] = [bucket.machine("first"), bucket.machine("second")];
  const dead = attemptOn(first, 1);
  await dead.shared.bring();
  await dead.train(1, 2, 3);
  expect(await inBucket(first)).toEqual(["3.1.safetensors"]);

  const next = attemptOn(second, 2);
  await next.shared.bring();
  expect(await next.step()).toBe(3);
  await next.train(4);
  expect(await inBucket(second)).toEqual(["4.2.safetensors"]);

  const own = attemptOn(first, 3);
  await own.shared.bring();
  expect(await own.step()).toBe(4);
  await own.shared.remove();
  expect(await inBucket(first)).toEqual([]);
});

test("a machine that is as far as the bucket brings nothing", async () => {
  const store = bucket.machine("first");
  await attemptOn(store, 1).train(5);
  const next = attemptOn(store, 2);
  await next.shared.bring();
  expect(await readdir(path.join(store.folder, "run", "checkpoints", "candidate"))).toEqual([
    "5.1.safetensors",
  ]);
  expect(await attemptOn(bucket.machine("second"), 2).step()).toBeUndefined();
});

test("a training goes on while the bucket is away, and shares its next checkpoint once it is back", async () => {
  const [first, second] = [bucket.machine("first"), bucket.machine("second")];
  const told = vi.spyOn(console, "error").mockImplementation(() => undefined);
  const work = attemptOn(first, 1);
  await work.train(1);
  await bucket.away();
  await work.train(2);
  expect(told).toHaveBeenCalledWith(expect.stringMatching(/^A checkpoint stays .* s3:\/\/bucket/));
  told.mockRestore();
  const next = attemptOn(second, 2);
  await expect(next.shared.bring()).rejects.toMatchObject({ code: "ARTIFACTS_UNREACHABLE" });
  await bucket.back();
  await work.train(3);
  expect(await inBucket(first)).toEqual(["3.1.safetensors"]);
  await next.shared.bring();
  expect(await next.step()).toBe(3);
});
