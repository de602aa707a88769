/** Which rows a waterfall has; the cases of tests/cases/rows, which Python's twin passes too. */
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { outlineOf, placeOf } from "../../src/trace/outline.js";
import { aboveOf, criticalOf, ownOf, rowsOf, shownFor } from "../../src/trace/rows.js";
import { triesOf } from "../../src/trace/tries.js";
import { FOLDED, shop, trace } from "./make.js";

const folder = new URL("../../../tests/cases/rows/", import.meta.url);
const files = readdirSync(folder).filter((name) => name.endsWith(".json"));
const short = (rows) => rows.map(({ index, depth, below, folded }) => [index, depth, below, folded]);
const bare = (parents, folded) => outlineOf({ path: [], columns: { parent: parents.map((each) => each ?? -1), folded: folded.map((each) => each ?? -1), own: parents.map(() => 1) } });

test("there are cases", () => expect(files.length).toBeGreaterThanOrEqual(6));

test.each(files)("%s", (name) => {
  const { parents, folded, rows } = JSON.parse(readFileSync(new URL(name, folder), "utf8"));
  expect(short(rowsOf(bare(parents, folded), FOLDED))).toEqual(rows);
});

describe("folding", () => {
  test("one call is unfolded while the others stay folded, and the other way round", () => {
    const it = shop();
    const turned = { ...FOLDED, turned: new Set([3]) };
    expect(rowsOf(it, turned).map((row) => row.index)).toEqual([0, 1, 3, 4, 6]);
    expect(rowsOf(it, { ...turned, fold: false }).map((row) => row.index)).toEqual([0, 1, 2, 3, 5, 6]);
    expect(shownFor(it, FOLDED, 5)).toBe(6);
    expect(shownFor(it, { ...FOLDED, turned: new Set([6]) }, 5)).toBe(5);
  });

  test("what is below a closed row is not shown, and the row still says that it is there", () => {
    expect(short(rowsOf(shop(), { ...FOLDED, closed: new Set([0]) }))).toEqual([[0, 0, true, 0]]);
  });

  test("own time and critical path are those of all that is folded", () => {
    const it = shop();
    const last = rowsOf(it, FOLDED).at(-1);
    expect(last?.index).toBe(6);
    expect(ownOf(it, /** @type {any} */ (last))).toBe(51_000);
    expect([...criticalOf(it, FOLDED)]).toEqual([[0, [0, 5000, 88000, 100000]], [3, [5000, 37000]], [6, [37000, 88000]]]);
    const parts = [...criticalOf(it, { ...FOLDED, fold: false }).values()].flatMap((each) => each.map((at, i) => (i % 2 ? at : -at)));
    expect(parts.reduce((sum, each) => sum + each, 0)).toBe(it.duration);
  });

  test("waiting is nobody's part of the path", () => {
    expect(criticalOf(trace([[-1, "a/a", 0, 10]], { path: [0, 0, 4000, 1, 0, 4000, 10000, 0] }), FOLDED).get(0)).toEqual([4000, 10000]);
  });

  test("random traces: every span is a row, or is folded into one, and rows never step down by more than one", () => {
    let seed = 7;
    const random = (/** @type {number} */ below) => (seed = (seed * 48271) % 2147483647) % below;
    for (let round = 0; round < 200; round++) {
      const size = 1 + random(30);
      const parents = Array.from({ length: size }, (_, i) => (i && random(8) ? random(i) : null));
      const stays = Array.from({ length: size }, () => random(3) > 0);
      const folded = stays.map((stay) => (stay ? null : stays.indexOf(true) < 0 ? null : stays.indexOf(true)));
      const rows = rowsOf(bare(parents, folded), FOLDED);
      expect(rows.length + folded.filter((each) => each !== null).length).toBe(size);
      expect(rows.reduce((sum, row) => sum + row.folded, rows.length)).toBe(size);
      rows.forEach((row, at) => at && expect(row.depth).toBeLessThanOrEqual(rows[at - 1].depth + 1));
    }
  });

  test("a hundred thousand spans below each other, or beside each other, end", () => {
    const size = 100_000;
    const deep = bare(Array.from({ length: size }, (_, i) => (i ? i - 1 : null)), new Array(size).fill(null));
    expect(rowsOf(deep, FOLDED).at(-1)?.depth).toBe(size - 1);
    expect(aboveOf(deep, size - 1)).toHaveLength(size - 1);
    const wide = bare(Array.from({ length: size }, (_, i) => (i ? 0 : null)), Array.from({ length: size }, (_, i) => (i > 1 ? 0 : null)));
    expect(short(rowsOf(wide, FOLDED))).toEqual([[0, 0, true, size - 2], [1, 1, false, 0]]);
  });
});

test("tries of one call are numbered; what began before the one before had failed is none", () => {
  const it = shop();
  expect([...triesOf(it, rowsOf(it, FOLDED))]).toEqual([[1, 1], [3, 2]]);
  const both = trace([[-1, "a/a", 0, 50], [0, "a/b", 0, 20, { failed: true }], [0, "a/b", 10, 30], [0, "a/b", 40, 50]]);
  expect(triesOf(both, rowsOf(both, FOLDED)).size).toBe(0);
  const apart = trace([[-1, "a/a", 0, 50], [0, "a/b", 0, 20], [1, "a/c", 0, 5, { failed: true }], [0, "a/b", 21, 40], [3, "a/c", 22, 30]]);
  expect(triesOf(apart, rowsOf(apart, FOLDED)).size, "below different calls they are no tries of one").toBe(0);
});

test("a span is found by its id", () => {
  expect(placeOf(shop(), "0000000000000003")).toBe(2);
  expect([placeOf(shop(), ""), placeOf(shop(), "ff")]).toEqual([-1, -1]);
});
