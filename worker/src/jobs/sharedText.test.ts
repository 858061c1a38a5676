import { readdir, readFile, rm } from "node:fs/promises";
import path from "node:path";
import { type S3Store } from "@opnas/artifacts";
import { TestBucket } from "@opnas/artifacts/testing";
import { afterEach, beforeEach, expect, test } from "vitest";
import { writeAtomically } from "../files/writeAtomically.js";
import { SharedText } from "./sharedText.js";

let bucket: TestBucket;
beforeEach(async () => void (bucket = await TestBucket.start()));
afterEach(() => bucket.end());

const key = "0123456789abcdef01234567";

/** Opens a run's text on a machine. */
function textOn(store: S3Store, folder: string | null = "news", vocabulary: string | null = null) {
  const machine = path.dirname(store.folder);
  const keyFile = path.join(store.folder, "run", "text.key");
  const places = {
    own: path.join(machine, "text"),
    cache: path.join(machine, "prepared"),
    keyFile,
  };
  const file = path.join(places.cache, `text-${key}.bin`);
  const text = new SharedText(store, { folder, vocabulary }, places);
  const prepare = async () => {
    await writeAtomically(file, ["prepared"]);
    await writeAtomically(keyFile, [key]);
  };
  return { text, places, file, prepare };
}

/** Puts objects below `text/`, as a person does. */
async function put(files: Record<string, string>): Promise<void> {
  const store = bucket.machine("person");
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(store.folder, "upload");
    await writeAtomically(file, [content]);
    await store.share(`text/${name}`, { file });
  }
}

test("a text that a run began with is on another machine as it was prepared", async () => {
  const [first, second] = [bucket.machine("first"), bucket.machine("second")];
  const began = textOn(first);
  expect(await began.text.bring()).toEqual(began.places);
  await began.text.share();
  expect(await first.shared("prepared")).toEqual([]);
  await began.prepare();
  await began.text.share();

  const other = textOn(second);
  await textOn(second, null).text.bring();
  await expect(readFile(other.places.keyFile)).rejects.toMatchObject({ code: "ENOENT" });
  expect(await other.text.bring()).toEqual(other.places);
  expect(await readFile(other.file, "utf8")).toBe("prepared");
  await rm(other.file);
  await other.text.bring();
  expect(await readFile(other.file, "utf8")).toBe("prepared");
});

test("a text that lies in the bucket is brought where a run begins, until it is prepared", async () => {
  await put({ "news/a.txt": "A", "news/more/b.txt": "B", "newspaper/c.txt": "C", "v.txt": "V" });
  const begun = textOn(bucket.machine("first"), "news", "v.txt");
  const { own } = await begun.text.bring();
  const files = await readdir(own, { recursive: true });
  expect(files.sort()).toEqual(["news", "news/a.txt", "news/more", "news/more/b.txt", "v.txt"]);
  expect(await readFile(path.join(own, "news", "more", "b.txt"), "utf8")).toBe("B");
  await begun.prepare();
  await begun.text.share();
  await expect(readdir(own)).rejects.toMatchObject({ code: "ENOENT" });
});

test("a machine's own text goes first, and one that is nowhere is looked for there", async () => {
  await put({ "news/a.txt": "bucket" });
  const store = bucket.machine("first");
  const { text, places } = textOn(store);
  await writeAtomically(path.join(places.own, "news", "a.txt"), ["own"]);
  expect(await text.bring()).toEqual(places);
  for (const [folder, vocabulary] of [
    ["nowhere", null],
    ["news", "nowhere.txt"],
  ] as const) {
    expect(await textOn(bucket.machine("second"), folder, vocabulary).text.bring()).toEqual(
      textOn(bucket.machine("second")).places,
    );
  }
});
