/** Traces for tests: a line a span, `[parent, service, start, end, more]`; times in ms. */
import { CRITICAL, FAILED, outlineOf } from "../../src/trace/outline.js";

/** @param {[number, string, number, number, object?][]} spans */
export function trace(spans, more = {}) {
  const names = (/** @type {string[]} */ all) => {
    const list = [...new Set(all)];
    return { list, column: all.map((each) => list.indexOf(each)) };
  };
  const said = spans.map(([, , , , each]) => ({ operation: "GET /", version: "", role: "in", word: "", failed: false, critical: false, folded: -1, id: "", own: null, ...each }));
  const [services, operations, versions, roles, words] = [spans.map((span) => span[1]), ...["operation", "version", "role", "word"].map((name) => said.map((each) => each[name]))].map(names);
  return outlineOf({
    trace_id: "ab".repeat(16), start: "2026-09-21T10:00:00.000Z", duration: 1000 * Math.max(...spans.map((span) => span[3])), root: 0, origin: -1, slowest: -1,
    services: services.list, operations: operations.list, versions: versions.list, roles: roles.list, words: words.list, flags: [], path: [], unanswered: [], arriving_s: 0,
    columns: {
      id: said.map((each, i) => each.id || String(i + 1).padStart(16, "0")),
      parent: spans.map((span) => span[0]),
      folded: said.map((each) => each.folded),
      service: services.column, operation: operations.column, version: versions.column, role: roles.column, word: words.column,
      start: spans.map((span) => span[2] * 1000),
      duration: spans.map((span) => (span[3] - span[2]) * 1000),
      own: spans.map((span, i) => (said[i].own ?? span[3] - span[2]) * 1000),
      skew: spans.map(() => 0),
      marks: said.map((each) => (each.failed ? FAILED : 0) | (each.critical ? CRITICAL : 0)),
    },
    ...more,
  });
}

/** web asks cart through both proxies, twice: the first try fails at web's own proxy. */
export const shop = () => trace([
  [-1, "shop/web", 0, 100, { own: 10 }],
  [0, "shop/web", 5, 30, { role: "out", operation: "GET", failed: true, word: "503", own: 1 }],
  [1, "shop/web", 6, 29, { role: "out", operation: "egress", failed: true, word: "503 UH", folded: 1, own: 23 }],
  [0, "shop/web", 35, 90, { role: "out", operation: "GET", own: 2 }],
  [3, "shop/web", 36, 89, { role: "out", operation: "egress", folded: 3, own: 3 }],
  [4, "shop/cart", 37, 88, { operation: "ingress", folded: 6, own: 4 }],
  [5, "shop/cart", 38, 87, { operation: "GET /cart", version: "v2", own: 47 }],
], { origin: 2, path: [0, 0, 5000, 0, 3, 5000, 37000, 0, 5, 37000, 38000, 0, 6, 38000, 87000, 0, 5, 87000, 88000, 0, 0, 88000, 100000, 0] });

export const FOLDED = { fold: true, turned: new Set(), closed: new Set() };
