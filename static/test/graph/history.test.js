/** The panel's lines of what is chosen: the past, then what is pushed; gaps as gaps, and never another's answer. */
import { afterEach, describe, expect, test, vi } from "vitest";
import { following, KEPT, pastOf, pointOf, REACH_MS, since } from "../../src/graph/history.js";
import { addressOf, Recent } from "../../src/graph/recent.js";
import { edge, graph, node } from "./make.js";

const START = Date.parse("2026-01-01T00:00:00.000Z");
const iso = (/** @type {number} */ s) => new Date(START + s * 1000).toISOString();
const seconds = (/** @type {{t: number[]}} */ { t }) => t.map((at) => (at - START) / 1000);
const rps = (/** @type {[number, number|null][]} */ ...points) => points.map(([s, value]) => pointOf(START + s * 1000, { rps: value })).reduce((a, b) => following(a, b));
const answer = (/** @type {(number|null)[]} */ values, /** @type {number} */ to, id = "shop/cart") => ({ id, to: iso(to), step_s: 10, t: values.map((_, i) => iso(i * 10)), signals: { rps: values } });
const at = (/** @type {number} */ s, value = 1) => ({ ...graph([node("shop/cart", { rps: value }), node("shop/web")], [edge("shop/web→shop/cart")]), at: iso(s) });

describe("the past", () => {
  test("stands at the end of its steps, without those that are not over yet", () => {
    const past = pastOf(answer([1, 2, 3, 4], 35));
    expect(seconds(past)).toEqual([10, 20]);
    expect(past.values.rps).toEqual([1, 2]);
    expect(past.values.p95_ms).toEqual([null, null]);
  });

  test("keeps a gap between values, and ends with its last value", () => {
    expect(pastOf(answer([1, null, 0, null, null, null], 60)).values.rps).toEqual([1, null, 0]);
  });

  test("of nothing is nothing", () => {
    expect(pastOf(answer([null, null, null], 30)).t).toEqual([]);
    expect(pastOf(answer([], 0)).t).toEqual([]);
  });
});

describe("what follows", () => {
  test("begins after the past and is no denser than one in five seconds", () => {
    const past = rps([10, 1], [20, 2]);
    const live = { t: [12, 20, 22, 26, 28, 31].map((s) => START + s * 1000), values: Object.fromEntries(KEPT.map((name) => [name, [9, 9, 9, 3, 9, 4]])) };
    const both = following(past, live);
    expect(seconds(both)).toEqual([10, 20, 26, 31]);
    expect(both.values.rps).toEqual([1, 2, 3, 4]);
  });

  test("after a long silence leaves a gap", () => {
    expect(rps([0, 1], [60, 2]).values.rps).toEqual([1, 2]);
    expect(rps([0, 1], [61, 2]).values.rps).toEqual([1, null, 2]);
  });

  test("is cut at its old end", () => {
    const series = rps([0, 1], [10, 2], [20, 3]);
    expect(since(series, START + 10_000).values.rps).toEqual([2, 3]);
    expect(since(series, START + 21_000).t).toEqual([]);
  });
});

describe("an address", () => {
  test.each([
    ["shop/cart", "/api/v1/services/shop/cart/signals", {}],
    ["east:shop/cart", "/api/v1/services/shop/cart/signals", { cluster: "east" }],
    ["-/kafka%2Forders%3A1", "/api/v1/services/-/kafka%2Forders%3A1/signals", {}],
    ["-/50%25 off?", "/api/v1/services/-/50%25%20off%3F/signals", {}],
    ["shop/web→-/kafka%2Forders", "/api/v1/edges/signals", { source: "shop/web", target: "-/kafka%2Forders" }],
  ])("of %s", (id, path, asked) => {
    const url = new URL(addressOf(id), "http://localhost");
    expect(url.pathname).toBe(path);
    expect(Object.fromEntries(url.searchParams)).toEqual({ from: "now-15m", step: "10s", signals: KEPT.join(), ...asked });
  });
});

describe("a choice", () => {
  afterEach(() => vi.unstubAllGlobals());
  const nothing = () => ({ t: [], values: Object.fromEntries(KEPT.map((name) => [name, []])) });

  /** Answers as the test says, whatever the page gives up. */
  function asking() {
    /** @type {{url: string, signal: AbortSignal, answer: (response: object) => void}[]} */ const asked = [];
    vi.stubGlobal("fetch", (/** @type {string} */ url, /** @type {{signal: AbortSignal}} */ { signal }) => new Promise((answer) => asked.push({ url, signal, answer })));
    return asked;
  }
  const json = (/** @type {object} */ body) => ({ ok: true, json: async () => body });
  const settled = () => new Promise((done) => setImmediate(done));

  test("is asked for once and then followed by pushes, no further back than 15 minutes", async () => {
    const asked = asking();
    const arrived = vi.fn();
    const recent = new Recent(arrived);
    recent.choose("shop/cart", nothing);
    recent.choose("shop/cart", nothing);
    expect(asked.length).toBe(1);
    asked[0].answer(json(answer([1, 2, 3], 40)));
    await settled();
    expect(arrived).toHaveBeenCalledOnce();
    recent.take(at(35, 4));
    expect(recent.series?.values.rps).toEqual([1, 2, 3, 4]);
    recent.take(at(REACH_MS / 1000 + 20, 5));
    expect(recent.series?.values.rps).toEqual([2, 3, 4, null, 5]);
  });

  test("left before its answer gives it up; a late one is not shown for another", async () => {
    const asked = asking();
    const recent = new Recent(() => {});
    recent.choose("shop/cart", nothing);
    recent.choose("shop/web", nothing);
    expect(asked.map(({ signal }) => signal.aborted)).toEqual([true, false]);
    asked[0].answer(json(answer([1, 2, 3], 40)));
    await settled();
    expect(recent.series).toBeNull();
    asked[1].answer(json(answer([7, 8], 30, "shop/web")));
    await settled();
    expect(recent.series?.values.rps).toEqual([7, 8]);
    recent.choose("", nothing);
    expect(recent.series).toBeNull();
  });

  test("that is not answered stays quiet and is asked for again", async () => {
    const asked = asking();
    const arrived = vi.fn();
    const recent = new Recent(arrived);
    recent.choose("shop/cart", nothing);
    asked[0].answer({ ok: false });
    await settled();
    expect([recent.series, arrived.mock.calls.length]).toEqual([null, 0]);
    recent.choose("shop/web", nothing);
    recent.choose("shop/cart", nothing);
    asked[2].answer(json(answer([1, 2, 3], 40)));
    await settled();
    expect(recent.series?.values.rps).toEqual([1, 2, 3]);
  });
});
