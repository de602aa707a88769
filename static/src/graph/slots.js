/** Puts new nodes where there is room. Nothing that stands moves inside its box; a box grows, and pushes only what it would cover. */
import { roomFor, placeOne, settle } from "./boxes.js";
import { CARD_H, CARD_W, CHIP_H, COLUMN_GAP, PAD, ROW_GAP, chipWidth } from "./chip.js";
import { callsBetween } from "./layout.js";
import { boxKeys, isLoose, sizeOf } from "./placement.js";

/**
 * @typedef {import("./placement.js").Placement} Placement
 * @typedef {import("./model.js").Graph} Graph
 */

/** How long a node that went keeps its place free, and how long its ghost is drawn. */
export const SLOT_KEPT_MS = 3_600_000;
export const GHOST_MS = 600_000;

/**
 * Brings `placement` up to date with the ids of `graph`: new nodes get a slot, gone ones are marked, old marks end.
 * Does nothing else, however signals changed. Answers whether anything stands differently now.
 * @param {Placement} placement changed in place @param {Graph} graph @param {number} now Unix ms
 */
export function admit(placement, graph, now) {
  let changed = false;
  for (const [id, spot] of placement.spots) {
    if (graph.nodes.has(id)) {
      if (spot.gone === undefined) continue;
      delete spot.gone;
    } else if (spot.gone === undefined) spot.gone = now;
    else if (now - spot.gone > SLOT_KEPT_MS) placement.spots.delete(id);
    else continue;
    changed = true;
  }
  for (const [key, box] of placement.boxes) if (box.open && emptied(placement, key)) placement.boxes.delete(key);
  const fresh = [...graph.nodes.keys()].filter((id) => !placement.spots.has(id)).sort();
  if (!fresh.length) return changed;
  const cards = [...placement.boxes.values()].some((box) => !box.open);
  const keys = boxKeys(graph, { cards });
  if (cards) changed = admitCards(placement, graph, keys) || changed;
  const wanted = fresh.filter((id) => placement.boxes.get(/** @type {string} */ (keys.get(id)))?.open !== false);
  for (const id of callersFirst(wanted, graph)) put(placement, graph, id, /** @type {string} */ (keys.get(id)), keys);
  return changed || wanted.length > 0;
}

/** Where namespaces are cards, a new namespace is one too. @param {Placement} placement @param {Graph} graph @param {Map<string, string>} keys */
function admitCards(placement, graph, keys) {
  const missing = [...new Set(keys.values())].filter((key) => !placement.boxes.has(key)).sort();
  for (const key of missing) {
    const size = { key, w: CARD_W, h: CARD_H };
    const at = placeOne(size, callsBetween(graph, placement, keys), placement.boxes, roomFor([...placement.boxes.values(), size]));
    placement.boxes.set(key, { ...at, w: size.w, h: size.h, open: false });
  }
  return missing.length > 0;
}

/** @param {Placement} placement @param {string} key */
const emptied = (placement, key) => ![...placement.spots.values()].some((spot) => spot.box === key);

/** New nodes in an order that lets each find its caller placed. @param {string[]} ids @param {Graph} graph */
function callersFirst(ids, graph) {
  const left = new Set(ids);
  const ordered = [];
  while (left.size) {
    const called = new Set([...graph.edges.values()].filter((edge) => left.has(edge.source) && edge.source !== edge.target).map((edge) => edge.target));
    const ready = [...left].filter((id) => !called.has(id));
    for (const id of ready.length ? ready : [[...left][0]]) {
      ordered.push(id);
      left.delete(id);
    }
  }
  return ordered;
}

/** @param {Placement} placement @param {Graph} graph @param {string} id @param {string} key @param {Map<string, string>} keys */
function put(placement, graph, id, key, keys) {
  const node = /** @type {import("./model.js").Node} */ (graph.nodes.get(id));
  const w = chipWidth(node.name, node.kind);
  if (!placement.boxes.has(key)) {
    const pad = isLoose(key) ? { top: 0, side: 0, bottom: 0 } : PAD;
    placement.spots.set(id, { box: key, x: pad.side, y: pad.top, w, slot: true });
    const size = { key, ...sizeOf(placement, key) };
    const room = roomFor([...placement.boxes.values(), size]);
    const standing = new Map([...keys].filter(([other]) => placement.spots.has(other)).map(([other]) => [other, /** @type {any} */ (placement.spots.get(other)).box]));
    standing.set(id, key);
    placement.boxes.set(key, { ...placeOne(size, callsBetween(graph, placement, standing), placement.boxes, room), w: size.w, h: size.h, open: true });
    return;
  }
  placement.spots.set(id, { box: key, ...freeSlot(placement, graph, id, key, w), w, slot: true });
  const box = /** @type {import("./placement.js").Box} */ (placement.boxes.get(key));
  const size = sizeOf(placement, key);
  if (size.w <= box.w && size.h <= box.h) return;
  const way = size.w > box.w ? "any" : "down";
  box.w = Math.max(box.w, size.w);
  box.h = Math.max(box.h, size.h);
  settle(placement.boxes, key, way);
}

/**
 * The first free place in the column right of the first caller, left of the first callee without one.
 * @param {Placement} placement @param {Graph} graph @param {string} id @param {string} key @param {number} w
 */
function freeSlot(placement, graph, id, key, w) {
  const spots = [...placement.spots.values()].filter((spot) => spot.box === key);
  const here = (/** @type {string} */ other) => (placement.spots.get(other)?.box === key ? placement.spots.get(other) : undefined);
  const edges = [...graph.edges.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  const caller = edges.filter((edge) => edge.target === id).map((edge) => here(edge.source)).find(Boolean);
  const callee = edges.filter((edge) => edge.source === id).map((edge) => here(edge.target)).find(Boolean);
  const columns = [...new Set(spots.map((spot) => spot.x))].sort((a, b) => a - b);
  const x = caller
    ? columns.find((column) => column >= caller.x + caller.w) ?? caller.x + caller.w + COLUMN_GAP
    : callee ? columns.findLast((column) => column + w <= callee.x) ?? columns[0] : columns[0] ?? PAD.side;
  for (let y = PAD.top; ; y += CHIP_H + ROW_GAP) {
    const covers = (/** @type {{x: number, y: number, w: number}} */ spot) =>
      x < spot.x + spot.w + COLUMN_GAP / 2 && spot.x < x + w + COLUMN_GAP / 2 && y < spot.y + CHIP_H + ROW_GAP / 2 && spot.y < y + CHIP_H + ROW_GAP / 2;
    if (!spots.some(covers)) return { x, y };
  }
}

