import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { describeError, OpnasError, toOpnasError } from "./errors.js";

test("an error's kind follows from its code", () => {
  expect(new OpnasError("DISK_FULL", "No space is left.").kind).toBe("machine");
  expect(new OpnasError("WORKER_LOST", "The worker is gone.").kind).toBe("retryable");
  expect(new OpnasError("CORRUPT_ARTIFACT", "The file is damaged.").kind).toBe("fatal");
});

test("a thrown value becomes a coded error that keeps its cause", () => {
  const coded = new OpnasError("NOT_FOUND", "There is no such run.");
  const plain = new Error("boom");
  expect(toOpnasError(coded)).toBe(coded);
  expect(toOpnasError(plain)).toMatchObject({ code: "INTERNAL", message: "boom", cause: plain });
  expect(toOpnasError("boom")).toMatchObject({ code: "INTERNAL", message: "boom" });
});

test("an error of the operating system is the machine's, with what can be done", () => {
  let missing: unknown;
  try {
    readFileSync("/no/such/file");
  } catch (error) {
    missing = error;
  }
  expect(toOpnasError(missing)).toMatchObject({
    code: "FILE_MISSING",
    kind: "machine",
    message:
      "A file or program that is needed is not on this machine. (ENOENT: no such file or directory, open '/no/such/file')",
  });
  const full = Object.assign(new Error("ENOSPC: no space left on device, write"), {
    code: "ENOSPC",
    syscall: "write",
  });
  expect(toOpnasError(full)).toMatchObject({ code: "DISK_FULL", kind: "machine" });
  const other = Object.assign(new Error("boom"), { code: "ENOSPC" });
  expect(toOpnasError(other).code).toBe("INTERNAL");
});

test("an error is described with its causes", () => {
  const cause = new Error("no such library");
  const hidden = new OpnasError("ENGINE_UNAVAILABLE", "A thread could not start.", { cause });
  const said = new OpnasError("ENGINE_UNAVAILABLE", "It stopped: no such library", { cause });
  expect(describeError(hidden)).toBe(
    `A thread could not start. [ENGINE_UNAVAILABLE]\n  caused by: ${cause.stack ?? ""}`,
  );
  expect(describeError(said)).toBe("It stopped: no such library [ENGINE_UNAVAILABLE]");
  expect(describeError(new Error("outer", { cause: hidden }))).toContain(
    "caused by: A thread could not start. [ENGINE_UNAVAILABLE]\n  caused by: Error: no such library",
  );
  expect(describeError("thrown text")).toBe("thrown text");
});
