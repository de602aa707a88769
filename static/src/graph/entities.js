/**
 * What the picture shows of a graph: a node where its box is open, a card where it is not, and the calls between those.
 *
 * @typedef {import("./model.js").Graph} Graph
 * @typedef {import("./model.js").Node} Node
 * @typedef {import("./model.js").Edge} Edge
 * @typedef {import("./model.js").Health} Health
 * @typedef {import("./placement.js").Placement} Placement
 * @typedef {{id: string, key: string, name: string, count: number, rps: number, error_ratio: number|null, health: Health,
 *   shares: Record<string, number>, worst: Node[]}} Card
 * @typedef {{id: string, source: string, target: string, rps: number, error_ratio: number|null, health: Health, plaintext: boolean,
 *   mtls: number|null, told: number, edge: Edge|null}} Call  `edge` where the call is one edge, null where it stands for several;
 *   `mtls` is the share of the `told` requests a second of which it is known
 */
import { isPlaintext, isProblem, NO_NAMESPACE, worse } from "./model.js";

/** A card's id is what rules.md calls a namespace in a grouped graph. @param {string} key */
export const cardId = (key) => `${key}/*`;

/** @param {string} id */
export const isCard = (id) => id.endsWith("/*");

/** @param {string} id */
export const keyOfCard = (id) => id.slice(0, -2);

/** Failing beats degraded beats the rest; a card of idle nodes is idle. @param {Health[]} healths @returns {Health} */
export function worstOf(healths) {
  for (const health of /** @type {Health[]} */ (["failing", "degraded", "healthy", "unknown"])) if (healths.includes(health)) return health;
  return "idle";
}

/**
 * The namespaces that are shown as cards.
 * @param {Graph} graph @param {Placement} placement @param {Map<string, string>} keys @returns {Map<string, Card>}
 */
export function cardsOf(graph, placement, keys) {
  /** @type {Map<string, Node[]>} */ const inside = new Map();
  for (const node of graph.nodes.values()) {
    const key = /** @type {string} */ (keys.get(node.id));
    if (placement.boxes.get(key)?.open !== false) continue;
    const known = inside.get(key);
    if (known) known.push(node);
    else inside.set(key, [node]);
  }
  return new Map([...inside].map(([key, nodes]) => [cardId(key), cardOf(key, nodes)]));
}

/** @param {string} key @param {Node[]} nodes @returns {Card} */
function cardOf(key, nodes) {
  /** @type {Record<string, number>} */ const shares = {};
  let rps = 0;
  let failing = 0;
  for (const node of nodes) {
    shares[node.health] = (shares[node.health] ?? 0) + 1;
    rps += node.signals.rps ?? 0;
    failing += (node.signals.rps ?? 0) * (node.signals.error_ratio ?? 0);
  }
  return {
    id: cardId(key),
    key,
    name: key === NO_NAMESPACE ? "no namespace" : key,
    count: nodes.length,
    rps,
    error_ratio: rps > 0 ? failing / rps : null,
    health: worstOf(nodes.map((node) => node.health)),
    shares,
    worst: nodes.filter(isProblem).sort(worse).slice(0, 3),
  };
}

/** What stands for a node in the picture. @param {Placement} placement @param {Map<string, string>} keys @param {string} id */
export function entityOf(placement, keys, id) {
  const key = placement.spots.get(id)?.box ?? keys.get(id);
  if (key === undefined) return id;
  return placement.boxes.get(key)?.open === false ? cardId(key) : id;
}

/**
 * The calls of the picture: an edge between two shown nodes as it is, edges that end in a card summed per pair.
 * @param {Graph} graph @param {Placement} placement @param {Map<string, string>} keys @param {(edge: Edge) => boolean} shown
 * @returns {Map<string, Call>}
 */
export function callsOf(graph, placement, keys, shown) {
  /** @type {Map<string, Call>} */ const calls = new Map();
  for (const edge of graph.edges.values()) {
    if (!shown(edge)) continue;
    const source = entityOf(placement, keys, edge.source);
    const target = entityOf(placement, keys, edge.target);
    const single = source === edge.source && target === edge.target;
    if (source === target && !single) continue;
    const id = single ? edge.id : `${source}→${target}`;
    const call = { id, source, target, rps: edge.signals.rps ?? 0, error_ratio: edge.signals.error_ratio, health: edge.health, plaintext: isPlaintext(edge),
      mtls: edge.mtls_ratio ?? null, told: edge.mtls_ratio == null ? 0 : edge.signals.rps ?? 0, edge: single ? edge : null };
    calls.set(id, single ? call : sum(calls.get(id), call));
  }
  return calls;
}

/** @param {Call|undefined} known @param {Call} more @returns {Call} */
function sum(known, more) {
  if (!known) return more;
  const rps = known.rps + more.rps;
  const failing = known.rps * (known.error_ratio ?? 0) + more.rps * (more.error_ratio ?? 0);
  return { ...known, rps, error_ratio: rps > 0 ? failing / rps : null, health: worstOf([known.health, more.health]), plaintext: known.plaintext || more.plaintext, mtls: shareOf(known, more), told: known.told + more.told };
}

/** By traffic; without any, the lower. @param {Call} one @param {Call} other */
function shareOf(one, other) {
  if (one.mtls === null || other.mtls === null) return one.mtls ?? other.mtls;
  const told = one.told + other.told;
  return told > 0 ? (one.mtls * one.told + other.mtls * other.told) / told : Math.min(one.mtls, other.mtls);
}

