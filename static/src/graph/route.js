/**
 * How calls run: inside a box along ELK's bends; everywhere else in right angles through the channels between columns
 * and the gaps between boxes, never through a node. Ends are spread along a side in the order of what they lead to. Pure.
 *
 * @typedef {import("./boxes.js").Rect} Rect
 * @typedef {import("./curve.js").Curve} Curve
 * `box`: key of the box a thing stands in, or its own id (a card, a loose node).
 * @typedef {Rect & {box: string, slot?: boolean}} Stand
 * @typedef {{id: string, source: string, target: string}} Wanted
 */
import { rounded, sampled, smooth } from "./curve.js";
import { Maze } from "./maze.js";

const CHANNEL = 13;
const LANE = 6;
const LANES = 3;
/** Legs within this many units are on one line. */
const NEAR_LINE = 7;
/** Arrow heads end here, before the callee's side. */
export const ARROW = 6;
const ROW = 9;
const COST = { bend: 24, foreign: 1.5, node: 10_000 };

/**
 * @param {Iterable<Wanted>} calls @param {Map<string, Stand>} stands @param {Map<string, Rect>} boxes
 * @param {Map<string, number[][]>} bends relative to their box @returns {Map<string, Curve>}
 */
export function routes(calls, stands, boxes, bends) {
  const known = [...calls].filter((call) => stands.has(call.source) && stands.has(call.target));
  const ports = portsOf(known, stands);
  const obstacles = new Obstacles(stands, boxes);
  /** @type {Map<string, Curve>} */ const curves = new Map();
  /** @type {Bent[]} */ const bent = [];
  for (const call of known) {
    const from = /** @type {Stand} */ (stands.get(call.source));
    const to = /** @type {Stand} */ (stands.get(call.target));
    const port = /** @type {Port} */ (ports.get(call.id));
    if (call.source === call.target) {
      curves.set(call.id, loop(from));
      continue;
    }
    const start = [from.x + from.w, port.y0];
    const end = [to.x - ARROW, port.y1];
    const box = boxes.get(from.box);
    const way = bends.get(call.id);
    if (box && way && from.box === to.box && !from.slot && !to.slot && end[0] > start[0]) {
      const curve = smooth([start, ...way.map(([x, y]) => [box.x + x, box.y + y]), end]);
      if (!obstacles.hit(sampled(curve), from, to)) {
        curves.set(call.id, curve);
        continue;
      }
    }
    const { points, cost } = channel(start, end, from, to, port, obstacles);
    const round = cost < COST.node ? null : obstacles.maze().find(start, end);
    bent.push({ id: call.id, points: round ?? points, from, to });
  }
  part(bent, 0, obstacles);
  part(bent, 1, obstacles);
  for (const { id, points } of bent) curves.set(id, rounded(points));
  return curves;
}

/** Straight from side to side: while things move there is no time for more. @param {Iterable<Wanted>} calls @param {Map<string, Stand>} stands @returns {Map<string, Curve>} */
export function direct(calls, stands) {
  const known = [...calls].filter((call) => stands.has(call.source) && stands.has(call.target));
  const ports = portsOf(known, stands);
  return new Map(known.map((call) => {
    const from = /** @type {Stand} */ (stands.get(call.source));
    const to = /** @type {Stand} */ (stands.get(call.target));
    const port = /** @type {Port} */ (ports.get(call.id));
    return [call.id, call.source === call.target ? loop(from) : smooth([[from.x + from.w, port.y0], [to.x - ARROW, port.y1]])];
  }));
}

/** @typedef {{y0: number, y1: number, out: number, outs: number, in: number, ins: number}} Port */

/**
 * Where on a side each call starts and ends, in the order of where it leads.
 * @param {Wanted[]} calls @param {Map<string, Stand>} stands @returns {Map<string, Port>}
 */
export function portsOf(calls, stands) {
  const middle = (/** @type {string} */ id) => {
    const rect = /** @type {Stand} */ (stands.get(id));
    return rect.y + rect.h / 2;
  };
  /** @type {Map<string, Port>} */ const ports = new Map(calls.map((call) => [call.id, { y0: 0, y1: 0, out: 0, outs: 1, in: 0, ins: 1 }]));
  for (const [end, other] of /** @type {["source"|"target", "source"|"target"][]} */ ([["source", "target"], ["target", "source"]])) {
    /** @type {Map<string, Wanted[]>} */ const sides = new Map();
    for (const call of calls) {
      const side = sides.get(call[end]);
      if (side) side.push(call);
      else sides.set(call[end], [call]);
    }
    for (const [id, side] of sides) {
      const rect = /** @type {Stand} */ (stands.get(id));
      const step = Math.min(9, (rect.h - 16) / side.length);
      side.sort((a, b) => middle(a[other]) - middle(b[other]) || (a.id < b.id ? -1 : 1));
      side.forEach((call, i) => {
        const port = /** @type {Port} */ (ports.get(call.id));
        const y = rect.y + rect.h / 2 + (i - (side.length - 1) / 2) * step;
        if (end === "source") Object.assign(port, { y0: y, out: i, outs: side.length });
        else Object.assign(port, { y1: y, in: i, ins: side.length });
      });
    }
  }
  return ports;
}

/** A call to itself: a loop at the top right corner. @param {Rect} rect @returns {Curve} */
function loop({ x, y, w }) {
  return { x: x + w, y: y + 14, beziers: [x + w + 26, y + 14, x + w + 14, y - 24, x + w - 22, y - ARROW] };
}

/** Lanes nest, so that calls which leave one node together do not cross. @param {number} i @param {number} n @param {boolean} down */
const lane = (i, n, down) => (Math.min(down ? n - 1 - i : i, LANES - 1)) * LANE;

/**
 * Five legs: out into the caller's channel, along it to a level, level to the callee's channel, along it, in.
 * @param {number[]} start @param {number[]} end @param {Stand} from @param {Stand} to @param {Port} port @param {Obstacles} obstacles
 */
function channel(start, end, from, to, port, obstacles) {
  const down = end[1] > start[1];
  const xa = obstacles.columnEnd(from) + CHANNEL + lane(port.out, port.outs, down);
  const xb = Math.min(end[0] - 8, to.x - CHANNEL - ARROW - lane(port.in, port.ins, !down) / 2);
  let best = /** @type {number[][]} */ ([]);
  let least = Infinity;
  for (const y of obstacles.levels(start, end, from, to)) {
    const points = [start, [xa, start[1]], [xa, y], [xb, y], [xb, end[1]], end];
    const cost = obstacles.cost(points, from, to);
    if (cost < least) [best, least] = [points, cost];
  }
  return { points: best, cost: least };
}

/**
 * Legs of different calls that would lie on each other part by a lane, where there is room; the ends stay at their ports.
 * @typedef {{id: string, points: number[][], from: Stand, to: Stand}} Bent
 * @typedef {{route: Bent, at: number, low: number, high: number}} Leg `at`: index of its first corner
 * @param {Bent[]} bent changed @param {0|1} axis 0: upright legs (one x), 1: level legs (one y) @param {Obstacles} obstacles
 */
function part(bent, axis, obstacles) {
  const along = axis === 0 ? 1 : 0;
  /** @type {Map<number, Leg[]>} */ const lines = new Map();
  for (const route of bent)
    for (let at = 1; at + 2 < route.points.length; at++) {
      const [a, b] = [route.points[at], route.points[at + 1]];
      if (a[axis] !== b[axis] || a[along] === b[along]) continue;
      const line = Math.round(a[axis] / NEAR_LINE);
      const leg = { route, at, low: Math.min(a[along], b[along]), high: Math.max(a[along], b[along]) };
      const known = lines.get(line);
      if (known) known.push(leg);
      else lines.set(line, [leg]);
    }
  for (const legs of lines.values()) if (legs.length > 1) assign(legs, axis, obstacles);
}

/** @param {Leg[]} legs of one line @param {0|1} axis @param {Obstacles} obstacles */
function assign(legs, axis, obstacles) {
  legs.sort((a, b) => a.low - b.low || a.high - b.high || (a.route.id < b.route.id ? -1 : 1));
  /** @type {number[]} */ const ends = [];
  const lanes = legs.map((leg) => {
    const free = ends.findIndex((end) => end < leg.low - LANE);
    const which = free < 0 ? ends.length : free;
    ends[which] = leg.high;
    return which;
  });
  legs.forEach(({ route, at }, i) => {
    const shift = Math.max(-10, Math.min(10, (lanes[i] - (ends.length - 1) / 2) * (LANE - 1)));
    if (!shift) return;
    const moved = route.points.map((point) => [...point]);
    moved[at][axis] += shift;
    moved[at + 1][axis] += shift;
    if (obstacles.cost(moved, route.from, route.to) < COST.node) route.points = moved;
  });
}

/** What a route must not cross, asked box by box. */
class Obstacles {
  /** @type {Maze|undefined} */ #maze;

  /** @param {Map<string, Stand>} stands @param {Map<string, Rect>} boxes */
  constructor(stands, boxes) {
    /** @type {Map<string, {rect: Rect, stands: Stand[]}>} */ this.groups = new Map();
    for (const stand of stands.values()) {
      const group = this.groups.get(stand.box);
      if (group) group.stands.push(stand);
      else this.groups.set(stand.box, { rect: boxes.get(stand.box) ?? stand, stands: [stand] });
    }
    this.rects = [...this.groups.values()].map(({ rect }) => rect);
  }

  /** Built when first needed, for all that need it. */
  maze() {
    this.#maze ??= new Maze([...this.groups.values()].flatMap(({ stands }) => stands), this.rects);
    return this.#maze;
  }

  /** Whether a drawn line runs through a node that is neither of its ends. @param {number[][]} points @param {Stand} from @param {Stand} to */
  hit(points, from, to) {
    const inside = (/** @type {Rect} */ r, /** @type {number[]} */ p) => p[0] > r.x - 3 && p[0] < r.x + r.w + 3 && p[1] > r.y - 3 && p[1] < r.y + r.h + 3;
    for (const { rect, stands } of this.groups.values()) {
      if (!points.some((p) => inside(rect, p))) continue;
      if (stands.some((stand) => stand !== from && stand !== to && points.some((p) => inside(stand, p)))) return true;
    }
    return false;
  }

  /** Where the column of `stand` ends: chips of one column differ in width. @param {Stand} stand */
  columnEnd(stand) {
    const group = /** @type {{stands: Stand[]}} */ (this.groups.get(stand.box));
    return Math.max(...group.stands.filter((other) => Math.abs(other.x - stand.x) < stand.w / 2).map((other) => other.x + other.w));
  }

  /** Heights a level leg may have: the two ends', the gaps between rows of both boxes, the gaps between boxes. @param {number[]} start @param {number[]} end @param {Stand} from @param {Stand} to */
  levels(start, end, from, to) {
    const rows = [from.box, to.box].flatMap((key) => this.groups.get(key)?.stands ?? []).flatMap((stand) => [stand.y - ROW, stand.y + stand.h + ROW]);
    return new Set([end[1], start[1], ...rows, ...this.rects.flatMap((rect) => [rect.y - CHANNEL, rect.y + rect.h + CHANNEL])]);
  }

  /** Length, corners, ground of other boxes, and above all nodes crossed. @param {number[][]} points @param {Stand} from @param {Stand} to */
  cost(points, from, to) {
    let cost = 0;
    for (let i = 1; i < points.length; i++) {
      const [[ax, ay], [bx, by]] = [points[i - 1], points[i]];
      const length = Math.abs(bx - ax) + Math.abs(by - ay);
      if (length === 0) continue;
      cost += length + COST.bend;
      const leg = { x: Math.min(ax, bx) - 2, y: Math.min(ay, by) - 2, w: Math.abs(bx - ax) + 4, h: Math.abs(by - ay) + 4 };
      for (const [key, { rect, stands }] of this.groups) {
        if (!meets(leg, rect)) continue;
        if (key !== from.box && key !== to.box) cost += COST.foreign * shared(leg, rect);
        for (const stand of stands) {
          const own = (stand === from && i === 1) || (stand === to && i === points.length - 1);
          if (!own && meets(leg, stand)) cost += COST.node;
        }
      }
    }
    return cost;
  }
}

/** @param {Rect} a @param {Rect} b */
const meets = (a, b) => a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;

/** @param {Rect} leg @param {Rect} rect */
const shared = (leg, rect) =>
  Math.max(Math.min(leg.x + leg.w, rect.x + rect.w) - Math.max(leg.x, rect.x), 0) + Math.max(Math.min(leg.y + leg.h, rect.y + rect.h) - Math.max(leg.y, rect.y), 0);
