/** The graph page at work: one state (in the address), one graph (from the socket), one picture; everything shown follows from these three. */
import { cardsOf, entityOf, isCard, keyOfCard, worstOf } from "./entities.js";
import { History, REACH_MS } from "./history.js";
import { nearest, nextProblem } from "./keys.js";
import { isEdge, isProblem, problems } from "./model.js";
import { changedHealth, healthsOf, news } from "./news.js";
import { blend, isPatched } from "./placement.js";
import { Recent } from "./recent.js";
import { allCalls, geometryOf, keysOf, sceneOf } from "./scene.js";
import { searchOf, stateOf } from "./state.js";
import { viewOf } from "./view.js";
import { fullName, spoken, stageName } from "./words.js";
import { eased } from "./camera.js";
import { clock, span } from "../ui/time.js";

/**
 * @typedef {import("./model.js").Graph} Graph
 * @typedef {import("./state.js").State} State
 * @typedef {{stage: import("./stage.js").MeshGraph, picture: import("./picture.js").Picture, panel: import("../ui/panel.js").Panel, twin: import("./twin.js").Twin,
 *   bar: import("./bar.js").Bar, table: Pick<import("./table-view.js").TableView, "show"|"clear">, body: HTMLElement, say: (sentence: string) => void, flags: Record<string, any>, debug: HTMLElement|null}} Parts
 */

const TIDY_MS = 300;
/** Larger pictures change at once: routes of many calls cannot be drawn anew sixty times a second. */
const ANIMATED_AT_MOST = 200;

export class Desk {
  /** @type {State} */ state = stateOf(location.search);
  /** @type {Graph|null} */ #graph = null;
  /** @type {import("./scene.js").Geometry|null} */ #geometry = null;
  /** @type {Set<string>} */ #routed = new Set();
  /** @type {Map<string, import("./model.js").Health>} */ #healths = new Map();
  #history = new History();
  #recent = new Recent(() => this.#graph && this.#showPanel(this.#graph));
  /** Problems that were there when the list was put away; it comes back with a new one. @type {Set<string>|null} */ #dismissed = null;
  #wasOpen = false;
  #parts;

  /** @param {Parts} parts */
  constructor(parts) {
    this.#parts = parts;
  }

  /** A push. @param {Graph} graph @param {boolean} whole whether anything may have changed (a snapshot) */
  take(graph, whole) {
    const { stage, say, picture } = this.#parts;
    const first = this.#graph === null;
    this.#graph = graph;
    this.#history.take(graph);
    this.#recent.take(graph);
    if (!first) {
      stage.halo(changedHealth(this.#healths, graph).map((node) => node.id));
      const sentence = news(this.#healths, graph, clock(new Date(graph.at)).slice(0, 5));
      if (sentence) say(sentence);
    }
    this.#healths = healthsOf(graph);
    if (whole) this.#geometry = null;
    picture.update(graph, this.state.open);
    this.show();
  }

  /** Another question or choice: into the address, onto the page. @param {Partial<State>} change */
  ask(change) {
    Object.assign(this.state, change);
    history.replaceState(history.state, "", `${location.pathname}${searchOf(this.state, location.search)}${location.hash}`);
    this.show();
  }

  /** The address of the page with another thing chosen. @param {string} id */
  link = (id) => searchOf({ ...this.state, node: id.includes("→") ? "" : id, edge: id.includes("→") ? id : "" }, location.search) || "?";

  /** @param {string} id @param {{quiet?: boolean}} [how] quiet: the sentence is not read out */
  select(id, { quiet = false } = {}) {
    const { panel, stage, say } = this.#parts;
    panel.turn("half");
    this.ask(id.includes("→") ? { node: "", edge: id } : { node: id, edge: "" });
    const it = this.#graph && (this.#graph.nodes.get(id) ?? this.#graph.edges.get(id));
    if (it && this.#graph && !quiet) say(spoken(this.#graph, it));
    stage.reveal(this.#chosen() ?? id);
  }

  deselect() {
    this.#parts.panel.turn("peek");
    this.ask({ node: "", edge: "" });
  }

  /** The close button: what is chosen, or the list of problems. */
  close() {
    if (this.state.node || this.state.edge) this.deselect();
    else {
      this.#dismissed = new Set(this.#problems().map((it) => it.id));
      this.show();
    }
    if (!this.#wasOpen) this.#parts.stage.focus();
  }

  /** One step out: of the choice, of the focus, of the filters. */
  escape() {
    if (this.state.node || this.state.edge) this.deselect();
    else if (this.state.focus) this.ask({ focus: "", hops: 1 });
    else if (this.state.path.size) this.ask({ path: new Set() });
    else if (this.state.find || this.state.problems || this.state.hide) this.ask({ find: "", problems: false, hide: false });
    this.#parts.stage.focus();
  }

  /** Only a node and its surroundings, or everything again. @param {string} [id] */
  focusOn(id = this.state.node) {
    if (!id || isCard(id)) return;
    this.ask(this.state.focus === id ? { focus: "", hops: 1 } : { focus: id, hops: 1 });
    this.#parts.stage.fit();
  }

  /** @param {number} by */
  hops(by) {
    if (!this.state.focus) {
      this.#parts.stage.zoom(by > 0 ? 1.25 : 0.8);
      return;
    }
    this.ask({ hops: Math.max(1, Math.min(9, this.state.hops + by)) });
    this.#parts.stage.fit();
  }

  /** What is pointed at twice: a namespace opens, a node is focused on. @param {string} id */
  async open(id) {
    if (isCard(id)) await this.toggle(id);
    else if (!id.includes("→")) this.focusOn(id);
  }

  /** @param {string} [id] of a card */
  async toggle(id = this.state.node) {
    const { picture, stage } = this.#parts;
    await picture.toggle(keyOfCard(id));
    this.ask({ open: picture.open });
    stage.reveal(id);
  }

  /** @param {string} key an arrow */
  step(key) {
    const next = nearest(this.#parts.stage.places, this.#chosen(), key);
    if (next) this.select(next);
  }

  /** Answers whether there was one: past the last, Tab leaves the stage. @param {1|-1} by */
  problem(by) {
    const next = nextProblem(this.#problems().map((it) => it.id), this.state.node || this.state.edge || null, by);
    if (next) this.select(next);
    return next !== null;
  }

  async tidy() {
    const { picture, stage } = this.#parts;
    const before = picture.placement;
    if (!(await picture.tidy())) return;
    await this.#animate(before);
    stage.fit();
    this.#parts.say("Tidied");
  }

  async undo() {
    const before = this.#parts.picture.placement;
    this.#parts.picture.undo();
    await this.#animate(before);
    this.#parts.stage.fit();
  }

  /** Something stands elsewhere. */
  moved() {
    this.#geometry = null;
    this.show();
  }

  /** Everything on the page, from state, graph and picture. */
  show() {
    const graph = this.#graph;
    if (!graph) return;
    const { stage, twin, table, body, bar, debug, picture } = this.#parts;
    const view = viewOf(graph, this.state);
    const inTable = this.state.view === "table";
    body.dataset.view = this.state.view;
    bar.show(this.state, view, graph, { problems: this.#problems().length, undo: picture.before !== null, patched: isPatched(picture.placement) });
    if (inTable) {
      twin.clear();
      if (!document.hidden) table.show(graph, view, { sort: this.state.sort, selected: this.state.node || this.state.edge, link: this.link });
    } else {
      table.clear();
      twin.show(graph, view);
    }
    this.#showPanel(graph);
    stage.label = stageName(graph);
    if (!inTable) this.#draw(graph, view);
    if (debug) debug.textContent = JSON.stringify(stage.describe(), null, 1);
  }

  /** @param {Graph} graph @param {import("./view.js").View} view @param {import("./placement.js").Placement} [moving] a picture on its way */
  #draw(graph, view, moving) {
    const { picture, stage } = this.#parts;
    if (!picture.ready) return;
    const placement = moving ?? picture.placement;
    const keys = keysOf(graph, placement);
    const calls = allCalls(graph, placement, keys);
    if (moving) {
      stage.show(sceneOf(graph, placement, keys, geometryOf(graph, placement, keys, calls, { moving: true }), view, Date.now()), this.#chosen());
      return;
    }
    if (!this.#geometry || calls.size !== this.#routed.size || [...calls.keys()].some((id) => !this.#routed.has(id))) {
      this.#geometry = geometryOf(graph, placement, keys, calls);
      this.#routed = new Set(calls.keys());
    }
    stage.show(sceneOf(graph, placement, keys, this.#geometry, view, Date.now()), this.#chosen());
  }

  /** @param {import("./placement.js").Placement} before */
  #animate(before) {
    const { stage, picture } = this.#parts;
    const after = picture.placement;
    const graph = this.#graph;
    this.#geometry = null;
    if (!graph || stage.still || graph.nodes.size > ANIMATED_AT_MOST || document.hidden) {
      this.show();
      return Promise.resolve();
    }
    const view = viewOf(graph, this.state);
    const start = performance.now();
    return new Promise((/** @type {(value?: unknown) => void} */ done) => {
      const frame = () => {
        const share = Math.min(1, (performance.now() - start) / TIDY_MS);
        if (share === 1 || document.hidden) {
          this.show();
          done();
          return;
        }
        this.#draw(graph, view, blend(before, after, eased(share)));
        requestAnimationFrame(frame);
      };
      frame();
    });
  }

  /** What stands on the stage for what is chosen. */
  #chosen() {
    const { node, edge } = this.state;
    if (edge) return edge;
    if (!node || isCard(node) || !this.#graph) return node || null;
    const { placement } = this.#parts.picture;
    return entityOf(placement, keysOf(this.#graph, placement), node);
  }

  #problems() {
    return this.#graph ? problems(this.#graph) : [];
  }

  /** @param {Graph} graph */
  #showPanel(graph) {
    const { panel, body, flags } = this.#parts;
    const shown = this.#shown(graph);
    const id = shown.kind === "node" ? shown.node.id : shown.kind === "edge" ? shown.edge.id : "";
    this.#recent.choose(id, () => this.#history.of(id));
    const open = panel.show(shown, { graph, link: this.link, lines: this.#lines(id, graph), flags, focused: this.state.focus });
    if (open !== this.#wasOpen) body.classList.toggle("open", open);
    this.#wasOpen = open;
  }

  /** @param {string} id @param {Graph} graph @returns {import("../ui/panel.js").Lines} */
  #lines(id, graph) {
    const series = this.#recent.series ?? this.#history.of(id);
    const to = series.t.at(-1) ?? Date.parse(graph.at);
    if (this.#recent.series) return { series, from: to - REACH_MS, to, since: "Lines: last 15 min" };
    return { series, from: series.t[0] ?? to, to, since: this.#sinceOpened(graph) };
  }

  /** @param {Graph} graph */
  #sinceOpened(graph) {
    const seconds = (Date.parse(graph.at) - this.#history.since) / 1000;
    return seconds > 0 ? `Lines: since you opened this page, ${span(seconds)} ago` : "Lines begin now, as you opened this page";
  }

  /** @param {Graph} graph @returns {import("../ui/panel.js").Shown} */
  #shown(graph) {
    const { node, edge } = this.state;
    if (node && isCard(node)) return this.#namespace(graph, keyOfCard(node));
    const it = graph.nodes.get(node) ?? graph.edges.get(edge);
    if (it) return isEdge(it) ? { kind: "edge", edge: it } : { kind: "node", node: it };
    if (edge && edge.split("→").some(isCard)) return { kind: "none" };
    if (node || edge) return { kind: "gone", name: node ? fullName(node) : edge.split("→").map(fullName).join(" → ") };
    const found = this.#problems();
    if (!found.length) this.#dismissed = null;
    const put = this.#dismissed;
    if (put && found.every((each) => put.has(each.id))) return { kind: "none" };
    return found.length ? { kind: "problems", problems: found } : { kind: "none" };
  }

  /** @param {Graph} graph @param {string} key @returns {import("../ui/panel.js").Shown} */
  #namespace(graph, key) {
    const { placement } = this.#parts.picture;
    const keys = keysOf(graph, placement);
    const nodes = [...graph.nodes.values()].filter((node) => keys.get(node.id) === key);
    if (!nodes.length) return { kind: "gone", name: key };
    const open = placement.boxes.get(key)?.open ?? false;
    const closed = cardsOf(graph, placement, keys).get(`${key}/*`);
    const rps = nodes.reduce((sum, node) => sum + (node.signals.rps ?? 0), 0);
    const card = closed ?? { id: `${key}/*`, key, name: key, count: nodes.length, rps, error_ratio: null, health: worstOf(nodes.map((node) => node.health)), shares: {}, worst: nodes.filter(isProblem) };
    return { kind: "namespace", card, open, nodes };
  }
}

