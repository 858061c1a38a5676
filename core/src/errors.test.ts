import { expect, test } from "vitest";
import { OpnasError, toOpnasError } from "./errors.js";

test("an error's kind follows from its code", () => {
  expect(new OpnasError("DISK_FULL", "No space is left.").kind).toBe("user");
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
