/** Where the boxes stand: the flow runs left to right, the whole keeps the screen's shape, nothing overlaps. Pure. */

/**
 * @typedef {{key: string, w: number, h: number}} Size
 * @typedef {{x: number, y: number}} Point
 * @typedef {{width: number, height: number}} Room
 * @typedef {{x: number, y: number, w: number, h: number}} Rect
 * `out` and `into`: where in its box the caller's right side and the callee's left side are.
 * @typedef {{source: string, target: string, rate: number, out: Point, into: Point}} Call
 */

export const GAP_X = 66;
export const GAP_Y = 26;
const NEAR = 40;
/** What it costs, in widths of the picture, to stand left of where the flow would have a box: a long chain turns back rather than leave the screen. */
const AGAINST = 0.75;

/** How the mean way of a call weighs against the picture's size, and what turning back adds to a way. */
const WAY = 0.5;
const BACK = 200;

/** @param {number} rate */
const weight = (rate) => 1 + Math.log10(1 + rate);

/** @param {Rect} a @param {Rect} b @param {number} [gapX] @param {number} [gapY] */
export const overlap = (a, b, gapX = 0, gapY = 0) =>
  a.x < b.x + b.w + gapX && b.x < a.x + a.w + gapX && a.y < b.y + b.h + gapY && b.y < a.y + a.h + gapY;

/**
 * Callers before callees, by the greedy feedback-arc order of Eades, Lin and Smyth (1993); ties by name.
 * @param {string[]} keys @param {{source: string, target: string, rate: number}[]} calls @returns {string[]}
 */
export function order(keys, calls) {
  const left = [...keys].sort();
  const between = calls.filter((call) => call.source !== call.target);
  /** @type {string[]} */ const head = [];
  /** @type {string[]} */ const tail = [];
  const sum = (/** @type {string} */ key, /** @type {"source"|"target"} */ end) =>
    between.reduce((total, call) => total + (call[end] === key && left.includes(call.source) && left.includes(call.target) ? weight(call.rate) : 0), 0);
  const take = (/** @type {string} */ key) => left.splice(left.indexOf(key), 1);
  while (left.length) {
    const sink = left.find((key) => sum(key, "source") === 0 && sum(key, "target") > 0);
    const source = left.find((key) => sum(key, "target") === 0);
    if (sink !== undefined) tail.unshift(sink);
    else if (source !== undefined) head.push(source);
    else head.push(left.reduce((best, key) => (lead(key) > lead(best) ? key : best)));
    take(sink ?? source ?? head[head.length - 1]);
  }
  return [...head, ...tail];

  /** @param {string} key */
  function lead(key) {
    return sum(key, "source") - sum(key, "target");
  }
}

/** @param {number[]} values */
function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** @param {number[]} values */
const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

/**
 * The best free place for one box beside those that stand already; they do not move.
 * @param {Size} box @param {Call[]} calls @param {Map<string, Rect>} placed @param {Room} room to keep within
 * @returns {Point}
 */
export function placeOne(box, calls, placed, { width, height }) {
  const standing = [...placed.values()];
  if (!standing.length) return { x: 0, y: 0 };
  const into = calls.filter((call) => call.target === box.key && placed.has(call.source));
  const from = calls.filter((call) => call.source === box.key && placed.has(call.target));
  const at = (/** @type {string} */ key) => /** @type {Rect} */ (placed.get(key));
  const x0 = Math.max(0, into.length ? median(into.map((call) => at(call.source).x + call.out.x + NEAR - call.into.x)) : 0);
  const y0 = into.length
    ? mean(into.map((call) => at(call.source).y + call.out.y - call.into.y))
    : from.length ? mean(from.map((call) => at(call.target).y + call.into.y - call.out.y)) : 0;
  const xs = [x0, 0, ...standing.map((rect) => rect.x + rect.w + GAP_X)];
  const ys = [y0, 0, ...standing.flatMap((rect) => [rect.y, rect.y - GAP_Y - box.h, rect.y + rect.h + GAP_Y])];
  const top = Math.min(...standing.map((rect) => rect.y));
  const bottom = Math.max(...standing.map((rect) => rect.y + rect.h));

  let best = { x: Math.max(...standing.map((rect) => rect.x + rect.w)) + GAP_X, y: y0, cost: Infinity };
  for (const x of xs)
    for (const y of ys) {
      const tall = Math.max(bottom, y + box.h) - Math.min(top, y);
      const aside = x < x0 ? AGAINST * width + 0.8 * (x0 - x) : 0.8 * (x - x0);
      const cost = Math.abs(y - y0) + aside + 4 * Math.max(0, tall - height) + 3 * Math.max(0, x + box.w - width);
      if (cost > best.cost || (cost === best.cost && (x > best.x || (x === best.x && y >= best.y)))) continue;
      if (standing.some((rect) => overlap({ x, y, w: box.w, h: box.h }, rect, NEAR, GAP_Y))) continue;
      best = { x, y, cost };
    }
  return { x: best.x, y: best.y };
}

/** A room of about the screen's shape for `boxes`; `flat`: a share of its height. @param {Iterable<{w: number, h: number}>} boxes @param {number} [flat] @returns {Room} */
export function roomFor(boxes, flat = 1) {
  let area = 0;
  for (const { w, h } of boxes) area += w * h;
  return { width: 1.6 * Math.sqrt(area), height: flat * Math.sqrt(area) };
}

/** Heights that are tried, as shares of what is about square; a greedy placing may do better in a flatter or a taller room. */
const TRIED = [1, 0.85, 0.7, 1.2];
const SCREEN = 1.45;

/**
 * All boxes, callers first: of a few tries the one that is read largest with its calls short and forward.
 * The left-most and top-most are at 0.
 * @param {Size[]} boxes @param {Call[]} calls @returns {Map<string, Rect>}
 */
export function arrange(boxes, calls) {
  const keys = order(boxes.map((box) => box.key), calls);
  let best = /** @type {Map<string, Rect>} */ (new Map());
  let least = Infinity;
  for (const share of TRIED) {
    const placed = placeAll(boxes, keys, calls, roomFor(boxes, share));
    const cost = burden(placed, calls);
    if (cost < least) [best, least] = [placed, cost];
  }
  return best;
}

/** @param {Size[]} boxes @param {string[]} keys @param {Call[]} calls @param {Room} room @returns {Map<string, Rect>} */
function placeAll(boxes, keys, calls, room) {
  const sizes = new Map(boxes.map((box) => [box.key, box]));
  /** @type {Map<string, Rect>} */ const placed = new Map();
  for (const key of keys) {
    const box = /** @type {Size} */ (sizes.get(key));
    placed.set(key, { ...placeOne(box, calls, placed, room), w: box.w, h: box.h });
  }
  const left = Math.min(...[...placed.values()].map((rect) => rect.x));
  const top = Math.min(...[...placed.values()].map((rect) => rect.y));
  for (const rect of placed.values()) {
    rect.x -= left;
    rect.y -= top;
  }
  return placed;
}

/** The height a screen needs for it, and how far calls run and turn back. @param {Map<string, Rect>} placed @param {Call[]} calls */
function burden(placed, calls) {
  const rects = [...placed.values()];
  const w = Math.max(...rects.map((rect) => rect.x + rect.w));
  const h = Math.max(...rects.map((rect) => rect.y + rect.h));
  let way = 0;
  for (const { source, target, out, into } of calls) {
    const [from, to] = [/** @type {Rect} */ (placed.get(source)), /** @type {Rect} */ (placed.get(target))];
    const ahead = to.x + into.x - from.x - out.x;
    way += Math.abs(to.y + into.y - from.y - out.y) + (ahead < 0 ? BACK - ahead : ahead);
  }
  return Math.max(w / SCREEN, h) + (calls.length ? (way / calls.length) * WAY : 0);
}

/**
 * Pushes boxes off `key`, which grew and stays, and off each other, each by the smallest translation that removes an
 * overlap; a box that overlaps nothing stays where it is.
 * @param {Map<string, Rect>} boxes changed in place @param {string} key @param {"any"|"down"} way
 */
export function settle(boxes, key, way) {
  const settled = [/** @type {Rect} */ (boxes.get(key))];
  const others = [...boxes].filter(([other]) => other !== key).sort(([a, ra], [b, rb]) => ra.y - rb.y || ra.x - rb.x || (a < b ? -1 : 1));
  for (const [, rect] of others) {
    const hit = () => settled.find((still) => overlap(still, rect, NEAR / 2, GAP_Y / 2));
    for (let still = hit(); still; still = hit()) {
      const down = still.y + still.h + GAP_Y - rect.y;
      const right = still.x + still.w + GAP_X - rect.x;
      if (way === "any" && right < down) rect.x += right;
      else rect.y += down;
    }
    settled.push(rect);
  }
}
