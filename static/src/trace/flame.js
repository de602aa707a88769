/** A flame graph: spans that came the same way and did the same are one bar, as wide as the time of its own and of all below it. Pure. */
import { FAILED, marked } from "./outline.js";

/**
 * @typedef {import("./outline.js").Outline} Outline
 * @typedef {{index: number, depth: number, parent: number, total: number, own: number, spans: number, failed: number}} Flame  `index` is the longest of the spans meant
 * @typedef {{flame: Flame, x: number, width: number}} Bar
 */

/** Each after the one it stands on. @param {Outline} trace @param {import("./rows.js").Row[]} rows all of them @param {(row: import("./rows.js").Row) => number} own @returns {Flame[]} */
export function flamesOf(trace, rows, own) {
  /** @type {Flame[]} */ const flames = [];
  /** @type {Map<string, number>} */ const places = new Map();
  /** @type {number[]} */ const standing = [];
  const { service, operation, duration } = trace.columns;
  for (const row of rows) {
    const parent = row.depth ? standing[row.depth - 1] : -1;
    const key = `${parent} ${service[row.index]} ${operation[row.index]}`;
    let at = places.get(key);
    if (at === undefined) {
      at = flames.length;
      places.set(key, at);
      flames.push({ index: row.index, depth: row.depth, parent, total: 0, own: 0, spans: 0, failed: 0 });
    }
    standing[row.depth] = at;
    const flame = flames[at];
    flame.spans += 1;
    flame.own += own(row);
    if (marked(trace, row.index, FAILED)) flame.failed += 1;
    if (duration[row.index] > duration[flame.index]) flame.index = row.index;
  }
  for (const flame of flames) flame.total = flame.own;
  for (let at = flames.length - 1; at >= 0; at--) if (flames[at].parent >= 0) flames[flames[at].parent].total += flames[at].total;
  return flames;
}

/** Bars side by side above what they stand on; those thinner than `least` are left out with all above them. @param {Flame[]} flames @param {number} width @param {number} least @returns {Bar[]} */
export function barsOf(flames, width, least) {
  const whole = flames.reduce((sum, flame) => (flame.parent < 0 ? sum + flame.total : sum), 0) || 1;
  /** @type {Float64Array} */ const next = new Float64Array(flames.length);
  let top = 0;
  /** @type {Bar[]} */ const bars = [];
  flames.forEach((flame, at) => {
    const x = flame.parent < 0 ? top : next[flame.parent];
    const wide = (flame.total / whole) * width;
    if (flame.parent < 0) top += wide;
    else next[flame.parent] += wide;
    next[at] = x;
    if (wide >= least) bars.push({ flame, x, width: wide });
  });
  return bars;
}
