import { expect, test } from "vitest";
import { deliveryState } from "./delivery-state";

const time = "2026-01-01T00:00:00Z";
const written = { attempts: 0, dueAt: time, httpStatus: null, error: null, deliveredAt: null };

test.each([
  [written, "Waiting", ""],
  [
    { ...written, attempts: 1, dueAt: null, httpStatus: 204, deliveredAt: time },
    "Delivered",
    "It was answered with status 204.",
  ],
  [{ ...written, attempts: 2, error: "It answered 500." }, "To be tried again", "It answered 500."],
  [
    { ...written, attempts: 8, dueAt: null, error: "It answered 500." },
    "Given up",
    "It answered 500. After 8 attempts.",
  ],
])("the message %j is %s", (sent, label, text) => {
  expect(deliveryState(sent)).toMatchObject({ label, text });
});
