/** Layout inside one box: what ELK is asked, what its answer means, and the whole picture made of both. Sorted by id, so every viewer sees one picture. */
import { arrange, settle } from "./boxes.js";
import { CARD_H, CARD_W, CHIP_H, COLUMN_GAP, PAD, ROW_GAP, chipWidth } from "./chip.js";
import { boxKeys, emptyPlacement, isLoose } from "./placement.js";

/**
 * @typedef {import("./model.js").Graph} Graph
 * @typedef {import("./placement.js").Placement} Placement
 * @typedef {{id: string, layoutOptions: Record<string, string>, children: any[], edges: any[]}} ElkGraph
 * @typedef {(graph: ElkGraph) => Promise<any>} Elk
 */

/** More nodes than this, and every namespace starts as a card. */
export const CARDS_ABOVE = 150;

const OPTIONS = {
  "elk.algorithm": "layered",
  "elk.direction": "RIGHT",
  "elk.layered.thoroughness": "1",
  "elk.layered.crossingMinimization.greedySwitch.type": "OFF",
  "elk.layered.nodePlacement.strategy": "NETWORK_SIMPLEX",
  "elk.layered.considerModelOrder.strategy": "NODES_AND_EDGES",
  "elk.edgeRouting": "POLYLINE",
  "elk.spacing.nodeNode": String(ROW_GAP),
  "elk.layered.spacing.nodeNodeBetweenLayers": String(COLUMN_GAP),
  "elk.spacing.componentComponent": String(COLUMN_GAP),
  "elk.spacing.edgeNode": "12",
  "elk.layered.spacing.edgeNodeBetweenLayers": "12",
  "elk.aspectRatio": "1.2",
  "elk.padding": `[top=${PAD.top},left=${PAD.side},bottom=${PAD.bottom},right=${PAD.side}]`,
};
/** Tidy keeps what it can of the present picture. */
const INTERACTIVE = {
  "elk.layered.cycleBreaking.strategy": "INTERACTIVE",
  "elk.layered.layering.strategy": "INTERACTIVE",
  "elk.layered.crossingMinimization.strategy": "INTERACTIVE",
  "elk.layered.nodePlacement.strategy": "INTERACTIVE",
  "elk.separateConnectedComponents": "false",
};
const LAST = new Set(["database", "cache", "queue", "external"]);

/** @param {{id: string}} a @param {{id: string}} b */
const byId = (a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);

/**
 * What ELK is asked about one box. `seed`: where its nodes stand now.
 * @param {Graph} graph @param {string} key @param {string[]} ids @param {Placement} [seed] @returns {ElkGraph}
 */
export function question(graph, key, ids, seed) {
  const inside = new Set(ids);
  const edges = [...graph.edges.values()]
    .filter((edge) => edge.source !== edge.target && inside.has(edge.source) && inside.has(edge.target))
    .map((edge) => ({ id: edge.id, sources: [edge.source], targets: [edge.target] }));
  // ELK refuses a first node that is called and a last one that calls (a queue does).
  const called = new Set(edges.map((edge) => edge.targets[0]));
  const calling = new Set(edges.map((edge) => edge.sources[0]));
  const children = ids.map((id) => {
    const node = /** @type {import("./model.js").Node} */ (graph.nodes.get(id));
    const constraint = node.kind === "gateway" && !called.has(id) ? "FIRST" : LAST.has(node.kind) && !calling.has(id) ? "LAST" : "";
    /** @type {Record<string, string>} */ const layoutOptions = { "elk.alignment": "LEFT" };
    if (constraint) layoutOptions["elk.layered.layering.layerConstraint"] = constraint;
    const spot = seed?.spots.get(id);
    return { id, width: chipWidth(node.name, node.kind), height: CHIP_H, layoutOptions, ...(spot && { x: spot.x, y: spot.y }) };
  });
  return { id: key, layoutOptions: seed ? { ...OPTIONS, ...INTERACTIVE } : OPTIONS, children: children.sort(byId), edges: edges.sort(byId) };
}

/** Writes ELK's answer for one box into `placement`; answers the box's size. @param {Placement} placement @param {any} answer */
export function take(placement, answer) {
  for (const { id, x, y, width } of answer.children) placement.spots.set(id, { box: answer.id, x: Math.round(x), y: Math.round(y), w: width });
  for (const { id, sections } of answer.edges) {
    const bends = sections?.[0]?.bendPoints ?? [];
    placement.bends.set(id, bends.map((/** @type {{x: number, y: number}} */ p) => [Math.round(p.x), Math.round(p.y)]));
  }
  return { key: answer.id, w: Math.ceil(answer.width), h: Math.ceil(answer.height) };
}

/** Node ids of every box, boxes and ids sorted. @param {Map<string, string>} keys */
export function members(keys) {
  /** @type {Map<string, string[]>} */ const boxes = new Map();
  for (const [id, key] of [...keys].sort()) boxes.set(key, [...(boxes.get(key) ?? []), id]);
  return new Map([...boxes].sort());
}

/** @param {Placement} placement @param {string} key @param {string[]} ids @param {Graph} graph @param {Elk} elk @param {Placement} [seed] */
async function inside(placement, key, ids, graph, elk, seed) {
  if (!isLoose(key)) return take(placement, await elk(question(graph, key, ids, seed)));
  const node = /** @type {import("./model.js").Node} */ (graph.nodes.get(ids[0]));
  const w = chipWidth(node.name, node.kind);
  placement.spots.set(node.id, { box: key, x: 0, y: 0, w });
  return { key, w, h: CHIP_H };
}

/**
 * The whole picture, from nothing or (Tidy) from the present one. `open`: which namespaces show their nodes, if cards are used.
 * @param {Graph} graph @param {Elk} elk @param {{open?: Set<string>, seed?: Placement}} [how] @returns {Promise<Placement>}
 */
export async function layOut(graph, elk, { open = new Set(), seed } = {}) {
  const cards = graph.nodes.size > CARDS_ABOVE;
  const placement = emptyPlacement();
  const boxes = members(boxKeys(graph, { cards }));
  const sizes = await Promise.all([...boxes].map(([key, ids]) =>
    cards && !open.has(key) ? { key, w: CARD_W, h: CARD_H } : inside(placement, key, ids, graph, elk, seed)));
  const calls = callsBetween(graph, placement, boxKeys(graph, { cards }));
  const rects = arrange(sizes, cards ? backbone(calls) : calls);
  for (const [key, rect] of rects) placement.boxes.set(key, { ...rect, open: !cards || open.has(key) });
  return placement;
}

/**
 * Opens a card in place: lays out its nodes and pushes the neighbours; nothing inside other boxes moves.
 * @param {Placement} placement changed in place @param {Graph} graph @param {Elk} elk @param {string} key
 */
export async function openBox(placement, graph, elk, key) {
  const ids = members(boxKeys(graph, { cards: true })).get(key) ?? [];
  const known = ids.length > 0 && ids.every((id) => placement.spots.has(id));
  const size = known ? undefined : await inside(placement, key, ids, graph, elk);
  const box = placement.boxes.get(key);
  if (!box) return;
  const { w, h } = size ?? extent(placement, key);
  placement.boxes.set(key, { ...box, w, h, open: true });
  settle(placement.boxes, key, "any");
}

/** @param {Placement} placement @param {string} key */
export function closeBox(placement, key) {
  const box = placement.boxes.get(key);
  if (box) placement.boxes.set(key, { ...box, w: CARD_W, h: CARD_H, open: false });
}

/** @param {Placement} placement @param {string} key */
function extent(placement, key) {
  const spots = [...placement.spots.values()].filter((spot) => spot.box === key);
  return { w: Math.max(...spots.map((spot) => spot.x + spot.w)) + PAD.side, h: Math.max(...spots.map((spot) => spot.y)) + CHIP_H + PAD.bottom };
}

/**
 * Calls that join two boxes, with where they leave and enter them.
 * @param {Graph} graph @param {Placement} placement @param {Map<string, string>} keys @returns {import("./boxes.js").Call[]}
 */
export function callsBetween(graph, placement, keys) {
  const calls = [];
  for (const edge of [...graph.edges.values()].sort(byId)) {
    const source = keys.get(edge.source);
    const target = keys.get(edge.target);
    if (source === undefined || target === undefined || source === target) continue;
    const from = placement.spots.get(edge.source);
    const to = placement.spots.get(edge.target);
    calls.push({
      source,
      target,
      rate: edge.signals.rps ?? 0,
      out: from ? { x: from.x + from.w, y: from.y + CHIP_H / 2 } : { x: CARD_W, y: CHIP_H / 2 },
      into: to ? { x: to.x, y: to.y + CHIP_H / 2 } : { x: 0, y: CHIP_H / 2 },
    });
  }
  return calls;
}

/**
 * What places cards: the heavier direction of each pair, and of it the two heaviest callers of each.
 * @param {import("./boxes.js").Call[]} calls
 */
export function backbone(calls) {
  /** @type {Map<string, import("./boxes.js").Call>} */ const pairs = new Map();
  for (const call of calls) {
    const pair = `${call.source}→${call.target}`;
    const known = pairs.get(pair);
    pairs.set(pair, known ? { ...known, rate: known.rate + call.rate } : call);
  }
  const heavier = [...pairs.values()].filter((call) => {
    const back = pairs.get(`${call.target}→${call.source}`);
    return !back || call.rate > back.rate || (call.rate === back.rate && call.source < call.target);
  });
  /** @type {Map<string, import("./boxes.js").Call[]>} */ const callers = new Map();
  for (const call of heavier) callers.set(call.target, [...(callers.get(call.target) ?? []), call]);
  return [...callers.values()].flatMap((list) => list.sort((a, b) => b.rate - a.rate || (a.source < b.source ? -1 : 1)).slice(0, 2));
}

