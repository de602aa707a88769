/** The trace's own service graph: who called whom how often, and where to draw each. Pure. */
import { FAILED, marked } from "./outline.js";

/**
 * @typedef {import("./outline.js").Outline} Outline
 * @typedef {{service: string, spans: number, failed: number, own: number, column: number, row: number}} Place
 * @typedef {{source: string, target: string, calls: number, failed: number, longest: number}} Call  `longest` is the place of the slowest
 */

/** @param {Outline} trace @param {import("./rows.js").Row[]} rows all of them @param {(row: import("./rows.js").Row) => number} own @returns {{places: Place[], calls: Call[]}} */
export function callsOf(trace, rows, own) {
  /** @type {Map<string, Place>} */ const places = new Map();
  /** @type {Map<string, Call>} */ const calls = new Map();
  /** @type {number[]} */ const standing = [];
  const { service, duration } = trace.columns;
  for (const row of rows) {
    const here = trace.services[service[row.index]];
    standing[row.depth] = row.index;
    const failed = marked(trace, row.index, FAILED) ? 1 : 0;
    const place = places.get(here) ?? { service: here, spans: 0, failed: 0, own: 0, column: 0, row: 0 };
    places.set(here, place);
    place.spans += 1;
    place.failed += failed;
    place.own += own(row);
    const source = row.depth ? trace.services[service[standing[row.depth - 1]]] : here;
    if (source === here) continue;
    const call = calls.get(`${source}→${here}`) ?? { source, target: here, calls: 0, failed: 0, longest: row.index };
    calls.set(`${source}→${here}`, call);
    call.calls += 1;
    call.failed += failed;
    if (duration[row.index] > duration[call.longest]) call.longest = row.index;
  }
  // Who did not answer sent no span: known by whom it was called only.
  for (const { span, target } of trace.unanswered) {
    const source = trace.services[service[span]];
    if (source === target) continue;
    const there = places.get(target) ?? { service: target, spans: 0, failed: 0, own: 0, column: 0, row: 0 };
    places.set(target, there);
    const call = calls.get(`${source}→${target}`) ?? { source, target, calls: 0, failed: 0, longest: span };
    calls.set(`${source}→${target}`, call);
    call.calls += 1;
    if (marked(trace, span, FAILED)) call.failed += 1;
    if (duration[span] > duration[call.longest]) call.longest = span;
  }
  place([...places.values()], [...calls.values()]);
  return { places: [...places.values()], calls: [...calls.values()] };
}

/** Columns by the fewest calls from where the trace began, in a column in the order they were met. @param {Place[]} places @param {Call[]} calls */
function place(places, calls) {
  const called = new Set(calls.map((call) => call.target));
  const known = new Map(places.map((each) => [each.service, each]));
  const seen = new Set(places.filter((each) => !called.has(each.service)).map((each) => each.service));
  if (!seen.size && places.length) seen.add(places[0].service);
  let column = 0;
  let edge = [...seen];
  while (edge.length || seen.size < places.length) {
    // Services that only call each other in a circle begin a part of their own.
    if (!edge.length) edge = [/** @type {Place} */ (places.find((each) => !seen.has(each.service))).service];
    for (const service of edge) {
      seen.add(service);
      /** @type {Place} */ (known.get(service)).column = column;
    }
    const next = new Set(calls.filter((call) => edge.includes(call.source) && !seen.has(call.target)).map((call) => call.target));
    edge = [...next];
    column += 1;
  }
  /** @type {number[]} */ const rows = [];
  for (const each of places) {
    each.row = rows[each.column] ?? 0;
    rows[each.column] = each.row + 1;
  }
}
