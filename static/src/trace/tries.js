/** Tries of one call: brothers that ask the same of the same service, one after the other, each but the last failed. Pure. */
import { FAILED, marked } from "./outline.js";

/** @typedef {import("./outline.js").Outline} Outline */

/** @param {Outline} trace @param {number} one @param {number} next */
function follows(trace, one, next) {
  const { service, operation, role, start, duration } = trace.columns;
  const same = service[one] === service[next] && operation[one] === operation[next] && role[one] === role[next];
  return same && marked(trace, one, FAILED) && start[next] >= start[one] + duration[one];
}

/** Which try a span is, from 1; only spans that are one of several. @param {Outline} trace @returns {Map<number, number>} */
export function triesOf(trace) {
  /** @type {Map<number, number>} */ const tries = new Map();
  for (const brothers of trace.children) {
    if (brothers.length < 2) continue;
    /** @type {Map<string, number>} */ const last = new Map();
    for (const i of brothers) {
      const key = `${trace.columns.service[i]} ${trace.columns.operation[i]} ${trace.columns.role[i]}`;
      const before = last.get(key);
      last.set(key, i);
      if (before === undefined || !follows(trace, before, i)) continue;
      const nth = tries.get(before) ?? 1;
      tries.set(before, nth).set(i, nth + 1);
    }
  }
  return tries;
}
