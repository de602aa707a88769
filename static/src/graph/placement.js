/**
 * Where everything stands: boxes in the world, nodes in their box, bends of calls inside a box. Positions outlive deltas.
 *
 * @typedef {import("./boxes.js").Rect} Rect
 * @typedef {{box: string, x: number, y: number, w: number, slot?: boolean, gone?: number}} Spot  relative to its box; `slot`: put there
 *   by slots.js, not by a layout; `gone`: Unix ms since when its node is not in the graph
 * @typedef {Rect & {open: boolean}} Box  an open box shows its nodes, another is a card
 * @typedef {{boxes: Map<string, Box>, spots: Map<string, Spot>, bends: Map<string, number[][]>}} Placement
 */
import { CHIP_H, PAD } from "./chip.js";
import { NO_NAMESPACE, SILENT_KINDS } from "./model.js";

/** @returns {Placement} */
export const emptyPlacement = () => ({ boxes: new Map(), spots: new Map(), bends: new Map() });

/** A box of its own, without a frame, for one node that has no namespace. @param {string} id */
const looseKey = (id) => `*${id}`;

/** @param {string} key */
export const isLoose = (key) => key.startsWith("*");

/** More nodes than this without a namespace get one box: else each would be placed alone. */
const MOST_LOOSE = 30;

/** @param {import("./model.js").Node} node */
const namespaceKey = (node) => (node.cluster ? `${node.cluster}:${node.namespace}` : node.namespace);

/**
 * The box of every node: its namespace. A store, queue or external without one stands alone, beside who calls it,
 * unless its callers have none either (a mesh without namespaces is one box).
 * @param {import("./model.js").Graph} graph @param {{cards?: boolean}} [how] cards: one card for all without namespace
 * @returns {Map<string, string>} node id → box key
 */
export function boxKeys(graph, { cards = false } = {}) {
  const keys = new Map([...graph.nodes.values()].map((node) => [node.id, namespaceKey(node)]));
  if (cards) return keys;
  const loose = [...graph.nodes.values()].filter((node) => node.namespace === NO_NAMESPACE && SILENT_KINDS.has(node.kind));
  /** @type {Map<string, string[]>} */ const beside = new Map();
  for (const { source, target } of graph.edges.values()) {
    for (const [one, other] of [[source, target], [target, source]]) {
      const known = beside.get(one);
      if (known) known.push(other);
      else beside.set(one, [other]);
    }
  }
  const stays = (/** @type {import("./model.js").Node} */ node) => {
    const neighbours = beside.get(node.id) ?? [];
    return neighbours.length > 0 && neighbours.every((id) => keys.get(id) === namespaceKey(node));
  };
  const alone = loose.filter((node) => !stays(node));
  if (alone.length <= MOST_LOOSE) for (const node of alone) keys.set(node.id, looseKey(node.id));
  return keys;
}

/** The world rectangle of a node, or undefined if it has no spot or its box is a card. @param {Placement} placement @param {string} id */
export function rectOf(placement, id) {
  const spot = placement.spots.get(id);
  const box = spot && placement.boxes.get(spot.box);
  if (!spot || !box?.open) return undefined;
  return { x: box.x + spot.x, y: box.y + spot.y, w: spot.w, h: CHIP_H };
}

/** Whether so much was put into slots that a new layout would read better. @param {Placement} placement */
export function isPatched(placement) {
  const spots = [...placement.spots.values()];
  return spots.filter((spot) => spot.slot).length * 3 > spots.length;
}

/** The smallest size a box needs for its spots. @param {Placement} placement @param {string} key */
export function sizeOf(placement, key) {
  const pad = isLoose(key) ? { side: 0, bottom: 0 } : PAD;
  let w = 0;
  let h = 0;
  for (const spot of placement.spots.values()) {
    if (spot.box !== key) continue;
    w = Math.max(w, spot.x + spot.w + pad.side);
    h = Math.max(h, spot.y + CHIP_H + pad.bottom);
  }
  return { w, h };
}

/** A copy that can be changed without the first knowing; what undo and animation keep. @param {Placement} placement @returns {Placement} */
export const copyOf = (placement) => ({
  boxes: new Map([...placement.boxes].map(([key, box]) => [key, { ...box }])),
  spots: new Map([...placement.spots].map(([id, spot]) => [id, { ...spot }])),
  bends: new Map(placement.bends),
});

/** Part of the way from one picture to another; what only the second has stands where it will. @param {Placement} a @param {Placement} b @param {number} share 0..1 @returns {Placement} */
export function blend(a, b, share) {
  const mixed = copyOf(b);
  const mix = (/** @type {number} */ from, /** @type {number} */ to) => from + (to - from) * share;
  for (const [key, box] of mixed.boxes) {
    const from = a.boxes.get(key);
    if (from) Object.assign(box, { x: mix(from.x, box.x), y: mix(from.y, box.y), w: mix(from.w, box.w), h: mix(from.h, box.h) });
  }
  for (const [id, spot] of mixed.spots) {
    const from = a.spots.get(id);
    if (from && from.box === spot.box) Object.assign(spot, { x: mix(from.x, spot.x), y: mix(from.y, spot.y) });
  }
  return mixed;
}
