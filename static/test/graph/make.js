/** Graphs for tests: a small mesh that reads like the mock, and seeded random ones. */
import { graphOf } from "../../src/graph/model.js";

/** @param {number} seed */
export const random = (seed) => () => {
  seed = (seed + 0x6d2b79f5) | 0;
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
};

const NOTHING = { rps: null, error_ratio: null, client_error_ratio: null, p50_ms: null, p90_ms: null, p95_ms: null, p99_ms: null, saturation: null, mtls_ratio: null, denied_ratio: null, retry_ratio: null, bytes_in_per_s: null, bytes_out_per_s: null, connections_per_s: null };

/** @param {string} id @param {Partial<import("../../src/graph/model.js").Node> & {rps?: number, error_ratio?: number}} [more] @returns {import("../../src/graph/model.js").Node} */
export function node(id, { rps = 10, error_ratio = 0, ...more } = {}) {
  const [namespace, name] = id.split("/");
  return { id, cluster: "", namespace, name, kind: "service", health: "healthy", reasons: [], signals: { ...NOTHING, rps, error_ratio, p95_ms: 20 }, versions: [], failing_traces: [], last_request: null, warning: null, ...more };
}

/** @param {string} id `source→target` @param {Partial<import("../../src/graph/model.js").Edge> & {rps?: number, error_ratio?: number}} [more] @returns {import("../../src/graph/model.js").Edge} */
export function edge(id, { rps = 10, error_ratio = 0, ...more } = {}) {
  const [source, target] = id.split("→");
  return { id, source, target, protocol: "http", protocols: ["http"], health: "healthy", reasons: [], signals: { ...NOTHING, rps, error_ratio, p95_ms: 20 }, codes: {}, flags: {}, mtls_ratio: null, evidence: ["spans"], failing_traces: [], ...more };
}

/** @param {import("../../src/graph/model.js").Node[]} nodes @param {import("../../src/graph/model.js").Edge[]} edges */
export const graph = (nodes, edges) => graphOf({ at: "2026-01-01T00:00:00.000Z", window_s: 60, seq: 1, nodes, edges });

/** Three namespaces, a gateway, stores, one store without a namespace; cart fails. */
export function shop() {
  return graph(
    [
      node("edge/ingress", { kind: "gateway", rps: 547 }),
      node("shop/web", { health: "degraded", error_ratio: 0.04, rps: 212 }),
      node("shop/catalog"),
      node("shop/cart", { health: "failing", error_ratio: 0.31, rps: 42, versions: ["v1", "v2"] }),
      node("shop/checkout", { health: "failing", error_ratio: 0.29, rps: 18 }),
      node("shop/cart-redis", { kind: "cache" }),
      node("payments/payments"),
      node("payments/ledger"),
      node("payments/ledger-db", { kind: "database" }),
      node("-/stripe.example", { kind: "external" }),
    ],
    [
      edge("edge/ingress→shop/web", { rps: 212 }),
      edge("shop/web→shop/catalog"),
      edge("shop/web→shop/cart", { health: "failing", error_ratio: 0.31 }),
      edge("shop/web→shop/checkout", { health: "failing", error_ratio: 0.29 }),
      edge("shop/checkout→shop/cart", { health: "failing", error_ratio: 0.3 }),
      edge("shop/cart→shop/cart-redis"),
      edge("shop/checkout→payments/payments"),
      edge("payments/payments→payments/ledger"),
      edge("payments/ledger→payments/ledger-db"),
      edge("payments/payments→-/stripe.example"),
    ],
  );
}

/** @param {number} seed @param {{namespaces?: number, nodes?: number, edges?: number}} [size] */
export function mesh(seed, { namespaces = 4, nodes = 30, edges = 50 } = {}) {
  const next = random(seed);
  const any = (/** @type {any[]} */ list) => list[Math.floor(next() * list.length)];
  const kinds = ["service", "service", "service", "service", "database", "cache", "external"];
  const made = [...Array(nodes)].map((_, i) => {
    const kind = i === 0 ? "gateway" : any(kinds);
    const namespace = kind === "external" ? "-" : `ns${Math.floor(next() * namespaces)}`;
    return node(`${namespace}/${kind === "service" ? "s" : kind}${i}${next() < 0.2 ? "-with-a-long-name" : ""}`, { kind, rps: next() * 500 });
  });
  const ids = new Set();
  for (let i = 0; i < edges; i++) {
    const [a, b] = [Math.floor(next() * nodes), Math.floor(next() * nodes)];
    const [from, to] = next() < 0.85 ? [Math.min(a, b), Math.max(a, b)] : [a, b];
    ids.add(`${made[from].id}→${made[to].id}`);
  }
  return graph(made, [...ids].map((id) => edge(id, { rps: next() * 100 })));
}
