/** Pure parts of the page of traces: from pixels to a question, and what completion writes. */
import { expect, test } from "vitest";
import { cellWords, duration, localTime, partOf, placeAt } from "../src/traces/brush.js";
import { offered, taken } from "../src/traces/complete.js";
import { nearest } from "../src/ui/spark-link.js";
import { tracesOf } from "../src/ui/trace-links.js";

const T0 = Date.parse("2026-03-02T03:00:00Z");
/** Ten columns of a minute; rows from 2^(6/2) = 8 ms up to 2^(16/2) = 256 ms. */
const GRID = { since: T0, step_s: 60, columns: 10, low: 6, rows: 10 };

test("a place is a cell, also beyond the edges", () => {
  expect(placeAt(0.55, 0.05, GRID)).toEqual({ column: 5, row: 0 });
  expect(placeAt(-1, 2, GRID)).toEqual({ column: 0, row: 9 });
  expect(placeAt(1, 1, GRID)).toEqual({ column: 9, row: 9 });
});

test("a part is whole cells, whichever corner it was begun at", () => {
  const [a, b] = [{ column: 2, row: 8 }, { column: 4, row: 3 }];
  const part = partOf(a, b, GRID);
  expect(part).toEqual(partOf(b, a, GRID));
  expect(part.from).toBe(T0 + 120_000);
  expect(part.to).toBe(T0 + 300_000);
  expect(part.min).toBeCloseTo(2 ** 3.5);
  expect(part.max).toBeCloseTo(2 ** 6.5);
});

test("at the edges of the picture it goes on", () => {
  const part = partOf({ column: 0, row: 0 }, { column: 0, row: 9 }, GRID);
  expect([part.min, part.max]).toEqual([0, Infinity]);
  expect([duration(part.min), duration(part.max), duration(2 ** 3.5)]).toEqual(["", "", "11.3137ms"]);
});

test("a time names its zone and is the same instant", () => {
  for (const at of [T0, T0 + 1_000, Date.parse("2026-07-01T12:00:00Z")]) {
    expect(Date.parse(localTime(at))).toBe(at);
    expect(localTime(at)).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d$/);
  }
});

test("a cell is told in words", () => {
  const part = partOf({ column: 0, row: 4 }, { column: 0, row: 4 }, GRID);
  expect(cellWords(part, 12, 3).replace(/\u2009/g, " ")).toContain("45 ms to 64 ms: 12 traces, 3 with a failure");
  expect(cellWords(part, 1, 0)).toMatch(/: 1 trace$/);
});

test.each([
  ["http.rou", 0, 8, { kind: "field", name: "http.route" }, "http.route ", 11],
  ["a = 1 and ser", 10, 13, { kind: "field", name: "service" }, "a = 1 and service ", 18],
  ["operation = GE", 12, 14, { kind: "value", name: "GET /cart" }, 'operation = "GET /cart" ', 24],
  ['operation = "GE" and b = 1', 12, 15, { kind: "value", name: "GET /cart" }, 'operation = "GET /cart" and b = 1', 24],
  ["a = x", 4, 5, { kind: "value", name: 'say "hi"' }, 'a = "say \\"hi\\"" ', 17],
  ["a = an", 4, 6, { kind: "value", name: "and" }, 'a = "and" ', 10],
  ["a = 1 a", 6, 7, { kind: "word", name: "and" }, "a = 1 and ", 10],
])("%s is completed", (text, since, at, item, whole, caret) => {
  expect(taken(text, since, at, item)).toEqual([whole, caret]);
});

test("operators are offered where one may stand, by how they begin; what stands there already is not", () => {
  const names = (/** @type {string} */ text) => offered({ since: 0, kinds: ["operator"], items: [{ kind: "word", name: "in" }] }, text).map((item) => item.name);
  expect(names("")).toEqual(["=", "!=", "<", "<=", ">", ">=", "~", "!~", "in"]);
  expect(names("!")).toEqual(["!=", "!~", "in"]);
  expect(offered({ since: 0, kinds: ["value"], items: [{ kind: "value", name: "v1" }] }, "v1")).toEqual([]);
});

test("the nearest point is the one that is meant", () => {
  expect([nearest([10, 20, 40], 29), nearest([10, 20, 40], 31), nearest([10], 99)]).toEqual([20, 40, 10]);
});

const node = (/** @type {string} */ id, kind = "service") => ({ id, kind });
const edge = (/** @type {string} */ source, /** @type {string} */ target) => ({ id: `${source}→${target}`, source, target, signals: {} });
const graph = /** @type {any} */ ({
  at: "2026-03-02T03:00:00.000Z", window_s: 60,
  nodes: new Map(), edges: new Map([edge("shop/web", "shop/db"), edge("shop/cart", "shop/db"), edge("-/unknown", "shop/web")].map((each) => [each.id, each])),
});
const query = (/** @type {any} */ it, failing = false, at = undefined) => Object.fromEntries(new URLSearchParams(tracesOf(it, graph, failing, at).split("?")[1]));
const WINDOW = { order: "slowest", from: "2026-03-02T02:59:00.000Z", to: "2026-03-02T03:00:00.000Z" };

test("a service, a call and what sends nothing lead to their traces of the window", () => {
  expect(query(node("shop/cart"))).toEqual({ service: "shop/cart", ...WINDOW });
  expect(query(edge("shop/web", "shop/cart"), true)).toEqual({ edge: "shop/web→shop/cart", status: "error", ...WINDOW });
  expect(query(node("shop/db", "database"))).toEqual({ q: 'edge = "shop/cart→shop/db" or edge = "shop/web→shop/db"', ...WINDOW });
  expect(query(node("-/unknown", "unknown"))).toEqual({ q: 'service = "shop/web"', ...WINDOW });
});

test("a point leads to the window that ends there", () => {
  const at = /** @type {any} */ (Date.parse("2026-03-02T02:50:00Z"));
  expect(query(node("shop/cart"), false, at)).toMatchObject({ from: "2026-03-02T02:49:00.000Z", to: "2026-03-02T02:50:00.000Z" });
});
