/**
 * The one picture of a page: where everything stands, from the first graph to the last delta. Lays out once (or recalls what
 * was kept), after that only puts new nodes into slots; Tidy is the only other layout, with one step back.
 */
import { CARDS_ABOVE, closeBox, layOut, openBox } from "./layout.js";
import { keep, recall } from "./persist.js";
import { copyOf, emptyPlacement } from "./placement.js";
import { admit } from "./slots.js";

/**
 * @typedef {import("./model.js").Graph} Graph
 * @typedef {import("./placement.js").Placement} Placement
 * @typedef {{elk: import("./layout.js").Elk, store: import("./persist.js").Store, now: () => number, changed: () => void}} World
 */

/** What positions are kept under; groupings other than by service will have their own. */
const MESH = "service";

export class Picture {
  /** @type {Placement} */ placement = emptyPlacement();
  /** Where things stood before the last Tidy. @type {Placement|null} */ before = null;
  #ready = false;
  #busy = false;
  /** @type {Graph|undefined} */ #graph;
  #world;

  /** @param {World} world */
  constructor(world) {
    this.#world = world;
  }

  /** Whether there is something to draw. */
  get ready() {
    return this.#ready;
  }

  /** Whether namespaces are cards that can be opened. */
  get cards() {
    return (this.#graph?.nodes.size ?? 0) > CARDS_ABOVE;
  }

  /** Takes a graph; answers at once, `changed` is called when something stands elsewhere. @param {Graph} graph @param {Set<string>} open */
  update(graph, open) {
    this.#graph = graph;
    if (this.#ready) {
      if (admit(this.placement, graph, this.#world.now())) this.#settled();
      return;
    }
    if (this.#busy || !graph.nodes.size) return;
    const kept = open.size ? null : recall(this.#world.store, MESH, new Set(graph.nodes.keys()));
    if (kept) this.#take(kept);
    else void this.#layOut({ open });
  }

  /** The full layout, seeded with the present picture. */
  async tidy() {
    if (!this.#ready || this.#busy || !this.#graph) return false;
    const before = copyOf(this.placement);
    for (const [id, spot] of this.placement.spots) if (spot.gone !== undefined) this.placement.spots.delete(id);
    const open = new Set([...this.placement.boxes].filter(([, box]) => box.open).map(([key]) => key));
    await this.#layOut({ open, seed: this.placement });
    this.before = before;
    return true;
  }

  undo() {
    if (!this.before) return;
    this.#take(this.before);
    this.before = null;
  }

  /** Opens a namespace's card or closes it again. @param {string} key */
  async toggle(key) {
    const box = this.placement.boxes.get(key);
    if (!box || !this.#graph || this.#busy) return;
    this.#busy = true;
    try {
      if (box.open) closeBox(this.placement, key);
      else await openBox(this.placement, this.#graph, this.#world.elk, key);
    } finally {
      this.#busy = false;
    }
    this.#take(this.placement);
  }

  /** Which namespaces are open, where they can be closed. */
  get open() {
    return new Set(this.cards ? [...this.placement.boxes].filter(([, box]) => box.open).map(([key]) => key) : []);
  }

  /** @param {{open?: Set<string>, seed?: Placement}} how */
  async #layOut(how) {
    if (!this.#graph) return;
    this.#busy = true;
    try {
      this.#take(await layOut(this.#graph, this.#world.elk, how));
    } finally {
      this.#busy = false;
    }
  }

  /** @param {Placement} placement */
  #take(placement) {
    this.placement = placement;
    this.#ready = true;
    if (this.#graph) admit(placement, this.#graph, this.#world.now());
    this.#settled();
  }

  #settled() {
    if (!this.cards) keep(this.#world.store, MESH, this.placement, this.#world.now());
    this.#world.changed();
  }
}
