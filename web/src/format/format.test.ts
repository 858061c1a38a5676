import { expect, test } from "vitest";
import { byteSize, compact, percent, plural, score, shortTime } from "./number";
import { ago, duration, eta } from "./time";

test("sizes of files have the unit that fits", () => {
  expect([0, 950, 1_234_567, 438_000_000, 5e12].map(byteSize)).toEqual([
    "0 B",
    "950 B",
    "1.2 MB",
    "438 MB",
    "5000 GB",
  ]);
});

test("counts are shortened to three digits and never to 1000 of a unit", () => {
  expect([0, 999, 1000, 371_234, 999_600, 1_250_000, 2.5e9].map(compact)).toEqual([
    "0",
    "999",
    "1.00k",
    "371k",
    "1.00M",
    "1.25M",
    "2.50G",
  ]);
});

test("a fraction is shown as 100% only if it is 1", () => {
  expect([0, 0.5, 0.9999, 1].map(percent)).toEqual(["0%", "50%", "99%", "100%"]);
});

test("a missing score is shown as a dash, not as zero", () => {
  expect(score(null)).toBe("–");
  expect(score(0)).toBe("0.00");
});

test("a count of one takes the singular", () => {
  expect([plural(1, "match", "matches"), plural(1200, "candidate")]).toEqual([
    "1 match",
    "1,200 candidates",
  ]);
});

test("durations are shown in the two largest units", () => {
  expect([0.42, 42, 59.7, 125, 3600, 7300, 90_000].map(duration)).toEqual([
    "0.4 s",
    "42 s",
    "1 min",
    "2 min 5 s",
    "1 h",
    "2 h 1 min",
    "1 d 1 h",
  ]);
});

test("the time left is rounded, and null if there is no estimate", () => {
  expect([null, 4, 47, 95, 7200].map(eta)).toEqual([
    null,
    "a few seconds left",
    "about 50 s left",
    "about 2 min left",
    "about 2.0 h left",
  ]);
});

test("a time in the future, by a wrong clock, is shown as just now", () => {
  const now = Date.parse("2026-01-01T00:00:00Z");
  expect(ago("2026-01-01T00:00:05Z", now)).toBe("just now");
  expect(ago("2025-12-31T23:56:00Z", now)).toBe("4 min ago");
});

test.each([
  [0.0042, "4.20 ms"],
  [0.123456, "123 ms"],
  [1.254, "1.25 s"],
  [null, "–"],
])("a short time of %d seconds reads %s", (seconds, text) => {
  expect(shortTime(seconds)).toBe(text);
});
