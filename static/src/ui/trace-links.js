/** Addresses of exactly the traces behind a node or a call. Pure. */
import { callsFrom, callsInto, isEdge, SILENT_KINDS } from "../graph/model.js";

/** @typedef {import("../graph/model.js").Node} Node @typedef {import("../graph/model.js").Edge} Edge @typedef {import("../graph/model.js").Graph} Graph */

/** What names it in a search; what sends no spans of its own is known by its calls. @param {Node|Edge} it @param {Graph} graph @returns {Record<string, string>} */
function asked(it, graph) {
  if (isEdge(it)) return { edge: it.id };
  if (!SILENT_KINDS.has(it.kind)) return { service: it.id };
  return { q: [...callsInto(graph, it.id).map(({ id }) => `edge = "${id}"`), ...callsFrom(graph, it.id).map(({ target }) => `service = "${target}"`)].join(" or ") };
}

/** Of the window that ends at `at` (Unix ms): those that failed, the slowest first, or all of them. @param {Node|Edge} it @param {Graph} graph @param {boolean} failing @param {number} at */
export function tracesOf(it, graph, failing, at = Date.parse(graph.at)) {
  const time = (/** @type {number} */ ms) => new Date(ms).toISOString();
  return `/traces/?${new URLSearchParams({ ...asked(it, graph), ...(failing ? { status: "error" } : {}), order: "slowest", from: time(at - graph.window_s * 1000), to: time(at) })}`;
}
