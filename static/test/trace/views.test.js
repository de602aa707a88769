/** Find, table, flame graph and service graph of a trace, as values. */
import { describe, expect, test } from "vitest";
import { callsOf } from "../../src/trace/calls.js";
import { found } from "../../src/trace/find.js";
import { barsOf, flamesOf } from "../../src/trace/flame.js";
import { groupsOf, sorted } from "../../src/trace/groups.js";
import { criticalOf, ownOf, rowsOf } from "../../src/trace/rows.js";
import { words } from "../../src/trace/waterfall.js";
import { triesOf } from "../../src/trace/tries.js";
import { FOLDED, shop, trace } from "./make.js";

const all = (it) => ({ rows: rowsOf(it, FOLDED), own: (row) => ownOf(it, row) });

test.each([
  ["", null],
  ["cart", [5, 6]],
  ["CART v2", [6]],
  ["uh", [2]],
  ["egress 503", [2]],
  ["0000000000000004", [3]],
  ["nobody", []],
])("find %j", (text, expected) => expect(found(shop(), text)).toEqual(expected));

test("what only the server knows fits word by word, beside what the page knows", () => {
  const said = { shelves: ["0000000000000007", "0000000000000001"] };
  expect(found(shop(), "shelves cart", said)).toEqual([6]);
  expect(found(shop(), "Shelves", said)).toEqual([0, 6]);
  expect(found(shop(), "shelves")).toEqual([]);
});

describe("the table", () => {
  const it = shop();
  const { rows, own } = all(it);
  const groups = groupsOf(it, rows, criticalOf(it, FOLDED), own);

  test("has spans of a kind together; own times add up to all", () => {
    expect(groups.map(({ service, operation, spans, failed }) => [service, operation, spans, failed])).toEqual([["shop/web", "GET /", 1, 0], ["shop/web", "GET", 2, 1], ["shop/cart", "GET /cart", 1, 0]]);
    expect(groups.reduce((sum, group) => sum + group.own, 0)).toBe(it.columns.own.reduce((sum, each) => sum + each, 0));
    expect(groups.reduce((sum, group) => sum + group.critical, 0)).toBe(it.duration);
    expect(groups[1].longest).toBe(3);
  });

  test("is sorted by numbers down, by names up, and the other way round", () => {
    expect(sorted(groups, "own").map((group) => group.operation)).toEqual(["GET /cart", "GET", "GET /"]);
    expect(sorted(groups, "-own").map((group) => group.operation)).toEqual(["GET /", "GET", "GET /cart"]);
    expect(sorted(groups, "operation").map((group) => group.operation)).toEqual(["GET", "GET /", "GET /cart"]);
  });
});

describe("the flame graph", () => {
  test("joins what came the same way; a bar is as wide as all above it and itself", () => {
    const it = shop();
    const { rows, own } = all(it);
    const flames = flamesOf(it, rows, own);
    expect(flames.map(({ index, depth, spans, failed }) => [index, depth, spans, failed])).toEqual([[0, 0, 1, 0], [3, 1, 2, 1], [6, 2, 1, 0]]);
    expect(flames[0].total).toBe(it.columns.own.reduce((sum, each) => sum + each, 0));
    const bars = barsOf(flames, 900, 0);
    expect(bars.map((bar) => Math.round(bar.width))).toEqual([900, 800, 510]);
  });

  test("has bars side by side that stay above what they stand on", () => {
    const it = trace([[-1, "a/a", 0, 10, { own: 2 }], [0, "a/b", 0, 4, { own: 4 }], [0, "a/c", 4, 8, { own: 4 }], [-1, "b/x", 20, 30, { own: 10 }]]);
    const { rows, own } = all(it);
    expect(barsOf(flamesOf(it, rows, own), 200, 0).map(({ x, width }) => [x, width])).toEqual([[0, 100], [0, 40], [40, 40], [100, 100]]);
    expect(barsOf(flamesOf(it, rows, own), 200, 50)).toHaveLength(2);
  });
});

describe("the service graph", () => {
  test("counts calls between services, and names who did not answer", () => {
    const it = trace([[-1, "shop/web", 0, 100], [0, "shop/cart", 1, 20, { failed: true }], [0, "shop/cart", 30, 60], [2, "shop/cart", 31, 40, { role: "out", failed: true }]], { unanswered: [{ span: 3, target: "cart-redis" }] });
    const { rows, own } = all(it);
    const { places, calls } = callsOf(it, rows, own);
    expect(places.map(({ service, spans, column, row }) => [service, spans, column, row])).toEqual([["shop/web", 1, 0, 0], ["shop/cart", 3, 1, 0], ["cart-redis", 0, 2, 0]]);
    expect(calls.map(({ source, target, calls: number, failed, longest }) => [source, target, number, failed, longest])).toEqual([["shop/web", "shop/cart", 2, 1, 2], ["shop/cart", "cart-redis", 1, 1, 3]]);
  });

  test("services that only call each other in a circle have places of their own", () => {
    const it = trace([[-1, "a/a", 0, 9], [0, "a/b", 1, 8], [1, "a/a", 2, 7]]);
    const { rows, own } = all(it);
    expect(callsOf(it, rows, own).places.map(({ service, column, row }) => [service, column, row])).toEqual([["a/a", 0, 0], ["a/b", 1, 0]]);
  });
});

test("a folded call says what its proxies say, once, and which try it is", () => {
  const it = shop();
  const rows = rowsOf(it, FOLDED);
  const scene = { trace: it, tries: triesOf(it, rows) };
  expect(rows.map((row) => words(/** @type {any} */ (scene), row))).toEqual(["", "try 1 · 503 UH", "try 2", ""]);
});
