/** The last 15 minutes of what is chosen: asked for once, then followed by what is pushed. */
import { namesOf } from "./model.js";
import { following, KEPT, pastOf, pointOf, REACH_MS, since } from "./history.js";

/** @typedef {import("./model.js").Graph} Graph @typedef {import("./history.js").Series} Series */

/** Where a node's or a call's signals are asked for. @param {string} id */
export function addressOf(id) {
  const asked = new URLSearchParams({ from: `now-${REACH_MS / 60_000}m`, step: "10s", signals: KEPT.join() });
  const [source, target] = id.split("→");
  if (target !== undefined) return `/api/v1/edges/signals?${new URLSearchParams({ source, target })}&${asked}`;
  const { namespace, name } = namesOf(id);
  if (id.includes(":")) asked.set("cluster", decodeURIComponent(id.slice(0, id.indexOf(":"))));
  return `/api/v1/services/${encodeURIComponent(namespace)}/${encodeURIComponent(name)}/signals?${asked}`;
}

export class Recent {
  #arrived;
  #id = "";
  /** @type {Series|null} */ #series = null;
  #asking = new AbortController();

  /** @param {() => void} arrived */
  constructor(arrived) {
    this.#arrived = arrived;
  }

  /** Another choice, `""` for none: the question before it is given up, so that no answer is shown for another. @param {string} id @param {() => Series} live what was pushed of it so far */
  choose(id, live) {
    if (id === this.#id) return;
    this.#id = id;
    this.#series = null;
    this.#asking.abort();
    if (!id) return;
    this.#asking = new AbortController();
    void this.#ask(id, live, this.#asking.signal);
  }

  /** A push. @param {Graph} graph */
  take(graph) {
    const it = graph.nodes.get(this.#id) ?? graph.edges.get(this.#id);
    const at = Date.parse(graph.at);
    if (it && this.#series) this.#series = since(following(this.#series, pointOf(at, it.signals)), at - REACH_MS);
  }

  /** Null while the answer is away, and where there was none. */
  get series() {
    return this.#series;
  }

  /** Quiet when it fails: the page then shows what it has seen itself. @param {string} id @param {() => Series} live @param {AbortSignal} signal */
  async #ask(id, live, signal) {
    try {
      const response = await fetch(addressOf(id), { signal });
      if (!response.ok) return;
      const answer = await response.json();
      if (signal.aborted || answer.id !== id) return;
      this.#series = following(pastOf(answer), live());
      this.#arrived();
    } catch {
      // Given up, unreachable, or no JSON: asked again with the next choice.
    }
  }
}
