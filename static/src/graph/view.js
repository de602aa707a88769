/** What is asked of the graph, and what that shows: find, hide, only problems, focus. Filters hide; they never move anything. */
import { isProblem, within } from "./model.js";

/**
 * @typedef {import("./model.js").Graph} Graph
 * @typedef {import("./model.js").Node} Node
 * @typedef {{find: string, hide: boolean, problems: boolean, focus: string, hops: number, path?: Set<string>}} Question
 * `nodes`, `edges`: shown; `lit`: those of the shown that a find names or a path touches, null where neither is asked; `way`: calls of the path, null without one.
 * @typedef {{nodes: Set<string>, edges: Set<string>, lit: Set<string>|null, way: Set<string>|null, found: number}} View
 */

/** @param {string} text */
const wordsOf = (text) => text.toLowerCase().split(/\s+/).filter(Boolean);

/** Every word is somewhere in the node's name, namespace, kind, health or versions. @param {Node} node @param {string[]} words */
const named = (node, words) => {
  const text = `${node.cluster} ${node.namespace}/${node.name} ${node.kind} ${node.health} ${node.versions.join(" ")}`.toLowerCase();
  return words.every((word) => text.includes(word));
};

/** @param {Graph} graph @param {Question} question @returns {View} */
export function viewOf(graph, { find, hide, problems, focus, hops, path }) {
  const words = wordsOf(find);
  const matching = new Set();
  for (const node of graph.nodes.values()) if (named(node, words)) matching.add(node.id);
  const near = focus && graph.nodes.has(focus) ? within(graph, focus, hops) : null;
  const troubled = problems ? trouble(graph) : null;
  const nodes = new Set();
  for (const id of graph.nodes.keys()) {
    if (near && !near.has(id)) continue;
    if (troubled && !troubled.has(id)) continue;
    if (hide && words.length && !matching.has(id)) continue;
    nodes.add(id);
  }
  const edges = new Set();
  for (const edge of graph.edges.values()) if (nodes.has(edge.source) && nodes.has(edge.target)) edges.add(edge.id);
  const looking = words.length > 0;
  const way = path?.size ? path : null;
  const ends = way && new Set([...way].flatMap((id) => id.split("→")));
  const shining = looking && !hide ? matching : ends;
  const lit = shining && new Set([...nodes].filter((id) => shining.has(id)));
  return { nodes, edges, lit, way, found: looking ? [...nodes].filter((id) => matching.has(id)).length : nodes.size };
}

/** Nodes in trouble, and both ends of calls in trouble: the path a failure takes. @param {Graph} graph */
function trouble(graph) {
  const ids = new Set();
  for (const node of graph.nodes.values()) if (isProblem(node)) ids.add(node.id);
  for (const edge of graph.edges.values()) if (isProblem(edge)) ids.add(edge.source).add(edge.target);
  return ids;
}
