/** Where keys, points and zooming lead; what is said, remembered and kept. */
import { describe, expect, test } from "vitest";
import { centred, fitted, revealed, toWorld, zoomed } from "../../src/graph/camera.js";
import { History } from "../../src/graph/history.js";
import { nearest, nextProblem } from "../../src/graph/keys.js";
import { layOut } from "../../src/graph/layout.js";
import { changedHealth, healthsOf, news } from "../../src/graph/news.js";
import { keep, recall } from "../../src/graph/persist.js";
import { pick } from "../../src/graph/pick.js";
import { allCalls, geometryOf, keysOf, sceneOf, widthOf } from "../../src/graph/scene.js";
import { admit } from "../../src/graph/slots.js";
import { viewOf } from "../../src/graph/view.js";
import { chipLines, spoken, stageName } from "../../src/graph/words.js";
import { elk } from "./elk.js";
import { edge, graph, node, shop } from "./make.js";

const at = (/** @type {string} */ id, /** @type {number} */ x, /** @type {number} */ y) => ({ id, rect: { x, y, w: 100, h: 40 } });

describe("arrows", () => {
  const nodes = [at("left", 0, 100), at("mid", 200, 100), at("up", 200, 0), at("far", 600, 110), at("below", 210, 300)];

  test.each([
    ["ArrowRight", "mid", "far"],
    ["ArrowLeft", "mid", "left"],
    ["ArrowUp", "mid", "up"],
    ["ArrowDown", "mid", "below"],
    ["ArrowLeft", "left", null],
    ["ArrowDown", null, "left"],
  ])("%s from %s leads to %s", (key, from, to) => expect(nearest(nodes, from, key)).toBe(to));
});

test.each([
  [null, 1, "a"], ["a", 1, "b"], ["b", 1, null], ["b", -1, "a"], ["a", -1, null], [null, -1, null], ["elsewhere", 1, "a"],
])("the problem after %s (%i) is %s: Tab is no trap", (from, step, to) => {
  expect(nextProblem(["a", "b"], from, /** @type {1|-1} */ (step))).toBe(to);
});

describe("a point", () => {
  const nodes = [at("n", 0, 0)];
  const lines = [{ id: "e", points: [[100, 20], [300, 20]], bounds: { x: 100, y: 20, w: 200, h: 0 } }];

  test.each([
    ["in a node", 50, 20, 1, { kind: "node", id: "n" }],
    ["near a call", 200, 25, 1, { kind: "edge", id: "e" }],
    ["too far from it", 200, 28, 1, null],
    ["as far, zoomed out", 200, 28, 0.5, { kind: "edge", id: "e" }],
    ["in the open", 500, 500, 1, null],
  ])("%s", (_, x, y, k, expected) => expect(pick(nodes, lines, x, y, k)).toEqual(expected));
});

describe("the eye", () => {
  const margin = { top: 10, right: 10, bottom: 50, left: 10 };

  test("zooming keeps the point under the pointer", () => {
    const eye = zoomed({ k: 1, x: 30, y: -20 }, 200, 150, 1.7);
    const before = toWorld({ k: 1, x: 30, y: -20 }, 200, 150);
    toWorld(eye, 200, 150).forEach((value, i) => expect(value).toBeCloseTo(before[i], 9));
    expect(zoomed(eye, 0, 0, 1e9).k).toBeLessThan(3);
    expect(zoomed(eye, 0, 0, 1e-9).k).toBeGreaterThan(0);
  });

  test("all of a picture is inside the margins", () => {
    const eye = fitted({ x: -50, y: 0, w: 2000, h: 500 }, 800, 600, margin);
    expect(-50 * eye.k + eye.x).toBeGreaterThanOrEqual(10);
    expect(1950 * eye.k + eye.x).toBeLessThanOrEqual(790.001);
    expect(500 * eye.k + eye.y).toBeLessThanOrEqual(550);
  });

  test("what is in view is left alone, what is not comes in", () => {
    const eye = { k: 1, x: 0, y: 0 };
    expect(revealed(eye, { x: 100, y: 100, w: 100, h: 40 }, 800, 600, margin)).toEqual(eye);
    const moved = revealed(eye, { x: 900, y: 100, w: 100, h: 40 }, 800, 600, margin);
    expect(1000 + moved.x).toBeCloseTo(790);
    expect(centred({ x: 0, y: 0, w: 100, h: 100 }, 2, 800, 600, margin).x).toBe(300);
  });
});

describe("words", () => {
  test("a chip's second line tells what is worse", () => {
    expect(chipLines(node("a/x", { rps: 318 }), "")[0]).toMatch(/^318 \/s · 20.ms$/u);
    expect(chipLines(node("a/x", { rps: 41.6, error_ratio: 0.31, health: "failing" }), "")[0]).toMatch(/^42 \/s · 31.% err$/u);
    expect(chipLines(node("a/x", { health: "idle", rps: 0, last_request: "2026-01-01T00:00:00Z" }), "2026-01-01T00:40:30Z")[0]).toBe("idle for 40 min");
  });

  test("a selection is one sentence", () => {
    expect(spoken(shop(), /** @type {any} */ (shop().nodes.get("shop/cart")))).toMatch(/^cart, failing, 42.0 \/s, called by web and checkout, calls cart-redis\.$/);
    expect(spoken(shop(), edge("a/x→a/y", { mtls_ratio: 0 }))).toBe("call a/x → a/y, healthy, 10.0 /s, plaintext.");
    expect(stageName(shop())).toBe("Service graph, 10 nodes, 2 failing");
  });

  test("news tells the worst, with how many others, and a recovery", () => {
    const before = healthsOf(shop());
    expect(news(before, shop(), "03:02")).toBe(null);
    const after = shop();
    for (const id of ["shop/catalog", "payments/payments", "payments/ledger"]) after.nodes.set(id, node(id, { health: "failing" }));
    after.nodes.set("shop/cart", node("shop/cart"));
    expect(news(before, after, "03:02")).toBe("shop/catalog and 2 others are failing since 03:02");
    expect(changedHealth(before, after).length).toBe(4);
    const well = shop();
    well.nodes.set("shop/cart", node("shop/cart"));
    expect(news(before, well, "03:09")).toBe("shop/cart is healthy again since 03:09");
  });
});

describe("history", () => {
  const push = (/** @type {History} */ history, /** @type {number} */ second, /** @type {number|null} */ rps) => {
    const g = graph([node("a/x")], []);
    /** @type {any} */ (g.nodes.get("a/x")).signals.rps = rps;
    history.take({ ...g, at: new Date(second * 1000).toISOString() });
  };

  test("is what was seen, with gaps, at most one point in two seconds", () => {
    const history = new History();
    for (const [second, rps] of /** @type {[number, number|null][]} */ ([[0, 1], [1, 99], [2, null], [4, 3]])) push(history, second, rps);
    expect(history.of("a/x").values.rps).toEqual([1, null, 3]);
    expect(history.of("a/y").values.rps).toEqual([null, null, null]);
    expect(history.since).toBe(0);
  });

  test("of a long day is coarser, not longer", () => {
    const history = new History();
    for (let second = 0; second < 4000; second += 2) push(history, second, second);
    const values = history.of("a/x").values.rps;
    expect(values.length).toBeLessThan(200);
    expect(values).toEqual([...values].sort((a, b) => Number(a) - Number(b)));
    expect(values[0]).toBe(0);
    expect(values.at(-1)).toBeGreaterThan(3900);
  });
});

describe("positions", () => {
  const store = () => {
    /** @type {Map<string, string>} */ const kept = new Map();
    return { getItem: (/** @type {string} */ key) => kept.get(key) ?? null, setItem: (/** @type {string} */ key, /** @type {string} */ value) => void kept.set(key, value) };
  };

  test("that were kept come back, for the same mesh only", async () => {
    const placement = await layOut(shop(), elk);
    const place = store();
    keep(place, "service", placement, 1);
    expect(recall(place, "service", new Set(shop().nodes.keys()))).toEqual(placement);
    expect(recall(place, "service", new Set(["other/a", "other/b"]))).toBe(null);
    expect(recall(place, "version", new Set(shop().nodes.keys()))).toBe(null);
  });

  test("of the oldest graph go when there are more than twenty", async () => {
    const placement = await layOut(shop(), elk);
    const place = store();
    for (let i = 0; i <= 20; i++) keep(place, `mesh${i}`, placement, i);
    const ids = new Set(shop().nodes.keys());
    expect(recall(place, "mesh0", ids)).toBe(null);
    expect(recall(place, "mesh20", ids)).not.toBe(null);
  });

  test("that cannot be read or kept do no harm", async () => {
    const full = { getItem: () => "{not json", setItem: () => { throw new Error("full"); } };
    expect(recall(full, "service", new Set(["a/x"]))).toBe(null);
    keep(full, "service", await layOut(shop(), elk), 1);
  });
});

describe("a scene", () => {
  const sceneFrom = (/** @type {any} */ g, /** @type {any} */ placement, /** @type {any} */ question = {}, now = 0) => {
    const keys = keysOf(g, placement);
    const geometry = geometryOf(g, placement, keys, allCalls(g, placement, keys));
    return sceneOf(g, placement, keys, geometry, viewOf(g, { find: "", hide: false, problems: false, focus: "", hops: 1, ...question }), now);
  };

  test("has everything, named and counted, failing calls with their ratio", async () => {
    const g = shop();
    const scene = sceneFrom(g, await layOut(g, elk));
    expect(scene.frames.map(({ name, count }) => `${name} ${count}`).sort()).toEqual(["edge 1", "payments 3", "shop 5"]);
    expect(scene.links.length).toBe(10);
    expect(scene.links.find((link) => link.id === "shop/web→shop/cart")?.label).toMatch(/^31.%$/u);
  });

  test.each([
    ["all mutual TLS", { mtls_ratio: 1 }, { label: "", locked: true, detail: "10 /s · mTLS" }],
    ["some of it", { mtls_ratio: 0.86 }, { label: "86 % mTLS", locked: false, detail: "10 /s · 86 % mTLS" }],
    ["plaintext", { mtls_ratio: 0 }, { label: "plaintext", locked: false, detail: "10 /s · plaintext" }],
    ["nobody says", {}, { label: "", locked: false, detail: "10 /s" }],
    ["failing comes first", { mtls_ratio: 0, health: "failing", error_ratio: 0.31 }, { label: "31 %", locked: false, detail: "10 /s · 31 % err · plaintext" }],
  ])("says how a call is secured: %s", async (_, more, expected) => {
    const g = graph([node("a/x"), node("a/y")], [edge("a/x→a/y", /** @type {any} */ (more))]);
    const [link] = sceneFrom(g, await layOut(g, elk)).links;
    const plain = (/** @type {string} */ text) => text.replaceAll("\u2009", " ");
    expect({ label: plain(link.label), locked: link.locked, detail: plain(link.detail) }).toEqual(expected);
  });

  test("calls between namespaces add up their shares of mutual TLS by traffic, those that say nothing left out", async () => {
    const nodes = [...Array(60)].flatMap((_, i) => ["a", "b", "c"].map((ns) => node(`${ns}/s${i}`)));
    const g = graph(nodes, [
      edge("a/s0→b/s0", { mtls_ratio: 1, rps: 30 }), edge("a/s1→b/s1", { mtls_ratio: 0, rps: 10 }), edge("a/s2→b/s2", { rps: 500 }),
      edge("b/s0→c/s0", { mtls_ratio: 1, rps: 0 }), edge("b/s1→c/s1", { mtls_ratio: 0, rps: 0 }),
      edge("a/s0→c/s0", { mtls_ratio: 1 }), edge("a/s1→c/s1", { mtls_ratio: 1 }),
    ]);
    const links = new Map(sceneFrom(g, await layOut(g, elk)).links.map((link) => [link.id, link]));
    expect(links.get("a/*→b/*")).toMatchObject({ label: "75\u2009% mTLS", locked: false });
    expect(links.get("b/*→c/*")).toMatchObject({ label: "plaintext", locked: false });
    expect(links.get("a/*→c/*")).toMatchObject({ label: "", locked: true });
  });

  test("filters hide and move nothing", async () => {
    const g = shop();
    const placement = await layOut(g, elk);
    const whole = new Map(sceneFrom(g, placement).things.map((thing) => [thing.id, thing.rect]));
    const part = sceneFrom(g, placement, { problems: true });
    expect(part.things.length).toBeLessThan(whole.size);
    for (const thing of part.things) expect(thing.rect).toEqual(whole.get(thing.id));
  });

  test("keeps a node that went as a ghost for ten minutes", async () => {
    const g = shop();
    const placement = await layOut(g, elk);
    g.nodes.delete("payments/ledger-db");
    g.edges.delete("payments/ledger→payments/ledger-db");
    admit(placement, g, 1000);
    const ghost = (/** @type {number} */ now) => sceneFrom(g, placement, {}, now).things.find((thing) => thing.id === "payments/ledger-db");
    expect(ghost(121_000)).toMatchObject({ gone: true, lines: ["gone 2 min ago", "gone"] });
    expect(ghost(1000 + 600_001)).toBe(undefined);
  });

  test("a call is wider with traffic, within 1.2 and 7", () => {
    expect([widthOf(0), widthOf(1e9)]).toEqual([1.2, 7]);
    expect(widthOf(100)).toBeGreaterThan(widthOf(10));
  });
});
