/**
 * What is to be drawn now: boxes, nodes, cards, calls, with where they are and what is written on them. Pure; where things
 * are is worked out again only when something stands elsewhere or a call came or went, what is written on every push.
 *
 * @typedef {import("./boxes.js").Rect} Rect
 * @typedef {import("./model.js").Graph} Graph
 * @typedef {import("./model.js").Node} Node
 * @typedef {import("./model.js").Health} Health
 * @typedef {import("./placement.js").Placement} Placement
 * @typedef {import("./view.js").View} View
 * @typedef {import("./entities.js").Card} Card
 * @typedef {import("./entities.js").Call} Call
 * @typedef {{key: string, rect: Rect, name: string, count: number, health: Health}} Frame
 * @typedef {{id: string, rect: Rect, name: string, kind: string, health: Health, lines: string[], gone: boolean, card: Card|null, lit: boolean}} Thing
 * @typedef {{id: string, call: Call, curve: import("./curve.js").Curve, points: number[][], bounds: Rect, width: number, label: string, locked: boolean, detail: string, lit: boolean}} Link
 *   `label` stands on the line, `detail` while one points at it; `locked`: all of it is mutual TLS; `lit`: not left out by a path
 * @typedef {{frames: Frame[], things: Thing[], links: Link[], bounds: Rect}} Scene
 * @typedef {{stands: Map<string, import("./route.js").Stand>, lines: Map<string, {curve: import("./curve.js").Curve, points: number[][], bounds: Rect}>}} Geometry
 */
import { ratio } from "../ui/number.js";
import { span } from "../ui/time.js";
import { CARD_W } from "./chip.js";
import { boundsOf, sampled } from "./curve.js";
import { callsOf, cardId, cardsOf, entityOf, worstOf } from "./entities.js";
import { NO_NAMESPACE } from "./model.js";
import { boxKeys, isLoose, rectOf } from "./placement.js";
import { direct, routes } from "./route.js";
import { GHOST_MS } from "./slots.js";
import { chipLines, secured, shortRate } from "./words.js";

/** @param {Placement} placement */
const usesCards = (placement) => [...placement.boxes.values()].some((box) => !box.open);

/** The box of every node as it stands, or where it would stand. @param {Graph} graph @param {Placement} placement */
export const keysOf = (graph, placement) => boxKeys(graph, { cards: usesCards(placement) });

/** A card is drawn as tall as what is wrong in it needs; the room it has is fixed. @param {Card} card */
export const cardHeight = (card) => 58 + card.worst.length * 17;

/** Where things stand and calls run. @param {Graph} graph @param {Placement} placement @param {Map<string, string>} keys @param {Map<string, Call>} calls @param {{moving?: boolean}} [how] @returns {Geometry} */
export function geometryOf(graph, placement, keys, calls, { moving = false } = {}) {
  /** @type {Geometry["stands"]} */ const stands = new Map();
  for (const [id, spot] of placement.spots) {
    const rect = rectOf(placement, id);
    if (rect) stands.set(id, { ...rect, box: spot.box, slot: spot.slot });
  }
  /** @type {Map<string, Rect>} */ const frames = new Map();
  const cards = cardsOf(graph, placement, keys);
  for (const [key, box] of placement.boxes) {
    const card = cards.get(cardId(key));
    if (box.open) frames.set(key, box);
    else if (card) stands.set(card.id, { x: box.x, y: box.y, w: CARD_W, h: 58, box: card.id });
  }
  const curves = moving ? direct(calls.values(), stands) : routes(calls.values(), stands, frames, placement.bends);
  const lines = new Map([...curves].map(([id, curve]) => {
    const points = sampled(curve);
    return [id, { curve, points, bounds: boundsOf(points) }];
  }));
  return { stands, lines };
}

/** @param {Graph} graph @param {Placement} placement @param {Map<string, string>} keys */
export const allCalls = (graph, placement, keys) => callsOf(graph, placement, keys, () => true);

/** From 1.2 to 7, by the logarithm of traffic. @param {number} rps */
export const widthOf = (rps) => Math.max(1.2, Math.min(7, Math.log10(rps + 1) * 2.3));

/** What a call has to say on its line: first that it fails, then that it is open. @param {Call} call */
function labelOf(call) {
  if (call.health === "failing" && call.error_ratio !== null) return ratio(call.error_ratio);
  return call.plaintext ? secured(call.mtls) : "";
}

/** What it says to who points at it. @param {Call} call */
const detailOf = (call) => [shortRate(call.rps), call.error_ratio ? `${ratio(call.error_ratio)} err` : "", secured(call.mtls)].filter(Boolean).join(" · ");

/**
 * @param {Graph} graph @param {Placement} placement @param {Map<string, string>} keys @param {Geometry} geometry @param {View} view @param {number} now
 * @returns {Scene}
 */
export function sceneOf(graph, placement, keys, geometry, view, now) {
  const things = [...nodesOf(graph, placement, view), ...ghostsOf(graph, placement, now), ...cardThings(graph, placement, keys, view)];
  const present = new Set(things.map((thing) => thing.id));
  const calls = callsOf(graph, placement, keys, (edge) => view.edges.has(edge.id));
  const links = [...calls.values()].flatMap((call) => {
    const line = geometry.lines.get(call.id);
    if (!line || !present.has(call.source) || !present.has(call.target)) return [];
    return [{ id: call.id, call, ...line, width: widthOf(call.rps), label: labelOf(call), locked: call.mtls !== null && call.mtls >= 1, detail: detailOf(call), lit: !view.way || view.way.has(call.id) || !graph.edges.has(call.id) }];
  });
  const frames = framesOf(graph, placement, keys, view);
  return { frames, things, links, bounds: boundsOfAll([...frames.map((frame) => frame.rect), ...things.map((thing) => thing.rect)]) };
}

/** @param {Graph} graph @param {Placement} placement @param {View} view @returns {Thing[]} */
function nodesOf(graph, placement, view) {
  return [...view.nodes].flatMap((id) => {
    const node = /** @type {Node} */ (graph.nodes.get(id));
    const rect = rectOf(placement, id);
    if (!rect) return [];
    return [{ id, rect, name: node.name, kind: node.kind, health: node.health, lines: chipLines(node, graph.at), gone: false, card: null, lit: !view.lit || view.lit.has(id) }];
  });
}

/** Nodes that went a short time ago keep their outline. @param {Graph} graph @param {Placement} placement @param {number} now @returns {Thing[]} */
function ghostsOf(graph, placement, now) {
  return [...placement.spots].flatMap(([id, spot]) => {
    if (spot.gone === undefined || graph.nodes.has(id) || now - spot.gone > GHOST_MS) return [];
    const rect = rectOf(placement, id);
    const name = decodeURIComponent(id.slice(id.indexOf("/") + 1));
    return rect ? [{ id, rect, name, kind: "service", health: /** @type {Health} */ ("idle"), lines: [`gone ${span((now - spot.gone) / 1000)} ago`, "gone"], gone: true, card: null, lit: true }] : [];
  });
}

/** @param {Graph} graph @param {Placement} placement @param {Map<string, string>} keys @param {View} view @returns {Thing[]} */
function cardThings(graph, placement, keys, view) {
  const shown = new Set([...view.nodes].map((id) => entityOf(placement, keys, id)));
  const lit = view.lit && new Set([...view.lit].map((id) => entityOf(placement, keys, id)));
  return [...cardsOf(graph, placement, keys).values()].filter((card) => shown.has(card.id)).map((card) => {
    const box = /** @type {Rect} */ (placement.boxes.get(card.key));
    const traffic = shortRate(card.rps);
    const errors = card.error_ratio === null ? "" : ratio(card.error_ratio);
    return { id: card.id, rect: { x: box.x, y: box.y, w: CARD_W, h: cardHeight(card) }, name: card.name, kind: "namespace", health: card.health,
      lines: errors ? [`${traffic} · ${errors}`, errors] : [traffic], gone: false, card, lit: !lit || lit.has(card.id) };
  });
}

/** @param {Graph} graph @param {Placement} placement @param {Map<string, string>} keys @param {View} view @returns {Frame[]} */
function framesOf(graph, placement, keys, view) {
  /** @type {Map<string, Node[]>} */ const inside = new Map();
  for (const node of graph.nodes.values()) {
    const key = placement.spots.get(node.id)?.box ?? keys.get(node.id) ?? "";
    const known = inside.get(key);
    if (known) known.push(node);
    else inside.set(key, [node]);
  }
  return [...placement.boxes].flatMap(([key, box]) => {
    const nodes = inside.get(key) ?? [];
    if (!box.open || isLoose(key) || !nodes.some((node) => view.nodes.has(node.id))) return [];
    return [{ key, rect: box, name: key === NO_NAMESPACE ? "no namespace" : key, count: nodes.length, health: worstOf(nodes.map((node) => node.health)) }];
  });
}

/** @param {Rect[]} rects @returns {Rect} */
function boundsOfAll(rects) {
  if (!rects.length) return { x: 0, y: 0, w: 1, h: 1 };
  const x = Math.min(...rects.map((rect) => rect.x));
  const y = Math.min(...rects.map((rect) => rect.y));
  return { x, y, w: Math.max(...rects.map((rect) => rect.x + rect.w)) - x, h: Math.max(...rects.map((rect) => rect.y + rect.h)) - y };
}
