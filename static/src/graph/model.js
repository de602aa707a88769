/**
 * A graph as the page holds it: Maps by id, and the questions the page asks of it. Values in, values out.
 *
 * @typedef {"healthy"|"degraded"|"failing"|"idle"|"unknown"} Health
 * @typedef {{signal: string, value: number|null, threshold: number|null, text: string}} Reason
 * @typedef {Record<string, number|null>} Signals
 * @typedef {{version: string, share: number|null, rps: number|null, error_ratio: number|null}} VersionShare
 * @typedef {{id: string, cluster: string, namespace: string, name: string, kind: string, health: Health, reasons: Reason[],
 *   signals: Signals, versions: string[], version_shares?: VersionShare[], failing_traces?: string[], last_request?: string|null, warning?: string|null}} Node
 * @typedef {{id: string, source: string, target: string, protocol: string, protocols?: string[], health: Health,
 *   reasons?: Reason[], signals: Signals, codes: Record<string, number>, flags: Record<string, number>,
 *   mtls_ratio: number|null, ejected_ratio?: number|null, identities?: {source: string[], target: string[]},
 *   attempts?: import("../ui/call-words.js").Attempts|null, versions?: VersionShare[], evidence: string[], failing_traces?: string[]}} Edge
 * @typedef {{at: string, window_s: number, seq: number|null, nodes: Map<string, Node>, edges: Map<string, Edge>}} Graph
 * @typedef {{at: string, window_s: number, seq: number|null, nodes: Node[], edges: Edge[]}} GraphJson
 */

export const NO_NAMESPACE = "-";
/** Worst first; also the order of a column of health marks. */
export const HEALTHS = /** @type {Health[]} */ (["failing", "degraded", "unknown", "idle", "healthy"]);
/** Kinds that send nothing themselves: known only by the calls they get. */
export const SILENT_KINDS = new Set(["database", "cache", "queue", "external", "unknown"]);

/** @param {GraphJson} json @returns {Graph} */
export function graphOf(json) {
  return {
    at: json.at,
    window_s: json.window_s,
    seq: json.seq,
    nodes: new Map(json.nodes.map((node) => [node.id, node])),
    edges: new Map(json.edges.map((edge) => [edge.id, edge])),
  };
}

/** @returns {Graph} */
export const emptyGraph = () => ({ at: "", window_s: 60, seq: null, nodes: new Map(), edges: new Map() });

/** @param {{health: Health}} it */
export const isProblem = (it) => it.health === "failing" || it.health === "degraded";

/** Requests a second that fail; what makes one problem worse than another of the same health. @param {Node|Edge} it */
const harm = (it) => (it.signals.rps ?? 0) * (it.signals.error_ratio ?? 0);

/** Worst first, ties by id, so that every viewer sees one order. @param {Node|Edge} a @param {Node|Edge} b */
export function worse(a, b) {
  return HEALTHS.indexOf(a.health) - HEALTHS.indexOf(b.health) || harm(b) - harm(a) || (a.id < b.id ? -1 : 1);
}

/**
 * What is wrong, worst first: nodes, and those calls whose trouble no listed node accounts for.
 * @param {Graph} graph @returns {(Node|Edge)[]}
 */
export function problems(graph) {
  const nodes = [...graph.nodes.values()].filter(isProblem);
  const listed = new Set(nodes.map((node) => node.id));
  const calls = [...graph.edges.values()].filter((edge) => isProblem(edge) && !listed.has(edge.source) && !listed.has(edge.target));
  return [...nodes, ...calls].sort(worse);
}

/** @param {Graph} graph @param {string} id */
export const callsInto = (graph, id) => [...graph.edges.values()].filter((edge) => edge.target === id).sort(worse);
/** @param {Graph} graph @param {string} id */
export const callsFrom = (graph, id) => [...graph.edges.values()].filter((edge) => edge.source === id).sort(worse);

/** @param {Node|Edge} it @returns {it is Edge} */
export const isEdge = (it) => "source" in it;

/** `cart`, `shop` of `shop/cart`; of an id whose node is not in the graph too. @param {string} id */
export function namesOf(id) {
  const slash = id.indexOf("/");
  return { namespace: decodeURIComponent(id.slice(id.indexOf(":") + 1, slash)), name: decodeURIComponent(id.slice(slash + 1)) };
}

/** A call is plaintext when some of what reached a host was seen to be so. @param {Edge} edge */
export const isPlaintext = (edge) => edge.mtls_ratio !== null && edge.mtls_ratio !== undefined && edge.mtls_ratio < 1;

/** Which signal a node or call is in trouble for; null when none is. @param {Node|Edge} it @returns {string|null} */
export function troubledSignal(it) {
  if (!isProblem(it)) return null;
  return it.reasons?.find((reason) => reason.value !== null)?.signal ?? "error_ratio";
}

/**
 * Ids within `hops` calls of `id`, in either direction, itself included.
 * @param {Graph} graph @param {string} id @param {number} hops @returns {Set<string>}
 */
export function within(graph, id, hops) {
  const reached = new Set([id]);
  for (let hop = 0; hop < hops; hop++) {
    const before = new Set(reached);
    for (const { source, target } of graph.edges.values()) {
      if (before.has(source)) reached.add(target);
      if (before.has(target)) reached.add(source);
    }
  }
  return reached;
}
