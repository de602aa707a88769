/** The picture: deterministic, nothing overlaps, new nodes find room, nothing else moves. */
import { describe, expect, test } from "vitest";
import { arrange, order, overlap } from "../../src/graph/boxes.js";
import { CARD_W } from "../../src/graph/chip.js";
import { cardsOf, callsOf } from "../../src/graph/entities.js";
import { backbone, closeBox, layOut, openBox } from "../../src/graph/layout.js";
import { boxKeys, copyOf, rectOf } from "../../src/graph/placement.js";
import { admit, SLOT_KEPT_MS } from "../../src/graph/slots.js";
import { elk } from "./elk.js";
import { edge, graph, mesh, node, random, shop } from "./make.js";

/** @param {import("../../src/graph/placement.js").Placement} placement */
function expectSound(placement) {
  const boxes = [...placement.boxes];
  for (const [a, ra] of boxes) for (const [b, rb] of boxes) if (a < b) expect(overlap(ra, rb), `boxes ${a} and ${b}`).toBe(false);
  const nodes = [...placement.spots.keys()].flatMap((id) => (rectOf(placement, id) ? [{ id, rect: /** @type {any} */ (rectOf(placement, id)) }] : []));
  for (const a of nodes) for (const b of nodes) if (a.id < b.id) expect(overlap(a.rect, b.rect), `${a.id} and ${b.id}`).toBe(false);
  for (const { id, rect } of nodes) {
    const box = /** @type {any} */ (placement.boxes.get(/** @type {any} */ (placement.spots.get(id)).box));
    expect(rect.x >= box.x && rect.y >= box.y && rect.x + rect.w <= box.x + box.w && rect.y + rect.h <= box.y + box.h, `${id} in its box`).toBe(true);
  }
}

describe("boxes", () => {
  test("callers come before callees", () => {
    const calls = [["a", "b"], ["b", "c"], ["a", "c"]].map(([source, target]) => ({ source, target, rate: 1 }));
    expect(order(["c", "b", "a"], calls)).toEqual(["a", "b", "c"]);
  });

  test("of a cycle the lighter call goes back", () => {
    expect(order(["b", "a"], [{ source: "a", target: "b", rate: 100 }, { source: "b", target: "a", rate: 1 }])).toEqual(["a", "b"]);
  });

  test.each([...Array(30).keys()])("random boxes %i: no overlap, the screen's shape, the same for every order of input", (seed) => {
    const next = random(seed);
    const boxes = [...Array(4 + Math.floor(next() * 14))].map((_, i) => ({ key: `n${i}`, w: 144 + next() * 500, h: 94 + next() * 300 }));
    const calls = boxes.slice(1).map((box, i) => ({ source: boxes[Math.floor(next() * (i + 1))].key, target: box.key, rate: next() * 100, out: { x: 130, y: 60 }, into: { x: 14, y: 60 } }));
    const placed = arrange(boxes, calls);
    const rects = [...placed.values()];
    for (let i = 0; i < rects.length; i++) for (let j = 0; j < i; j++) expect(overlap(rects[i], rects[j])).toBe(false);
    const w = Math.max(...rects.map((rect) => rect.x + rect.w));
    const h = Math.max(...rects.map((rect) => rect.y + rect.h));
    expect(w / h).toBeLessThan(2.5);
    expect(w / h).toBeGreaterThan(0.4);
    expect(Object.fromEntries(arrange([...boxes].reverse(), calls))).toEqual(Object.fromEntries(placed));
  });

  test("a chain of boxes turns back instead of leaving the screen", () => {
    const boxes = [...Array(18).keys()].map((i) => ({ key: `n${String(i).padStart(2, "0")}`, w: 140, h: 109 }));
    const calls = boxes.slice(1).map((box, i) => ({ source: boxes[i].key, target: box.key, rate: 1, out: { x: 140, y: 21 }, into: { x: 0, y: 21 } }));
    const rects = [...arrange(boxes, calls).values()];
    const w = Math.max(...rects.map((rect) => rect.x + rect.w));
    expect(w / Math.max(...rects.map((rect) => rect.y + rect.h))).toBeLessThan(2.5);
  });

  test("the backbone keeps the heavier direction and two callers of each", () => {
    const point = { x: 0, y: 0 };
    const call = (/** @type {string} */ source, /** @type {string} */ target, /** @type {number} */ rate) => ({ source, target, rate, out: point, into: point });
    const kept = backbone([call("a", "b", 5), call("b", "a", 1), call("a", "d", 3), call("b", "d", 2), call("c", "d", 1)]);
    expect(kept.map((each) => `${each.source}${each.target}`).sort()).toEqual(["ab", "ad", "bd"]);
  });
});

describe("layout", () => {
  test("the shop flows left to right and its external stands alone", async () => {
    const placement = await layOut(shop(), elk);
    expectSound(placement);
    const x = (/** @type {string} */ id) => /** @type {any} */ (rectOf(placement, id)).x;
    expect(x("edge/ingress")).toBeLessThan(x("shop/web"));
    expect(x("shop/web")).toBeLessThan(x("shop/checkout"));
    expect(x("shop/checkout")).toBeLessThan(x("shop/cart"));
    expect(placement.spots.get("-/stripe.example")?.box).toBe("*-/stripe.example");
  });

  test("the same graph in another order is the same picture", async () => {
    const one = mesh(7);
    const other = graph([...one.nodes.values()].reverse(), [...one.edges.values()].reverse());
    const [a, b] = [await layOut(one, elk), await layOut(other, elk)];
    expect(new Map([...b.boxes].sort())).toEqual(new Map([...a.boxes].sort()));
    expect(new Map([...b.spots].sort())).toEqual(new Map([...a.spots].sort()));
  });

  test("a mesh without namespaces is one box, stores inside", async () => {
    const placement = await layOut(graph([node("-/a"), node("-/b"), node("-/db", { kind: "database" })], [edge("-/a→-/b"), edge("-/b→-/db")]), elk);
    expect([...placement.boxes.keys()]).toEqual(["-"]);
  });

  test("tidying a settled picture keeps its order", async () => {
    const before = await layOut(shop(), elk);
    const after = await layOut(shop(), elk, { seed: before });
    expectSound(after);
    const column = (/** @type {any} */ placement) => ["shop/web", "shop/checkout", "shop/cart"].map((id) => rectOf(placement, id)?.x ?? NaN);
    expect(column(after)).toEqual(column(after).toSorted((a, b) => a - b));
  });
});

describe("slots", () => {
  test.each([...Array(25).keys()])("sequence %i of deltas: nothing overlaps, nothing leaves its box, only boxes move", async (seed) => {
    const next = random(seed * 31 + 5);
    const full = mesh(seed, { nodes: 26, edges: 45 });
    const first = graph([...full.nodes.values()].slice(0, 14), [...full.edges.values()].filter((e) => [...full.nodes.keys()].indexOf(e.source) < 14 && [...full.nodes.keys()].indexOf(e.target) < 14));
    const placement = await layOut(first, elk);
    let now = 0;
    for (let step = 0; step < 12; step++) {
      const before = copyOf(placement);
      const kept = [...full.nodes.values()].filter((_, i) => i < 14 + step || next() < 0.3).filter(() => next() < 0.93);
      const ids = new Set(kept.map((each) => each.id));
      const g = graph(kept, [...full.edges.values()].filter((e) => ids.has(e.source) && ids.has(e.target)));
      now += next() * 900_000;
      admit(placement, g, now);
      expectSound(placement);
      for (const id of ids) expect(placement.spots.has(id)).toBe(true);
      for (const [id, spot] of before.spots) {
        const after = placement.spots.get(id);
        if (after && ids.has(id) && spot.gone === undefined) expect([after.box, after.x, after.y]).toEqual([spot.box, spot.x, spot.y]);
      }
    }
  });

  test("a new node stands right of its caller, in its box", async () => {
    const g = shop();
    const placement = await layOut(g, elk);
    g.nodes.set("shop/basket", node("shop/basket"));
    g.edges.set("shop/web→shop/basket", edge("shop/web→shop/basket"));
    expect(admit(placement, g, 0)).toBe(true);
    const web = /** @type {any} */ (placement.spots.get("shop/web"));
    expect(placement.spots.get("shop/basket")).toMatchObject({ box: "shop", slot: true });
    expect(/** @type {any} */ (placement.spots.get("shop/basket")).x).toBeGreaterThanOrEqual(web.x + web.w);
    expectSound(placement);
  });

  test("a node that went and came back has its old place; an hour later its place is free", async () => {
    const g = shop();
    const placement = await layOut(g, elk);
    const spot = { ...placement.spots.get("shop/cart") };
    const cart = /** @type {any} */ (g.nodes.get("shop/cart"));
    g.nodes.delete("shop/cart");
    admit(placement, g, 1000);
    expect(placement.spots.get("shop/cart")).toEqual({ ...spot, gone: 1000 });
    g.nodes.set("shop/cart", cart);
    admit(placement, g, 2000);
    expect(placement.spots.get("shop/cart")).toEqual(spot);
    g.nodes.delete("shop/cart");
    admit(placement, g, 3000);
    admit(placement, g, 3001 + SLOT_KEPT_MS);
    expect(placement.spots.has("shop/cart")).toBe(false);
  });

  test("signals alone change nothing", async () => {
    const g = shop();
    const placement = await layOut(g, elk);
    const before = copyOf(placement);
    g.nodes.set("shop/cart", node("shop/cart", { health: "healthy" }));
    expect(admit(placement, g, 5)).toBe(false);
    expect(placement).toEqual(before);
  });
});

describe("cards", () => {
  const large = () => mesh(3, { namespaces: 9, nodes: 180, edges: 400 });

  test("above 150 nodes every namespace is a card; calls between them are summed", async () => {
    const g = large();
    const placement = await layOut(g, elk);
    expect([...placement.boxes.values()].every((box) => !box.open && box.w === CARD_W)).toBe(true);
    const keys = boxKeys(g, { cards: true });
    const cards = cardsOf(g, placement, keys);
    expect([...cards.values()].reduce((sum, card) => sum + card.count, 0)).toBe(180);
    const calls = callsOf(g, placement, keys, () => true);
    const crossing = [...g.edges.values()].filter((e) => keys.get(e.source) !== keys.get(e.target));
    expect([...calls.values()].reduce((sum, call) => sum + call.rps, 0)).toBeCloseTo(crossing.reduce((sum, e) => sum + (e.signals.rps ?? 0), 0), 6);
    expectSound(placement);
  });

  test("one opens in place, and closes again", async () => {
    const g = large();
    const placement = await layOut(g, elk);
    const before = copyOf(placement).boxes;
    await openBox(placement, g, elk, "ns4");
    expectSound(placement);
    expect(placement.boxes.get("ns4")).toMatchObject({ open: true, x: before.get("ns4")?.x, y: before.get("ns4")?.y });
    closeBox(placement, "ns4");
    expect(placement.boxes.get("ns4")).toMatchObject({ open: false, w: CARD_W });
    expectSound(placement);
  });
});
