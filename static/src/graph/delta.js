/** A graph and a delta make the next graph. A delta carries whole elements, so applying is setting and deleting. */

/**
 * @typedef {import("./model.js").Graph} Graph
 * @typedef {{upsert: any[], remove: string[]}} Change
 * @typedef {{type?: string, seq: number, at: string, window_s?: number, nodes: Change, edges: Change}} Delta
 * @typedef {"applied"|"old"|"gap"} Applied
 */

/**
 * Changes `graph` in place (500 services a second leave no time for copies). `old`: known already, nothing changed;
 * `gap`: a delta is missing, nothing changed and the caller asks for a resync.
 * @param {Graph} graph @param {Delta} delta @returns {Applied}
 */
export function apply(graph, delta) {
  if (graph.seq === null || delta.seq > graph.seq + 1) return "gap";
  if (delta.seq <= graph.seq) return "old";
  graph.seq = delta.seq;
  graph.at = delta.at;
  graph.window_s = delta.window_s ?? graph.window_s;
  change(graph.nodes, delta.nodes);
  change(graph.edges, delta.edges);
  return "applied";
}

/** @param {Map<string, any>} elements @param {Change} changed */
function change(elements, changed) {
  for (const id of changed.remove) elements.delete(id);
  for (const element of changed.upsert) elements.set(element.id, element);
}
