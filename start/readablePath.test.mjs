import { expect, test } from "vitest";
import { isReadablePath } from "./readablePath.mjs";

test.each(["/runs/%ff", "/architectures/%E0%A4%A", "/runs/%C0%80", "/%"])(
  "the path %s cannot be read",
  (path) => expect(isReadablePath(path)).toBe(false),
);

test.each(["/", "/runs/%25ff", "/runs/x?%ff=%ff", "/runs/%C3%A4"])(
  "the path %s can be read",
  (path) => expect(isReadablePath(path)).toBe(true),
);
