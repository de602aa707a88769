/**
 * The way round when five legs do not do: A* over the lines that run beside every node and box. Slower than trying
 * levels, so route.js asks it only for the calls whose best five legs would cross a node.
 */

/**
 * @typedef {import("./boxes.js").Rect} Rect
 * @typedef {import("./route.js").Stand} Stand
 */

const BESIDE_X = 13;
const BESIDE_Y = 9;
const BEND = 24;
/** More crossings of lines than this are not searched: a picture that large is read zoomed in, box by box. */
const MOST_CELLS = 60_000;

/** @param {number[]} values */
const lines = (values) => [...new Set(values.map((value) => Math.round(value)))].sort((a, b) => a - b);

export class Maze {
  /** @param {Stand[]} stands @param {Rect[]} boxes */
  constructor(stands, boxes) {
    this.stands = stands;
    this.boxes = boxes;
    const all = [...stands, ...boxes];
    this.xs = all.flatMap((rect) => [rect.x - BESIDE_X, rect.x + rect.w + BESIDE_X]);
    this.ys = [...stands.flatMap((rect) => [rect.y - BESIDE_Y, rect.y + rect.h + BESIDE_Y]), ...boxes.flatMap((rect) => [rect.y - BESIDE_X, rect.y + rect.h + BESIDE_X])];
  }

  /**
   * Corners of a way from `start` (leaving rightwards) to `end` (entered rightwards) that crosses no node; null if there is none.
   * @param {number[]} start @param {number[]} end @returns {number[][]|null}
   */
  find(start, end) {
    const [sx, sy] = [start[0] + BESIDE_X, start[1]];
    const [ex, ey] = [end[0] - BESIDE_X, end[1]];
    const xs = lines([...this.xs, sx, ex]);
    const ys = lines([...this.ys, sy, ey]);
    const width = xs.length;
    if (width * ys.length > MOST_CELLS) return null;
    const blocked = this.#blocked(xs, ys);
    const at = (/** @type {number} */ x, /** @type {number} */ y) => xs.indexOf(Math.round(x)) + ys.indexOf(Math.round(y)) * width;
    const goal = at(ex, ey);
    const from = at(sx, sy);
    /** Best known cost by cell and direction (0 level, 1 upright). */
    const cost = new Float64Array(width * ys.length * 2).fill(Infinity);
    const came = new Int32Array(width * ys.length * 2).fill(-1);
    const heap = new Heap();
    cost[from * 2] = 0;
    heap.push(from * 2, 0);
    for (let state = heap.pop(); state !== -1; state = heap.pop()) {
      const cell = state >> 1;
      if (cell === goal) return [start, ...corners(state, came, xs, ys, width), end];
      const [i, j] = [cell % width, Math.floor(cell / width)];
      for (const [di, dj] of [[1, 0], [-1, 0], [0, 1], [0, -1]]) {
        const [ni, nj] = [i + di, j + dj];
        if (ni < 0 || nj < 0 || ni >= width || nj >= ys.length) continue;
        const upright = dj === 0 ? 0 : 1;
        const first = upright ? Math.min(j, nj) * width + i : j * width + Math.min(i, ni);
        if (upright ? blocked.upright[first] : blocked.level[first]) continue;
        const next = (nj * width + ni) * 2 + upright;
        const turn = upright === (state & 1) ? 0 : BEND;
        const total = cost[state] + Math.abs(xs[ni] - xs[i]) + Math.abs(ys[nj] - ys[j]) + turn;
        if (total >= cost[next]) continue;
        cost[next] = total;
        came[next] = state;
        heap.push(next, total + Math.abs(ex - xs[ni]) + Math.abs(ey - ys[nj]));
      }
    }
    return null;
  }

  /** Which pieces of line a node is in the way of. @param {number[]} xs @param {number[]} ys */
  #blocked(xs, ys) {
    const level = new Uint8Array(xs.length * ys.length);
    const upright = new Uint8Array(xs.length * ys.length);
    for (const { x, y, w, h } of this.stands) {
      for (let j = 0; j < ys.length; j++)
        for (let i = 0; i < xs.length; i++) {
          const insideX = xs[i] > x - 4 && xs[i] < x + w + 4;
          const insideY = ys[j] > y - 4 && ys[j] < y + h + 4;
          if (insideY && i + 1 < xs.length && xs[i] < x + w + 4 && xs[i + 1] > x - 4) level[j * xs.length + i] = 1;
          if (insideX && j + 1 < ys.length && ys[j] < y + h + 4 && ys[j + 1] > y - 4) upright[j * xs.length + i] = 1;
        }
    }
    return { level, upright };
  }
}

/** @param {number} state @param {Int32Array} came @param {number[]} xs @param {number[]} ys @param {number} width */
function corners(state, came, xs, ys, width) {
  /** @type {number[][]} */ const points = [];
  for (let each = state; each !== -1; each = came[each]) points.unshift([xs[(each >> 1) % width], ys[Math.floor((each >> 1) / width)]]);
  return points.filter((p, i) => i === 0 || i === points.length - 1 || !(inLine(points[i - 1], p, points[i + 1])));
}

/** @param {number[]} a @param {number[]} b @param {number[]} c */
const inLine = (a, b, c) => (a[0] === b[0] && b[0] === c[0]) || (a[1] === b[1] && b[1] === c[1]);

/** A binary heap of states by cost; answers -1 when empty. */
class Heap {
  /** @type {[number, number][]} */ #items = [];

  /** @param {number} state @param {number} cost */
  push(state, cost) {
    const items = this.#items;
    items.push([state, cost]);
    for (let i = items.length - 1; i > 0; ) {
      const up = (i - 1) >> 1;
      if (items[up][1] <= items[i][1]) return;
      [items[up], items[i]] = [items[i], items[up]];
      i = up;
    }
  }

  pop() {
    const items = this.#items;
    if (!items.length) return -1;
    const [[top], last] = [items[0], /** @type {[number, number]} */ (items.pop())];
    if (!items.length) return top;
    items[0] = last;
    for (let i = 0; ; ) {
      let least = i;
      for (const down of [2 * i + 1, 2 * i + 2]) if (down < items.length && items[down][1] < items[least][1]) least = down;
      if (least === i) return top;
      [items[least], items[i]] = [items[i], items[least]];
      i = least;
    }
  }
}
