/** What is under a point: a node or card first, then the nearest call within six pixels on screen. Pure. */

/**
 * @typedef {import("./boxes.js").Rect} Rect
 * @typedef {{id: string, points: number[][], bounds: Rect}} Line
 */

const NEAR = 6;

/** @param {Rect} rect @param {number} x @param {number} y @param {number} by */
const holds = (rect, x, y, by) => x >= rect.x - by && x <= rect.x + rect.w + by && y >= rect.y - by && y <= rect.y + rect.h + by;

/** Distance of a point to a piece of line. @param {number} x @param {number} y @param {number[]} a @param {number[]} b */
function distance(x, y, [ax, ay], [bx, by]) {
  const [dx, dy] = [bx - ax, by - ay];
  const length = dx * dx + dy * dy;
  const t = length ? Math.max(0, Math.min(1, ((x - ax) * dx + (y - ay) * dy) / length)) : 0;
  return Math.hypot(x - ax - t * dx, y - ay - t * dy);
}

/**
 * @param {Iterable<{id: string, rect: Rect}>} nodes @param {Iterable<Line>} lines @param {number} x @param {number} y world @param {number} k scale
 * @returns {{kind: "node"|"edge", id: string}|null}
 */
export function pick(nodes, lines, x, y, k) {
  for (const { id, rect } of nodes) if (holds(rect, x, y, 0)) return { kind: "node", id };
  let best = null;
  let least = NEAR / k;
  for (const { id, points, bounds } of lines) {
    if (!holds(bounds, x, y, least)) continue;
    for (let i = 1; i < points.length; i++) {
      const d = distance(x, y, points[i - 1], points[i]);
      if (d < least) [best, least] = [/** @type {const} */ ({ kind: "edge", id }), d];
    }
  }
  return best;
}
