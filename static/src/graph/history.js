/** A few signals over time for the panel's small lines: what a page has seen of everything since it was opened, and how an answer of the past goes before it. Nothing is made up. */

/**
 * @typedef {import("./model.js").Graph} Graph
 * @typedef {{t: number[], values: Record<string, (number|null)[]>}} Series
 */

export const KEPT = ["rps", "error_ratio", "p95_ms", "saturation"];
const EVERY_MS = 2000;
const MOST = 180;
/** How far back the lines of what is chosen reach. */
export const REACH_MS = 15 * 60_000;
const FOLLOWING_MS = 5000;
/** The window of a push: between points further apart than this nothing is known. */
const GAP_MS = 60_000;

/** @param {number} at Unix ms @param {Record<string, number|null>} signals @returns {Series} */
export const pointOf = (at, signals) => ({ t: [at], values: Object.fromEntries(KEPT.map((name) => [name, [signals[name] ?? null]])) });

/**
 * An answer of the API, each value at the end of its step. The end without any value is left out: the newest steps are
 * not over yet, and counters fill theirs late.
 * @param {{to: string, step_s: number, t: string[], signals: Record<string, (number|null)[]>}} answer @returns {Series}
 */
export function pastOf({ to, step_s, t, signals }) {
  const ends = t.map((start) => Date.parse(start) + step_s * 1000);
  let length = ends.filter((end) => end <= Date.parse(to) - step_s * 1000).length;
  while (length > 0 && KEPT.every((name) => signals[name]?.[length - 1] == null)) length--;
  return { t: ends.slice(0, length), values: Object.fromEntries(KEPT.map((name) => [name, ends.slice(0, length).map((_, i) => signals[name]?.[i] ?? null)])) };
}

/** `before`, then those points of `after` that are later, at most one in five seconds; a long silence between is a gap. @param {Series} before @param {Series} after @returns {Series} */
export function following(before, after) {
  const t = [...before.t];
  const values = Object.fromEntries(KEPT.map((name) => [name, [...before.values[name]]]));
  after.t.forEach((at, i) => {
    const last = t.at(-1) ?? -Infinity;
    if (at - last < FOLLOWING_MS) return;
    if (t.length && at - last > GAP_MS) {
      t.push(last + 1);
      for (const name of KEPT) values[name].push(null);
    }
    t.push(at);
    for (const name of KEPT) values[name].push(after.values[name][i]);
  });
  return { t, values };
}

/** The points from an instant on. @param {Series} series @param {number} from Unix ms @returns {Series} */
export function since({ t, values }, from) {
  const first = t.findIndex((at) => at >= from);
  const start = first < 0 ? t.length : first;
  return { t: t.slice(start), values: Object.fromEntries(KEPT.map((name) => [name, values[name].slice(start)])) };
}

export class History {
  /** @type {number[]} */ #t = [];
  #every = EVERY_MS;
  /** @type {Map<string, Float32Array[]>} */ #seen = new Map();

  /** Unix ms of the first point; NaN before it. */
  get since() {
    return this.#t[0] ?? NaN;
  }

  /** Takes a point of everything, at most one in two seconds. @param {Graph} graph */
  take(graph) {
    const at = Date.parse(graph.at);
    if (this.#t.length && at - this.#t[this.#t.length - 1] < this.#every) return;
    this.#t.push(at);
    if (this.#t.length > MOST) this.#halve();
    const index = this.#t.length - 1;
    for (const elements of [graph.nodes, graph.edges])
      for (const [id, { signals }] of elements) {
        const seen = this.#seen.get(id) ?? KEPT.map(() => new Float32Array(MOST + 1).fill(NaN));
        this.#seen.set(id, seen);
        KEPT.forEach((name, i) => {
          seen[i][index] = signals[name] ?? NaN;
        });
      }
  }

  /** Every second point goes and twice the time passes between new ones: a page open all day shows all day, coarser. */
  #halve() {
    const keep = this.#t.filter((_, i) => i % 2 === 0);
    for (const seen of this.#seen.values())
      for (const values of seen) {
        for (let i = 0; i < keep.length; i++) values[i] = values[i * 2];
        values.fill(NaN, keep.length);
      }
    this.#t = keep;
    this.#every *= 2;
  }

  /** All of one node or call, oldest first, null where there was nothing. @param {string} id @returns {Series} */
  of(id) {
    const seen = this.#seen.get(id);
    const known = (/** @type {number} */ which) => this.#t.map((_, i) => (seen && !Number.isNaN(seen[which][i]) ? seen[which][i] : null));
    return { t: [...this.#t], values: Object.fromEntries(KEPT.map((name, which) => [name, known(which)])) };
  }
}
