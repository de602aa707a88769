/**
 * One drawn call: a start and cubic Béziers, six numbers each. Everything a route is made of becomes this, so that
 * drawing, picking and labels need no second case.
 *
 * @typedef {{x: number, y: number, beziers: number[]}} Curve
 */

const CORNER = 12;
/** What makes a cubic follow a quarter circle. */
const ROUND = 0.5523;

/** A curve that leaves and enters every point level. @param {number[][]} points @returns {Curve} */
export function smooth(points) {
  const beziers = [];
  for (let i = 1; i < points.length; i++) {
    const [x0, y0] = points[i - 1];
    const [x1, y1] = points[i];
    const dx = (x1 - x0) / 2;
    beziers.push(x0 + dx, y0, x1 - dx, y1, x1, y1);
  }
  return { x: points[0][0], y: points[0][1], beziers };
}

/** Right-angled legs with round corners. @param {number[][]} points @returns {Curve} */
export function rounded(points) {
  const corners = points.filter((p, i) => i === 0 || p[0] !== points[i - 1][0] || p[1] !== points[i - 1][1]);
  const beziers = /** @type {number[]} */ ([]);
  let [x, y] = corners[0];
  const line = (/** @type {number} */ toX, /** @type {number} */ toY) => {
    beziers.push(x + (toX - x) / 3, y + (toY - y) / 3, x + ((toX - x) * 2) / 3, y + ((toY - y) * 2) / 3, toX, toY);
    [x, y] = [toX, toY];
  };
  for (let i = 1; i < corners.length - 1; i++) {
    const [ax, ay] = corners[i - 1];
    const [bx, by] = corners[i];
    const [cx, cy] = corners[i + 1];
    const before = Math.hypot(bx - ax, by - ay);
    const after = Math.hypot(cx - bx, cy - by);
    const r = Math.min(CORNER, before / 2, after / 2);
    const [ux, uy] = [(bx - ax) / before, (by - ay) / before];
    const [vx, vy] = [(cx - bx) / after, (cy - by) / after];
    line(bx - ux * r, by - uy * r);
    beziers.push(x + ux * r * ROUND, y + uy * r * ROUND, bx + vx * r * (1 - ROUND), by + vy * r * (1 - ROUND), bx + vx * r, by + vy * r);
    [x, y] = [bx + vx * r, by + vy * r];
  }
  line(corners[corners.length - 1][0], corners[corners.length - 1][1]);
  return { x: corners[0][0], y: corners[0][1], beziers };
}

/** @param {number} a @param {number} b @param {number} c @param {number} d @param {number} t */
const cubic = (a, b, c, d, t) => {
  const s = 1 - t;
  return s * s * s * a + 3 * s * s * t * b + 3 * s * t * t * c + t * t * t * d;
};

/** Points along a curve, `each` per Bézier. @param {Curve} curve @param {number} [each] @returns {number[][]} */
export function sampled(curve, each = 8) {
  const points = [[curve.x, curve.y]];
  let { x, y } = curve;
  const b = curve.beziers;
  for (let i = 0; i < b.length; i += 6) {
    for (let step = 1; step <= each; step++)
      points.push([cubic(x, b[i], b[i + 2], b[i + 4], step / each), cubic(y, b[i + 1], b[i + 3], b[i + 5], step / each)]);
    [x, y] = [b[i + 4], b[i + 5]];
  }
  return points;
}

/** The point at `share` (0..1) of the length of sampled points. @param {number[][]} points @param {number} share */
export function along(points, share) {
  let left = share * lengthOf(points);
  for (let i = 1; i < points.length; i++) {
    const [[ax, ay], [bx, by]] = [points[i - 1], points[i]];
    const step = Math.hypot(bx - ax, by - ay);
    if (step > 0 && left <= step) return [ax + ((bx - ax) * left) / step, ay + ((by - ay) * left) / step];
    left -= step;
  }
  return points[points.length - 1];
}

/** @param {number[][]} points */
export function lengthOf(points) {
  let length = 0;
  for (let i = 1; i < points.length; i++) length += Math.hypot(points[i][0] - points[i - 1][0], points[i][1] - points[i - 1][1]);
  return length;
}

/** @param {number[][]} points @returns {import("./boxes.js").Rect} */
export function boundsOf(points) {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [x, y] of points) {
    left = Math.min(left, x);
    right = Math.max(right, x);
    top = Math.min(top, y);
    bottom = Math.max(bottom, y);
  }
  return { x: left, y: top, w: right - left, h: bottom - top };
}
