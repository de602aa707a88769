/** The picture in words, for screen readers, tests and tools: one element a node and a call, kept current; hidden from the eye. */
import { twinLine } from "./words.js";

/** @typedef {import("./view.js").View} View */

export class Twin {
  #list;
  /** @type {Map<string, HTMLElement>} */ #items = new Map();

  /** @param {HTMLElement} list */
  constructor(list) {
    this.#list = list;
  }

  /** @param {import("./model.js").Graph} graph @param {View} view */
  show(graph, view) {
    const gone = new Set(this.#items.keys());
    for (const [attribute, ids, elements] of /** @type {[string, Set<string>, Map<string, any>][]} */ ([["node", view.nodes, graph.nodes], ["edge", view.edges, graph.edges]]))
      for (const id of ids) {
        gone.delete(id);
        this.#set(id, attribute, elements.get(id));
      }
    for (const id of gone) this.#drop(id);
  }

  /** Where the table shows, its rows are the elements. */
  clear() {
    for (const id of [...this.#items.keys()]) this.#drop(id);
  }

  /** @param {string} id @param {string} attribute @param {any} element */
  #set(id, attribute, element) {
    let item = this.#items.get(id);
    if (!item) {
      item = document.createElement("li");
      item.dataset[attribute] = id;
      this.#items.set(id, item);
      this.#list.append(item);
    }
    if (item.dataset.health === element.health) return;
    item.dataset.health = element.health;
    item.textContent = twinLine(element);
  }

  /** @param {string} id */
  #drop(id) {
    this.#items.get(id)?.remove();
    this.#items.delete(id);
  }
}
