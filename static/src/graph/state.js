/** What a graph page is asked, as its address says it: a link shows what its sender saw. */
import { readQuery, writeQuery } from "../live/url.js";

/**
 * @typedef {{find: string, hide: boolean, problems: boolean, view: "graph"|"table", node: string, edge: string, focus: string,
 *   hops: number, open: Set<string>, sort: string, path: Set<string>}} State  `path`: calls that one trace is made of
 */

const DEFAULTS = { find: "", hide: "", problems: "", view: "graph", node: "", edge: "", focus: "", hops: "1", open: "", sort: "health", path: "" };
const MOST_HOPS = 9;

/** @param {string} search @returns {State} */
export function stateOf(search) {
  const query = readQuery(search, DEFAULTS);
  return {
    find: query.find,
    hide: query.hide === "1",
    problems: query.problems === "1",
    view: query.view === "table" ? "table" : "graph",
    node: query.node,
    edge: query.node ? "" : query.edge,
    focus: query.focus,
    hops: Math.max(1, Math.min(MOST_HOPS, Number.parseInt(query.hops, 10) || 1)),
    open: new Set(query.open.split(",").filter(Boolean)),
    sort: query.sort,
    path: new Set(query.path.split(",").filter(Boolean)),
  };
}

/** @param {State} state @param {string} search what is there now @returns {string} */
export function searchOf(state, search) {
  return writeQuery(search, {
    find: state.find,
    hide: state.hide ? "1" : "",
    problems: state.problems ? "1" : "",
    view: state.view,
    node: state.node,
    edge: state.edge,
    focus: state.focus,
    hops: String(state.hops),
    open: [...state.open].sort().join(","),
    sort: state.sort,
    path: [...state.path].join(","),
  }, DEFAULTS);
}
