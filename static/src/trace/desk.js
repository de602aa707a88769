/** The trace page at work: one trace, one state (in the address), and everything shown follows from these two. */
import { placeParts } from "../live/parts.js";
import { readQuery, writeQuery } from "../live/url.js";
import { count } from "../ui/number.js";
import { callsOf } from "./calls.js";
import { found, wordsOf } from "./find.js";
import { flamesOf } from "./flame.js";
import { groupsOf, SORTS } from "./groups.js";
import { FAILED, marked, nameOf, operationOf, outlineOf, placeOf, serviceOf, wordOf } from "./outline.js";
import { aboveOf, criticalOf, ownOf, rowsOf, shownFor } from "./rows.js";
import { time, within, zoomed } from "./scale.js";
import { triesOf } from "./tries.js";
import * as views from "./views.js";

/**
 * @typedef {import("./outline.js").Outline} Outline
 * @typedef {{waterfall: import("./waterfall.js").Waterfall, minimap: import("./minimap.js").Minimap, detail: import("./detail.js").Detail,
 *   body: HTMLElement, rows: HTMLElement, other: HTMLElement, say: (sentence: string) => void}} Parts
 */

const DEFAULTS = { span: "", view: "waterfall", fold: "1", critical: "1", find: "", from: "", to: "", sort: "own" };
export const VIEWS = ["waterfall", "table", "flame", "graph"];
/** So long nobody types on. */
const TYPED_MS = 250;
const WHOLE = { fold: true, turned: new Set(), closed: new Set() };

const byId = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));

/** @param {HTMLElement} element @param {string} text */
const write = (element, text) => {
  if (element.textContent !== text) element.textContent = text;
};

export class Desk {
  /** @type {Outline} */ trace;
  /** The server's name of what is shown. */
  version = "";
  #parts;
  #query = readQuery(location.search, DEFAULTS);
  /** @type {import("./rows.js").Folding} */ #folding;
  #selected = -1;
  /** @type {import("./rows.js").Row[]} */ #rows = [];
  /** @type {import("./rows.js").Row[]} all of them, proxies folded */ #all = [];
  /** @type {Map<number, number[]>} */ #critical = new Map();
  /** @type {Map<number, number>} */ #tries = new Map();
  /** @type {number[]|null} */ #found = null;
  /** What spans say in attributes and events, by word, as far as it has been asked. @type {Record<string, string[]>} */ #said = {};
  /** @type {ReturnType<typeof setTimeout>|undefined} */ #asking;
  /** @type {import("./scale.js").Span} */ #view;

  /** @param {import("./outline.js").Body} body @param {Parts} parts */
  constructor(body, parts) {
    this.#parts = parts;
    this.trace = outlineOf(body);
    const { span, fold, from, to, sort } = this.#query;
    this.#folding = { fold: fold !== "0", turned: new Set(), closed: new Set() };
    this.#view = within({ from: Number(from) * 1000 || 0, to: to ? Number(to) * 1000 || this.trace.duration : this.trace.duration }, this.trace.duration);
    if (!SORTS.includes(/** @type {any} */ (sort.replace(/^-/, "")))) this.#query.sort = DEFAULTS.sort;
    if (!VIEWS.includes(this.#query.view)) this.#query.view = DEFAULTS.view;
    this.#take();
    // Where it began to fail is worth seeing before anybody has asked; a sheet over a phone's rows is not.
    const asked = placeOf(this.trace, span || location.hash.replace(/^#span-/, ""));
    const wide = matchMedia("(min-width: 761px)").matches;
    if (this.trace.origin >= 0) this.#unfold(this.trace.origin);
    this.#selected = asked >= 0 ? asked : wide ? this.trace.origin : -1;
    if (asked >= 0) this.#unfold(asked);
    this.show();
    if (asked >= 0) this.#reveal();
    performance.mark("trace-drawn");
  }

  #take() {
    this.#all = [];
    this.#search();
  }

  /** More spans have come, or the same again. @param {import("./outline.js").Body} body @param {Document} fresh @param {string} version */
  update(body, fresh, version) {
    const before = this.trace;
    const whole = this.#view.from <= 0 && this.#view.to >= before.duration;
    this.trace = outlineOf(body);
    this.version = version;
    const moved = new Map(this.trace.columns.id.map((id, i) => [id, i]));
    const again = (/** @type {number} */ i) => moved.get(before.columns.id[i]) ?? -1;
    this.#selected = this.#selected < 0 ? -1 : again(this.#selected);
    for (const name of /** @type {const} */ (["turned", "closed"])) this.#folding[name] = new Set([...this.#folding[name]].map(again).filter((i) => i >= 0));
    this.#view = within(whole ? { from: 0, to: this.trace.duration } : this.#view, this.trace.duration);
    placeParts(fresh, document);
    this.#said = {};
    this.#take();
    this.show();
    const more = this.trace.size - before.size;
    if (more > 0) this.#parts.say(`${count(more)} more ${more === 1 ? "span has" : "spans have"} arrived`);
  }

  /** @param {Record<string, string>} change */
  #ask(change) {
    Object.assign(this.#query, change);
    history.replaceState(history.state, "", `${location.pathname}${writeQuery(location.search, this.#query, DEFAULTS)}`);
  }

  get view() {
    return this.#query.view;
  }

  /** Everything, from trace and state. */
  show() {
    const { trace } = this;
    const { body } = this.#parts;
    this.#rows = rowsOf(trace, this.#folding);
    this.#critical = criticalOf(trace, this.#folding);
    this.#tries = triesOf(trace, this.#rows);
    body.dataset.view = this.view;
    for (const button of document.querySelectorAll("button[data-view]")) button.setAttribute("aria-pressed", String(button.getAttribute("data-view") === this.view));
    byId("fold").setAttribute("aria-pressed", String(this.#folding.fold));
    byId("fold").hidden = trace.folds.size === 0;
    write(byId("fold-count"), ` · ${count([...trace.folds.values()].reduce((sum, each) => sum + each.length, 0))}`);
    byId("critical").setAttribute("aria-pressed", String(this.#query.critical === "1"));
    byId("rest")?.remove();
    this.#draw();
    this.#showDetail();
  }

  /** What depends on the choice, the part shown and what is found, not on which rows there are. */
  #draw() {
    const { waterfall, minimap, rows, other } = this.#parts;
    const { trace } = this;
    const found = this.#found && new Set(this.#found.flatMap((i) => [i, shownFor(trace, this.#folding, i)]));
    write(byId("found"), this.#found ? `${count(this.#found.length)} found` : "");
    minimap.show({ trace, rows: this.#rows, view: this.#view });
    this.#tellZoom();
    const inRows = this.view === "waterfall";
    rows.hidden = !inRows;
    byId("sticky").hidden = !inRows;
    other.hidden = inRows;
    if (inRows) waterfall.show({ trace, rows: this.#rows, critical: this.#query.critical === "1" ? this.#critical : null, tries: this.#tries, view: this.#view, selected: this.#selected, found, closed: this.#folding.closed });
    else this.#drawOther(other);
  }

  /** @param {HTMLElement} into */
  #drawOther(into) {
    const { trace } = this;
    if (!this.#all.length) this.#all = rowsOf(trace, WHOLE);
    const own = (/** @type {import("./rows.js").Row} */ row) => ownOf(trace, row);
    if (this.view === "table") views.table(into, trace, groupsOf(trace, this.#all, criticalOf(trace, WHOLE), own), this.#query.sort, this.#selected);
    else if (this.view === "flame") views.flame(into, trace, flamesOf(trace, this.#all, own), this.#selected);
    else views.calls(into, trace, callsOf(trace, this.#all, own), (service) => this.#onGraph(service));
  }

  /** @param {string} service */
  #onGraph(service) {
    const link = /** @type {HTMLAnchorElement|null} */ (document.querySelector("[data-part=head] a[href^='/graph/']"));
    const url = new URL(link?.href ?? "/graph/", location.href);
    url.searchParams.set("node", service);
    return url.pathname + url.search;
  }

  #tellZoom() {
    const whole = this.#view.from <= 0 && this.#view.to >= this.trace.duration;
    byId("zoom").hidden = whole;
    for (const [id, us] of /** @type {[string, number][]} */ ([["zoom-from", this.#view.from], ["zoom-to", this.#view.to]])) {
      const field = /** @type {HTMLInputElement} */ (byId(id));
      if (document.activeElement !== field) field.value = String(Math.round(us) / 1000);
    }
  }

  /** @param {import("./scale.js").Span} view */
  zoomTo(view) {
    this.#view = within(view, this.trace.duration);
    const whole = this.#view.from <= 0 && this.#view.to >= this.trace.duration;
    this.#ask(whole ? { from: "", to: "" } : { from: String(Math.round(this.#view.from) / 1000), to: String(Math.round(this.#view.to) / 1000) });
    this.#draw();
  }

  /** Nearer or farther around the chosen span, else the middle. @param {number} by */
  zoom(by) {
    const { start, duration } = this.trace.columns;
    const i = this.#selected;
    this.zoomTo(zoomed(this.#view, by, i < 0 ? (this.#view.from + this.#view.to) / 2 : start[i] + duration[i] / 2, this.trace.duration));
  }

  zoomOut() {
    this.zoomTo({ from: 0, to: this.trace.duration });
  }

  /** @param {number} i a span, -1 for none @param {{quiet?: boolean}} [how] */
  select(i, { quiet = false } = {}) {
    this.#selected = i;
    this.#ask({ span: i < 0 ? "" : this.trace.columns.id[i] });
    if (i >= 0 && this.#unfold(i)) this.show();
    else {
      this.#draw();
      this.#showDetail();
    }
    if (i < 0) return;
    this.#reveal();
    if (!quiet) this.#parts.say(`${nameOf(serviceOf(this.trace, i))} ${operationOf(this.trace, i)}, ${wordOf(this.trace, i) || (marked(this.trace, i, FAILED) ? "failed" : "")} ${time(this.trace.columns.duration[i])}`);
  }

  /** Opens what hides a span; answers whether anything did. @param {number} i */
  #unfold(i) {
    let hidden = false;
    const into = this.trace.columns.folded[i];
    if (into >= 0 && shownFor(this.trace, this.#folding, i) !== i) {
      this.#turn(into);
      hidden = true;
    }
    for (const above of aboveOf(this.trace, i)) hidden = this.#folding.closed.delete(above) || hidden;
    return hidden;
  }

  #reveal() {
    const at = this.#rows.findIndex((row) => row.index === this.#selected);
    if (at >= 0 && this.view === "waterfall") this.#parts.waterfall.reveal(at);
    const { start, duration } = this.trace.columns;
    const [from, to] = [start[this.#selected], start[this.#selected] + duration[this.#selected]];
    if (from > this.#view.to || to < this.#view.from) this.zoomTo({ from: from - duration[this.#selected], to: to + duration[this.#selected] });
  }

  #showDetail() {
    const { detail, body } = this.#parts;
    if (this.#selected < 0) detail.hide();
    else detail.show(this.trace, this.#selected, this.version);
    body.classList.toggle("open", this.#selected >= 0);
  }

  /** The next row, or the one before. @param {1|-1} by */
  step(by) {
    const at = this.#rows.findIndex((row) => row.index === this.#selected);
    const next = this.#rows[at < 0 ? 0 : Math.max(0, Math.min(this.#rows.length - 1, at + by))];
    if (next) this.select(next.index);
  }

  /** @param {"first"|"last"} which */
  end(which) {
    const row = which === "first" ? this.#rows[0] : this.#rows[this.#rows.length - 1];
    if (row) this.select(row.index);
  }

  /** The next row that failed, or hides who did; from the last on to the first. @param {1|-1} by */
  error(by) {
    const bad = this.#rows.filter((row) => marked(this.trace, row.index, FAILED) || (row.folded && this.trace.folds.get(row.index)?.some((i) => marked(this.trace, i, FAILED))));
    this.#next(bad.map((row) => row.index), by);
  }

  /** The next span that was found. @param {1|-1} by */
  hit(by) {
    this.#next(this.#found ?? [], by);
  }

  /** @param {number[]} among @param {1|-1} by */
  #next(among, by) {
    if (!among.length) return;
    const at = among.indexOf(this.#selected);
    const order = new Map(this.#rows.map((row, place) => [row.index, place]));
    if (at >= 0 || this.#selected < 0) {
      this.select(among[at < 0 ? 0 : (at + by + among.length) % among.length]);
      return;
    }
    const here = order.get(this.#selected) ?? -1;
    const after = among.find((i) => (order.get(i) ?? -1) > here);
    this.select(by > 0 ? (after ?? among[0]) : (among.filter((i) => (order.get(i) ?? -1) < here).pop() ?? among[among.length - 1]));
  }

  /** Into what is below the chosen row: opens it, then steps in. */
  into() {
    const row = this.#rows.find((each) => each.index === this.#selected);
    if (!row?.below) return;
    if (this.#folding.closed.delete(row.index)) this.show();
    else this.step(1);
  }

  /** Out of it: closes it, then steps to what it hangs under. */
  out() {
    const at = this.#rows.findIndex((each) => each.index === this.#selected);
    const row = this.#rows[at];
    if (!row) return;
    if (row.below && !this.#folding.closed.has(row.index)) {
      this.turn(row.index);
      return;
    }
    for (let above = at - 1; above >= 0; above--) if (this.#rows[above].depth < row.depth) return this.select(this.#rows[above].index);
  }

  /** Closes or opens what is below a row. @param {number} i */
  turn(i) {
    if (!this.#folding.closed.delete(i)) this.#folding.closed.add(i);
    this.show();
  }

  /** @param {number} into */
  #turn(into) {
    if (!this.#folding.turned.delete(into)) this.#folding.turned.add(into);
  }

  /** Shows what is folded into a span, or folds it again. @param {number} into */
  unfold(into) {
    this.#turn(into);
    if (this.#selected >= 0) this.#selected = shownFor(this.trace, this.#folding, this.#selected);
    this.show();
  }

  /** Of the chosen row if anything is folded there, else all. */
  foldHere() {
    const i = this.#selected;
    const into = i < 0 ? -1 : this.trace.folds.has(i) ? i : this.trace.columns.folded[i];
    if (into >= 0) this.unfold(into);
    else this.foldAll();
  }

  foldAll() {
    this.#folding = { fold: !this.#folding.fold, turned: new Set(), closed: this.#folding.closed };
    if (this.#selected >= 0) this.#selected = shownFor(this.trace, this.#folding, this.#selected);
    this.#ask({ fold: this.#folding.fold ? "1" : "0" });
    this.show();
  }

  toggleCritical() {
    this.#ask({ critical: this.#query.critical === "1" ? "0" : "1" });
    this.show();
  }

  /** @param {string} view */
  turnTo(view) {
    this.#ask({ view });
    this.show();
  }

  /** @param {string} name */
  sort(name) {
    this.#ask({ sort: this.#query.sort === name ? `-${name}` : name });
    this.#draw();
  }

  /** @param {string} text */
  find(text) {
    this.#ask({ find: text });
    this.#search();
    this.#draw();
  }

  get finding() {
    return this.#query.find;
  }

  #search() {
    this.#found = found(this.trace, this.#query.find, this.#said);
    clearTimeout(this.#asking);
    if (wordsOf(this.#query.find).some((word) => !this.#said[word])) this.#asking = setTimeout(() => void this.#further(this.#query.find), TYPED_MS);
  }

  /** What attributes and events say is with the server. @param {string} text */
  async #further(text) {
    const { version } = this;
    try {
      const answer = await fetch(`${location.pathname}?part=find&find=${encodeURIComponent(text)}`, { headers: { Accept: "application/json" } });
      if (!answer.ok || version !== this.version) return;
      Object.assign(this.#said, await answer.json());
    } catch {
      return; // What the page knows itself is found all the same.
    }
    if (text !== this.#query.find) return;
    this.#found = found(this.trace, text, this.#said);
    this.#draw();
  }

  /** A link to this page as it is shown. */
  get link() {
    const url = new URL(location.href);
    if (this.#selected >= 0) url.searchParams.set("span", this.trace.columns.id[this.#selected]);
    return url.href;
  }

  get chosen() {
    return this.#selected;
  }
}
