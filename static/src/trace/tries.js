/** Tries of one call: brothers that ask the same of the same service, one after the other, each but the last failed. Pure. */
import { FAILED, marked } from "./outline.js";

/** @typedef {import("./outline.js").Outline} Outline */

/** @param {Outline} trace @param {number} one @param {number} next */
function follows(trace, one, next) {
  const { service, operation, role, start, duration } = trace.columns;
  const same = service[one] === service[next] && operation[one] === operation[next] && role[one] === role[next];
  return same && marked(trace, one, FAILED) && start[next] >= start[one] + duration[one];
}

/** Which try a row is, from 1; only rows that are one of several. @param {Outline} trace @param {import("./rows.js").Row[]} rows @returns {Map<number, number>} */
export function triesOf(trace, rows) {
  /** @type {Map<number, number>} */ const tries = new Map();
  /** Of each depth the last that asked what, below the row that is open there. @type {Map<string, number>[]} */ const last = [];
  for (const { index, depth } of rows) {
    last.length = depth + 1;
    const mine = (last[depth] ??= new Map());
    const key = `${trace.columns.service[index]} ${trace.columns.operation[index]} ${trace.columns.role[index]}`;
    const before = mine.get(key);
    mine.set(key, index);
    if (before === undefined || !follows(trace, before, index)) continue;
    const nth = tries.get(before) ?? 1;
    tries.set(before, nth).set(index, nth + 1);
  }
  return tries;
}
