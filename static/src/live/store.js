/**
 * The live graph and who looks at it. Deltas change it in place; a gap in seq asks for a resync. Paused, the picture stays
 * while the graph behind it goes on, so that going back to live costs nothing.
 *
 * @typedef {import("../graph/model.js").Graph} Graph
 * @typedef {{nodes: Set<string>|null, edges: Set<string>|null}} Changed  ids that changed or went; null = anything may have
 */

import { apply } from "../graph/delta.js";
import { emptyGraph, graphOf } from "../graph/model.js";

const EVERYTHING = /** @type {Changed} */ ({ nodes: null, edges: null });

/** @param {{upsert: {id: string}[], remove: string[]}} change */
const idsOf = (change) => new Set([...change.remove, ...change.upsert.map((element) => element.id)]);

export class Store {
  #graph = emptyGraph();
  /** @type {Graph|undefined} */
  #held;
  #asked = false;
  /** @type {Set<(graph: Graph, changed: Changed) => void>} */
  #viewers = new Set();

  /** The graph to show: the newest, or the one held while paused. */
  get graph() {
    return this.#held ?? this.#graph;
  }

  get paused() {
    return this.#held !== undefined;
  }

  /** Answers what unsubscribes. Called at once if there is a graph. @param {(graph: Graph, changed: Changed) => void} viewer */
  subscribe(viewer) {
    this.#viewers.add(viewer);
    if (this.graph.at) viewer(this.graph, EVERYTHING);
    return () => this.#viewers.delete(viewer);
  }

  /** Takes a message of the socket; answers what to send back, if anything. @param {any} message */
  receive(message) {
    if (message.type === "snapshot") {
      this.#graph = graphOf(message.graph);
      this.#asked = false;
      this.#tell(EVERYTHING);
      return undefined;
    }
    if (message.type !== "delta" || this.#asked) return undefined;
    const applied = apply(this.#graph, message);
    if (applied === "gap") {
      this.#asked = true;
      return { type: "resync" };
    }
    if (applied === "applied") this.#tell({ nodes: idsOf(message.nodes), edges: idsOf(message.edges) });
    return undefined;
  }

  /** A new connection starts with a snapshot; what was asked of the last one does not count. */
  reconnected() {
    this.#asked = false;
  }

  pause() {
    this.#held ??= { ...this.#graph, nodes: new Map(this.#graph.nodes), edges: new Map(this.#graph.edges) };
  }

  resume() {
    this.#held = undefined;
    this.#tell(EVERYTHING);
  }

  /** @param {Changed} changed */
  #tell(changed) {
    if (this.#held) return;
    for (const viewer of this.#viewers) viewer(this.#graph, changed);
  }
}
