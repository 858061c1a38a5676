import { expect, test } from "vitest";
import { evenTicks } from "./ticks";

test.each([
  [59_300, 59_400, [59_300, 59_320, 59_340, 59_360, 59_380, 59_400]],
  [0.0134, 0.226, [0, 0.05, 0.1, 0.15, 0.2, 0.25]],
  [-0.04, 0.31, [-0.1, 0, 0.1, 0.2, 0.3, 0.4]],
  [1.2e6, 9.7e6, [0, 2e6, 4e6, 6e6, 8e6, 1e7]],
  [7, 7, [7, 8]],
])("ticks from %d to %d are even and round", (low, high, ticks) => {
  expect(evenTicks(low, high)).toEqual(ticks);
});
