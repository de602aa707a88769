import { expect, test } from "vitest";
import { readQuery, writeQuery } from "../src/live/url.js";

const defaults = { select: "", window: "60s", find: "" };

test("what is written is read again, whatever is in it", () => {
  const state = { select: "east:shop/cart→a&b=c", window: "5m", find: "errors > 1% or ns = shop" };
  expect(readQuery(writeQuery("", state, defaults), defaults)).toEqual(state);
});

test("a value equal to its default is left out", () => {
  expect(writeQuery("?window=5m", { select: "", window: "60s", find: "" }, defaults)).toBe("");
});

test("names that are not ours stay", () => {
  expect(writeQuery("?debug=1&select=a", { select: "b" }, defaults)).toBe("?debug=1&select=b");
});

test("a missing name reads as its default", () => {
  expect(readQuery("?find=x", defaults)).toEqual({ select: "", window: "60s", find: "x" });
});
