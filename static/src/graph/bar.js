/** What surrounds the stage: the find bar, the switches, the words over an empty picture. Shows the state; changes nothing itself. */
import { fullName, plural } from "./words.js";

/** @typedef {import("./state.js").State} State */

/** @param {string} id */
const byId = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

/** @param {HTMLElement} element @param {string} text */
function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

export class Bar {
  #find = /** @type {HTMLInputElement} */ (byId("find"));
  #found = byId("found");
  #nothing = byId("nothing");
  #focus = byId("focus");

  /** @param {State} state @param {import("./view.js").View} view @param {import("./model.js").Graph} graph @param {{problems: number, undo: boolean, patched: boolean}} more `patched`: Tidy is worth a look */
  show(state, view, graph, { problems, undo, patched }) {
    if (document.activeElement !== this.#find && this.#find.value !== state.find) this.#find.value = state.find;
    write(this.#found, state.find ? `${view.found} of ${graph.nodes.size}` : plural(graph.nodes.size, "node"));
    this.#press("mode-find", !state.hide);
    this.#press("mode-hide", state.hide);
    this.#press("problems", state.problems);
    this.#press("view-graph", state.view === "graph");
    this.#press("view-table", state.view === "table");
    byId("undo").hidden = !undo;
    byId("tidy").classList.toggle("on", patched);
    byId("way").hidden = !state.path.size;
    this.#tellFocus(state);
    this.#tellNothing(state, view, problems);
  }

  /** @param {string} id @param {boolean} on */
  #press(id, on) {
    byId(id).setAttribute("aria-pressed", String(on));
  }

  /** @param {State} state */
  #tellFocus({ focus, hops }) {
    this.#focus.hidden = !focus;
    if (focus) write(byId("focus-text"), `${fullName(focus)} and ${plural(hops, "hop")} around it`);
  }

  /** A filter that leaves nothing says so, and how to end it. @param {State} state @param {import("./view.js").View} view @param {number} problems */
  #tellNothing(state, view, problems) {
    const empty = view.nodes.size === 0 || (state.find !== "" && view.lit?.size === 0);
    this.#nothing.hidden = !empty;
    if (!empty) return;
    const well = state.problems && problems === 0;
    write(byId("nothing-text"), well ? "Nothing is degraded or failing now." : state.find ? `Nothing is called or described “${state.find}”.` : "Nothing to show.");
    byId("nothing-clear").hidden = !(state.find || state.problems || state.focus);
  }
}
