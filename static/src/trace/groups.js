/** The spans of a trace by what they did: how many, how many failed, whose time it was. Pure. */
import { FAILED, marked } from "./outline.js";

/**
 * @typedef {import("./outline.js").Outline} Outline
 * @typedef {{key: string, service: string, operation: string, spans: number, failed: number, own: number, critical: number, longest: number, duration: number}} Group
 * `own` and `critical` are µs in sum; `longest` the place of the longest, which took `duration`
 */

export const SORTS = /** @type {const} */ (["service", "operation", "spans", "failed", "own", "critical", "duration"]);

/** @param {Outline} trace @param {import("./rows.js").Row[]} rows all of them @param {Map<number, number[]>} critical @param {(row: import("./rows.js").Row) => number} own @returns {Group[]} */
export function groupsOf(trace, rows, critical, own) {
  /** @type {Map<string, Group>} */ const groups = new Map();
  const { service, operation, duration } = trace.columns;
  for (const row of rows) {
    const i = row.index;
    const key = `${service[i]} ${operation[i]}`;
    let group = groups.get(key);
    if (!group) groups.set(key, (group = { key, service: trace.services[service[i]], operation: trace.operations[operation[i]], spans: 0, failed: 0, own: 0, critical: 0, longest: i, duration: -1 }));
    group.spans += 1;
    if (marked(trace, i, FAILED)) group.failed += 1;
    group.own += own(row);
    const parts = critical.get(i) ?? [];
    for (let k = 0; k < parts.length; k += 2) group.critical += parts[k + 1] - parts[k];
    if (duration[i] > group.duration) [group.longest, group.duration] = [i, duration[i]];
  }
  return [...groups.values()];
}

/** Numbers the largest first, names from A. @param {Group[]} groups @param {string} by a name of SORTS, `-` before it turns it round @returns {Group[]} */
export function sorted(groups, by) {
  const name = /** @type {typeof SORTS[number]} */ (by.replace(/^-/, ""));
  const turn = by.startsWith("-") ? -1 : 1;
  const order = (/** @type {Group} */ a, /** @type {Group} */ b) => {
    const [one, other] = [a[name], b[name]];
    return typeof one === "string" ? one.localeCompare(String(other)) : Number(other) - one;
  };
  return [...groups].sort((a, b) => turn * order(a, b) || b.own - a.own || a.key.localeCompare(b.key));
}
