/** The side panel of the graph page, a bottom sheet on phones: one of four panels, or closed. */
import { html, render } from "lit/html.js";
import { nodePanel } from "./panel-node.js";
import { namespacePanel, problemsPanel } from "./panel-problems.js";
import { closeButton } from "./panel-parts.js";
import { tellTimes } from "./time.js";

/**
 * @typedef {import("../graph/model.js").Graph} Graph
 * @typedef {{series: import("../graph/history.js").Series, from: number, to: number, since: string}} Lines from, to: Unix ms of their edges; since: the same in words
 * @typedef {{graph: Graph, link: (id: string) => string, lines: Lines,
 *   flags: Record<string, {name?: string, text: string}>, focused: string}} Context
 * @typedef {{kind: "node", node: import("../graph/model.js").Node} | {kind: "edge", edge: import("../graph/model.js").Edge}
 *   | {kind: "gone", name: string} | {kind: "problems", problems: (import("../graph/model.js").Node|import("../graph/model.js").Edge)[]}
 *   | {kind: "namespace", card: import("../graph/entities.js").Card, open: boolean, nodes: import("../graph/model.js").Node[]} | {kind: "none"}} Shown
 */

/** The panel of a call is the largest: it comes when the page is there. @type {typeof import("./panel-edge.js").edgePanel|undefined} */
let edgePanel;
const fetched = import("./panel-edge.js").then((made) => void ({ edgePanel } = made));

const HEIGHTS = ["peek", "half", "full"];
const DRAG_PX = 24;

/** @param {Shown} shown @param {Context} context */
function content(shown, context) {
  if (shown.kind === "node") return nodePanel(shown.node, context);
  if (shown.kind === "edge") return edgePanel?.(shown.edge, context) ?? "";
  if (shown.kind === "namespace") return namespacePanel(shown.card, shown.open, shown.nodes, context);
  if (shown.kind === "problems") return problemsPanel(shown.problems, context);
  if (shown.kind === "gone") return html`<div class="blk"><div class="between"><p class="crumb">gone</p>${closeButton()}</div><h2 class="ptitle" id="panel-title" tabindex="-1">${shown.name}</h2><p class="mut why">Not seen in the last minute.</p></div>`;
  return "";
}

export class Panel {
  #aside;
  #body;
  #grip;
  /** @type {Shown|undefined} */ #shown;
  #awaited = false;

  /** @param {HTMLElement} aside with a `.grip` button and a `.pbody` */
  constructor(aside) {
    this.#aside = aside;
    this.#body = /** @type {HTMLElement} */ (aside.querySelector(".pbody"));
    this.#grip = /** @type {HTMLButtonElement} */ (aside.querySelector(".grip"));
    this.#drag();
  }

  /** Answers whether it is open. @param {Shown} shown @param {Context} context */
  show(shown, context) {
    const open = shown.kind !== "none";
    this.#aside.hidden = !open;
    this.#shown = shown;
    if (shown.kind === "edge" && !edgePanel) void fetched.then(() => this.#shown === shown && this.show(shown, context));
    if (open) {
      render(content(shown, context), this.#body);
      tellTimes(this.#body, new Date());
      if (this.#awaited) this.focus();
    }
    return open;
  }

  /** A new choice starts at its top. @param {string} height peek, half or full; only phones care */
  turn(height) {
    this.#body.scrollTop = 0;
    this.#aside.scrollTop = 0;
    this.#raise(height);
  }

  /** Its title has the focus, at once or as soon as it is there. */
  focus() {
    const title = /** @type {HTMLElement|null} */ (this.#body.querySelector("#panel-title"));
    this.#awaited = !title;
    title?.focus({ preventScroll: true });
  }

  /** @param {Node|null} element */
  holds(element) {
    return this.#aside.contains(element);
  }

  /** @param {string} height */
  #raise(height) {
    this.#aside.dataset.height = height;
    this.#grip.setAttribute("aria-expanded", String(height !== "peek"));
  }

  /** Drag the grip up or down one height; a click or Enter toggles. */
  #drag() {
    let from = NaN;
    const step = (/** @type {number} */ by) => {
      const at = HEIGHTS.indexOf(this.#aside.dataset.height ?? "half");
      this.#raise(HEIGHTS[Math.max(0, Math.min(2, at + by))]);
    };
    this.#grip.addEventListener("pointerdown", (event) => {
      from = event.clientY;
      this.#grip.setPointerCapture(event.pointerId);
    });
    this.#grip.addEventListener("pointerup", (event) => {
      const by = event.clientY - from;
      if (Math.abs(by) >= DRAG_PX) step(by < 0 ? 1 : -1);
    });
    this.#grip.addEventListener("click", (event) => {
      if (Math.abs(event.clientY - from) < DRAG_PX || event.detail === 0) this.#raise(this.#aside.dataset.height === "peek" ? "half" : "peek");
    });
  }
}
