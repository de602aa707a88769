/** What a page has seen since it was opened: a few signals of every node and call, for the panel's small lines. Nothing is made up. */

/**
 * @typedef {import("./model.js").Graph} Graph
 * @typedef {{t: number[], values: Record<string, (number|null)[]>}} Series
 */

export const KEPT = ["rps", "error_ratio", "p95_ms", "saturation"];
const EVERY_MS = 2000;
const MOST = 180;

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

  /** Values of one signal, oldest first, null where there was none; empty if never seen. @param {string} id @param {string} signal @returns {(number|null)[]} */
  of(id, signal) {
    const seen = this.#seen.get(id);
    const which = KEPT.indexOf(signal);
    if (!seen || which < 0) return [];
    return [...seen[which].subarray(0, this.#t.length)].map((value) => (Number.isNaN(value) ? null : value));
  }
}
