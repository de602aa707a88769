/** What a question leaves of a graph, in the picture and in the table; and what the address keeps of it. */
import { describe, expect, test } from "vitest";
import { isPlaintext, problems, within } from "../../src/graph/model.js";
import { searchOf, stateOf } from "../../src/graph/state.js";
import { direction, nextSort, sorted } from "../../src/graph/table.js";
import { viewOf } from "../../src/graph/view.js";
import { edge, graph, node, shop } from "./make.js";

const NOTHING = { find: "", hide: false, problems: false, focus: "", hops: 1 };
const ids = (/** @type {Iterable<string>} */ some) => [...some].sort();

describe("a view", () => {
  test("of no question is everything, nothing lit", () => {
    const view = viewOf(shop(), NOTHING);
    expect([view.nodes.size, view.edges.size, view.lit, view.found]).toEqual([10, 10, null, 10]);
  });

  test.each([
    ["by name", "cart", ["shop/cart", "shop/cart-redis"]],
    ["by namespace", "payments/", ["payments/ledger", "payments/ledger-db", "payments/payments"]],
    ["by health", "failing", ["shop/cart", "shop/checkout"]],
    ["by kind", "gateway", ["edge/ingress"]],
    ["by version", "v2", ["shop/cart"]],
    ["by all words, in any case", "SHOP failing check", ["shop/checkout"]],
    ["by nothing that is there", "nobody", []],
  ])("finds %s and hides nobody", (_, find, expected) => {
    const view = viewOf(shop(), { ...NOTHING, find });
    expect(ids(view.lit ?? [])).toEqual(expected);
    expect(view.nodes.size).toBe(10);
    expect(view.found).toBe(expected.length);
  });

  test("hides others, and calls that lost an end", () => {
    const view = viewOf(shop(), { ...NOTHING, find: "failing", hide: true });
    expect(ids(view.nodes)).toEqual(["shop/cart", "shop/checkout"]);
    expect(ids(view.edges)).toEqual(["shop/checkout→shop/cart"]);
    expect(view.lit).toBe(null);
  });

  test("of problems keeps both ends of a failing call", () => {
    const g = graph([node("a/x"), node("a/y"), node("a/z")], [edge("a/x→a/y", { health: "failing" }), edge("a/y→a/z")]);
    expect(ids(viewOf(g, { ...NOTHING, problems: true }).nodes)).toEqual(["a/x", "a/y"]);
  });

  test("of a focus is its hops; a focus that went is none", () => {
    expect(ids(viewOf(shop(), { ...NOTHING, focus: "shop/cart" }).nodes)).toEqual(["shop/cart", "shop/cart-redis", "shop/checkout", "shop/web"]);
    expect(within(shop(), "shop/cart", 2).has("payments/payments")).toBe(true);
    expect(viewOf(shop(), { ...NOTHING, focus: "shop/gone" }).nodes.size).toBe(10);
  });
});

describe("problems", () => {
  test("are worst first: failing before degraded, then by failed requests", () => {
    expect(problems(shop()).map((it) => it.id)).toEqual(["shop/cart", "shop/checkout", "shop/web"]);
  });

  test("name a call only where neither end is listed", () => {
    const g = graph([node("a/x"), node("a/y"), node("a/z", { health: "failing" })], [edge("a/x→a/y", { health: "degraded" }), edge("a/y→a/z", { health: "failing" })]);
    expect(problems(g).map((it) => it.id)).toEqual(["a/z", "a/x→a/y"]);
  });
});

test.each([[null, false], [1, false], [0.9, true], [0, true]])("a call with %s of mutual TLS is plaintext: %s", (ratio, plain) => {
  expect(isPlaintext(edge("a/x→a/y", { mtls_ratio: ratio }))).toBe(plain);
});

describe("the table", () => {
  const rows = [node("a/b", { rps: 5 }), node("a/a", { rps: 50, health: "failing" }), edge("a/a→a/b", { rps: 7 })];
  rows[0].signals.rps = null;

  test.each([
    ["health", ["a/a", "a/a→a/b", "a/b"]],
    ["-health", ["a/a→a/b", "a/b", "a/a"]],
    ["rps", ["a/a", "a/a→a/b", "a/b"]],
    ["-rps", ["a/a→a/b", "a/a", "a/b"]],
    ["name", ["a/a", "a/a→a/b", "a/b"]],
    ["no such column", ["a/a", "a/a→a/b", "a/b"]],
  ])("by %s; what is unknown comes last", (sort, expected) => {
    expect(sorted(rows, sort).map((row) => row.id)).toEqual(expected);
  });

  test("a second click turns the order, and aria-sort says so", () => {
    expect(nextSort("health", "rps")).toBe("rps");
    expect(nextSort("rps", "rps")).toBe("-rps");
    expect([direction("rps", "rps"), direction("-rps", "rps"), direction("rps", "name")]).toEqual(["descending", "ascending", "none"]);
  });
});

describe("the address", () => {
  test.each([
    "",
    "?find=cart&hide=1&problems=1&view=table&sort=-rps",
    `?node=${encodeURIComponent("shop/cart")}&focus=${encodeURIComponent("shop/cart")}&hops=3`,
    `?edge=${encodeURIComponent("shop/web→shop/cart")}`,
    `?open=${encodeURIComponent("payments,shop")}`,
    "?debug=1&find=x",
  ])("%s comes back as it was", (search) => {
    expect(new URLSearchParams(searchOf(stateOf(search), search)).toString().split("&").sort()).toEqual(new URLSearchParams(search).toString().split("&").sort());
  });

  test("nonsense is read as nothing asked", () => {
    expect(stateOf("?hops=-4&view=pie&hide=yes")).toMatchObject({ hops: 1, view: "graph", hide: false });
    expect(stateOf("?hops=1000").hops).toBe(9);
  });
});
