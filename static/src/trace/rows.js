/** The rows of the waterfall: which spans are shown, below whom, and the parts of the critical path that each stands for. Pure. */

/**
 * @typedef {import("./outline.js").Outline} Outline
 * @typedef {{fold: boolean, turned: Set<number>, closed: Set<number>}} Folding  `fold`: proxies are folded, but for those into the `turned`, where it is
 *   the other way round; `closed`: what is below these is not shown
 * @typedef {{index: number, depth: number, below: boolean, folded: number}} Row  `below`: spans hang under it; `folded`: so many are folded into it
 */

/** Who is shown for a span: itself, or the one it is folded into. @param {Outline} trace @param {Folding} folding @param {number} i */
export function shownFor(trace, folding, i) {
  const into = trace.columns.folded[i];
  if (into < 0) return i;
  return folding.fold !== folding.turned.has(into) ? into : i;
}

/**
 * Below each span that is shown those that hang under it, in order of start; and those that hang under none.
 * @param {Outline} trace @param {Folding} folding
 */
function shown(trace, folding) {
  /** @type {Map<number, number[]>} */ const below = new Map();
  /** @type {number[]} */ const tops = [];
  const queue = [...trace.tops];
  const over = new Int32Array(trace.size).fill(-1);
  for (let at = 0; at < queue.length; at++) {
    const i = queue[at];
    const above = over[i];
    const stays = shownFor(trace, folding, i) === i;
    if (stays) {
      const brothers = above < 0 ? tops : below.get(above);
      if (brothers) brothers.push(i);
      else below.set(above, [i]);
    }
    for (const child of trace.children[i]) {
      over[child] = stays ? i : above;
      queue.push(child);
    }
  }
  tops.sort((a, b) => a - b);
  for (const brothers of below.values()) brothers.sort((a, b) => a - b);
  return { below, tops };
}

/** From the top down. @param {Outline} trace @param {Folding} folding @returns {Row[]} */
export function rowsOf(trace, folding) {
  const { below, tops } = shown(trace, folding);
  /** @type {Row[]} */ const rows = [];
  /** @type {[number, number][]} */ const waiting = tops.map((i) => /** @type {[number, number]} */ ([i, 0])).reverse();
  while (waiting.length) {
    const [index, depth] = /** @type {[number, number]} */ (waiting.pop());
    const children = below.get(index);
    const folded = folding.fold !== folding.turned.has(index) ? (trace.folds.get(index)?.length ?? 0) : 0;
    rows.push({ index, depth, below: children !== undefined, folded });
    if (children && !folding.closed.has(index)) for (let c = children.length - 1; c >= 0; c--) waiting.push([children[c], depth + 1]);
  }
  return rows;
}

/** The parts of the critical path by the span that stands for them: from and to, one after the other. @param {Outline} trace @param {Folding} folding @returns {Map<number, number[]>} */
export function criticalOf(trace, folding) {
  /** @type {Map<number, number[]>} */ const parts = new Map();
  const { path } = trace;
  for (let at = 0; at < path.length; at += 4) {
    if (path[at + 3]) continue;
    const index = shownFor(trace, folding, path[at]);
    const mine = parts.get(index);
    if (!mine) parts.set(index, [path[at + 1], path[at + 2]]);
    else if (mine[mine.length - 1] === path[at + 1]) mine[mine.length - 1] = path[at + 2];
    else mine.push(path[at + 1], path[at + 2]);
  }
  return parts;
}

/** A span's own time with what is folded into it. @param {Outline} trace @param {Row} row */
export function ownOf(trace, row) {
  const own = trace.columns.own[row.index];
  return row.folded ? (trace.folds.get(row.index) ?? []).reduce((sum, i) => sum + trace.columns.own[i], own) : own;
}

/** All above a span, nearest first: who has to be open for it to be seen. @param {Outline} trace @param {number} i */
export function aboveOf(trace, i) {
  const above = [];
  for (let at = trace.columns.parent[i]; at >= 0; at = trace.columns.parent[at]) above.push(at);
  return above;
}
