/** Routes: no call runs through a node, none through a foreign chip, ends spread in the order of where they lead. */
import { describe, expect, test } from "vitest";
import { boundsOf, sampled } from "../../src/graph/curve.js";
import { layOut } from "../../src/graph/layout.js";
import { rectOf } from "../../src/graph/placement.js";
import { portsOf, routes } from "../../src/graph/route.js";
import { admit } from "../../src/graph/slots.js";
import { elk } from "./elk.js";
import { edge, graph, mesh, node, shop } from "./make.js";

/** @param {import("../../src/graph/placement.js").Placement} placement */
function standsOf(placement) {
  return new Map([...placement.spots].map(([id, spot]) => [id, { .../** @type {any} */ (rectOf(placement, id)), box: spot.box, slot: spot.slot }]));
}

/** Nodes whose inside a call's line touches, its own two ends left out. @param {any} g @param {any} placement */
function crossed(g, placement) {
  const stands = standsOf(placement);
  const curves = routes(g.edges.values(), stands, placement.boxes, placement.bends);
  /** @type {string[]} */ const hits = [];
  for (const [id, curve] of curves) {
    const { source, target } = g.edges.get(id);
    for (const [other, rect] of stands) {
      if (other === source || other === target) continue;
      if (sampled(curve, 24).some(([x, y]) => x > rect.x + 1 && x < rect.x + rect.w - 1 && y > rect.y + 1 && y < rect.y + rect.h - 1)) hits.push(`${id} through ${other}`);
    }
  }
  return hits;
}

describe("routes", () => {
  test("of the shop cross no node", async () => {
    const g = shop();
    expect(crossed(g, await layOut(g, elk))).toEqual([]);
  });

  test.each([...Array(30).keys()])("of random mesh %i cross no node", async (seed) => {
    const g = mesh(seed, { nodes: 24, edges: 34 });
    expect(crossed(g, await layOut(g, elk))).toEqual([]);
  });

  test.each([...Array(15).keys()])("of random mesh %i with nodes in slots cross no node", async (seed) => {
    const full = mesh(seed + 100, { nodes: 24, edges: 32 });
    const ids = new Set([...full.nodes.keys()].slice(0, 16));
    const part = graph([...full.nodes.values()].slice(0, 16), [...full.edges.values()].filter((e) => ids.has(e.source) && ids.has(e.target)));
    const placement = await layOut(part, elk);
    admit(placement, full, 0);
    expect(crossed(full, placement)).toEqual([]);
  });

  test("every call has a curve that starts right of its caller and ends left of its callee", async () => {
    const g = mesh(4);
    const placement = await layOut(g, elk);
    const stands = standsOf(placement);
    const curves = routes(g.edges.values(), stands, placement.boxes, placement.bends);
    expect([...curves.keys()].sort()).toEqual([...g.edges.keys()].sort());
    for (const [id, curve] of curves) {
      const { source, target } = /** @type {any} */ (g.edges.get(id));
      if (source === target) continue;
      const [from, to] = [stands.get(source), stands.get(target)];
      expect(curve.x).toBe(from.x + from.w);
      expect(Math.abs((curve.beziers.at(-2) ?? 0) - to.x)).toBeLessThan(8);
    }
  });

  test("a call to itself is a loop beside its node", async () => {
    const g = graph([node("a/one")], [edge("a/one→a/one")]);
    const placement = await layOut(g, elk);
    const curve = /** @type {any} */ (routes(g.edges.values(), standsOf(placement), placement.boxes, placement.bends).get("a/one→a/one"));
    expect(boundsOf(sampled(curve)).h).toBeGreaterThan(10);
  });

  test("calls that share a channel part", () => {
    const at = (/** @type {number} */ x, /** @type {number} */ y, /** @type {string} */ box) => ({ x, y, w: 100, h: 42, box });
    const stands = new Map([["a", at(14, 38, "one")], ["b", at(14, 98, "one")], ["c", at(154, 320, "two")], ["d", at(154, 380, "two")]]);
    const boxes = new Map([["one", { x: 0, y: 0, w: 300, h: 160 }], ["two", { x: 140, y: 280, w: 130, h: 160 }]]);
    const curves = routes([{ id: "1", source: "a", target: "c" }, { id: "2", source: "b", target: "d" }], stands, boxes, new Map());
    const upright = (/** @type {string} */ id) => sampled(/** @type {any} */ (curves.get(id))).find(([, y]) => y > 180 && y < 260)?.[0] ?? NaN;
    expect(Math.abs(upright("1") - upright("2"))).toBeGreaterThanOrEqual(4);
  });

  test("ends are spread in target order", () => {
    const at = (/** @type {number} */ y) => ({ x: 0, y, w: 100, h: 42, box: "b" });
    const stands = new Map([["a", at(100)], ["up", at(0)], ["down", at(300)]]);
    const ports = portsOf([{ id: "1", source: "a", target: "down" }, { id: "2", source: "a", target: "up" }], stands);
    expect(ports.get("2")?.y0).toBeLessThan(ports.get("1")?.y0 ?? 0);
  });
});
