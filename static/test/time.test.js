import { expect, test } from "vitest";
import { ago, span } from "../src/ui/time.js";

test.each([
  [0, "0 s"],
  [12.4, "12 s"],
  [59.6, "1 min"],
  [3599, "59 min"],
  [3600, "1 h"],
  [90_000, "1 d"],
])("%s seconds read %s", (seconds, text) => expect(span(seconds)).toBe(text));

const now = new Date(2026, 2, 2, 3, 14, 5);

test.each([
  [0.4, "now"],
  [12, "12 s ago"],
  [240, "4 min ago"],
  [3600, "02:14"],
])("an instant %s seconds ago reads %s: the clock time from an hour on", (seconds, text) => {
  expect(ago(new Date(now.getTime() - seconds * 1000), now)).toBe(text);
});
