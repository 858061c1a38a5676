import { expect, test } from "vitest";
import { readRetention } from "./retention.js";

test("retention settings are assignments; what is not named has its default", () => {
  expect(readRetention("")).toEqual({
    deletedDays: 7,
    auditDays: 730,
    checkpointDays: 30,
    preparedDays: 30,
    exportDays: 7,
    eventDays: 365,
    workerDays: 30,
    quotaGB: 0,
    everyHours: 24,
  });
  expect(readRetention("deletedDays=0.5, everyHours = 0,")).toMatchObject({
    deletedDays: 0.5,
    everyHours: 0,
    eventDays: 365,
  });
});

test.each([
  ["deletedDays", /deletedDays is no assignment/],
  ["deletedDays=soon", /deletedDays=soon is no assignment/],
  ["days=3", /"days"/],
  ["deletedDays=99999999", /deletedDays/],
])("%s is refused in one sentence", (text, message) => {
  expect(() => readRetention(text)).toThrow(message);
  expect(() => readRetention(text)).toThrow(expect.objectContaining({ code: "BAD_SETTING" }));
});
