/**
 * A trace as the server draws it: columns by span, in order of start; times in µs from the trace's start; -1 where there is none.
 * Twin of telemetry/traces/outline.py.
 *
 * @typedef {{id: string[], parent: number[], folded: number[], service: number[], operation: number[], version: number[], role: number[],
 *   word: number[], start: number[], duration: number[], own: number[], skew: number[], marks: number[]}} Columns
 * @typedef {{flag: string, name: string, what: string, side: string, look_at: string}} Flag
 * @typedef {{trace_id: string, start: string, duration: number, root: number, origin: number, slowest: number, services: string[], operations: string[],
 *   versions: string[], roles: string[], words: string[], flags: Flag[], columns: Columns, path: number[], unanswered: {span: number, target: string}[], arriving_s: number}} Body
 * @typedef {Body & {size: number, children: number[][], tops: number[], folds: Map<number, number[]>}} Outline
 * `children` hang under each span, `tops` under none; `folds`: the spans folded into each.
 */

export const FAILED = 1;
export const CRITICAL = 2;
export const PROXY = 4;
export const LATE = 8;
export const LOST = 16;

/** Of a span that nothing hangs under: one for all of them, never written to. @type {number[]} */
const NONE = [];

/** @param {Body} body @returns {Outline} */
export function outlineOf(body) {
  const { parent, folded } = body.columns;
  const size = parent.length;
  /** @type {number[][]} */ const children = new Array(size).fill(NONE);
  /** @type {number[]} */ const tops = [];
  /** @type {Map<number, number[]>} */ const folds = new Map();
  for (let i = 0; i < size; i++) {
    const above = parent[i];
    if (above < 0) tops.push(i);
    else if (children[above] === NONE) children[above] = [i];
    else children[above].push(i);
    if (folded[i] < 0) continue;
    const mine = folds.get(folded[i]);
    if (mine) mine.push(i);
    else folds.set(folded[i], [i]);
  }
  return { ...body, size, children, tops, folds };
}

/** @param {Outline} trace @param {number} i @param {number} bit */
export const marked = (trace, i, bit) => (trace.columns.marks[i] & bit) !== 0;

/** @param {Outline} trace @param {number} i */
export const serviceOf = (trace, i) => trace.services[trace.columns.service[i]];

/** @param {Outline} trace @param {number} i */
export const operationOf = (trace, i) => trace.operations[trace.columns.operation[i]];

/** @param {Outline} trace @param {number} i */
export const wordOf = (trace, i) => trace.words[trace.columns.word[i]];

/** A service without its namespace. @param {string} id */
export const nameOf = (id) => id.slice(id.lastIndexOf("/") + 1);

/** The place of a span that is asked for by its id, -1 if it is not here. @param {Outline} trace @param {string} id */
export const placeOf = (trace, id) => (id ? trace.columns.id.indexOf(id) : -1);
