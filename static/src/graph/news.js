/** What happened between two pushes, in one sentence for those who do not see it; and whose mark gets a halo. Pure. */
import { fullName } from "./words.js";

/**
 * @typedef {import("./model.js").Graph} Graph
 * @typedef {import("./model.js").Health} Health
 */

/** @param {Graph} graph @returns {Map<string, Health>} */
export const healthsOf = (graph) => new Map([...graph.nodes].map(([id, node]) => [id, node.health]));

/** Nodes that were there and are in another health now. @param {Map<string, Health>} before @param {Graph} graph */
export const changedHealth = (before, graph) => [...graph.nodes.values()].filter((node) => before.has(node.id) && before.get(node.id) !== node.health);

/**
 * "shop/checkout is failing since 03:02"; null where nothing of note changed. Getting worse is told before getting better.
 * @param {Map<string, Health>} before @param {Graph} graph @param {string} clock
 */
export function news(before, graph, clock) {
  const changed = changedHealth(before, graph);
  for (const health of /** @type {Health[]} */ (["failing", "degraded"])) {
    const now = changed.filter((node) => node.health === health);
    if (now.length) return `${named(now.map((node) => node.id))} ${now.length > 1 ? "are" : "is"} ${health} since ${clock}`;
  }
  const well = changed.filter((node) => node.health === "healthy" && (before.get(node.id) === "failing" || before.get(node.id) === "degraded"));
  return well.length ? `${named(well.map((node) => node.id))} ${well.length > 1 ? "are" : "is"} healthy again since ${clock}` : null;
}

/** @param {string[]} ids */
function named(ids) {
  if (ids.length === 1) return fullName(ids[0]);
  if (ids.length === 2) return `${fullName(ids[0])} and ${fullName(ids[1])}`;
  return `${fullName(ids[0])} and ${ids.length - 1} others`;
}
