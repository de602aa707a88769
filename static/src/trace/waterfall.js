/** The waterfall: only the rows that are on screen exist, whatever the trace's length; they follow the page's scroll. */
import { html, nothing, render, svg } from "lit/html.js";
import { icon } from "../ui/marks.js";
import { count } from "../ui/number.js";
import { FAILED, LOST, marked, nameOf, operationOf, serviceOf, wordOf } from "./outline.js";
import { bar, label, tick, ticks, time } from "./scale.js";

/**
 * @typedef {import("./outline.js").Outline} Outline
 * @typedef {import("./rows.js").Row} Row
 * @typedef {{trace: Outline, rows: Row[], critical: Map<number, number[]>|null, tries: Map<number, number>, view: import("./scale.js").Span,
 *   selected: number, found: Set<number>|null, closed: Set<number>}} Scene
 */

export const ROW_PX = 30;
const SPARE = 8;
const DEEPEST = 16;
const CHAR_PX = 6.4;
const HUES = 6;

/** How it ended, also by what the proxies folded into it say. @param {Scene} scene @param {Row} row */
export function words({ trace, tries }, row) {
  const said = [wordOf(trace, row.index)];
  for (const i of row.folded ? (trace.folds.get(row.index) ?? []) : []) said.push(...wordOf(trace, i).split(" ").filter((word) => /^[A-Z][A-Z0-9_]+$/.test(word)));
  const nth = tries.get(row.index);
  const ended = [...new Set(said.filter(Boolean).flatMap((each) => (each.includes("(") ? [each] : each.split(" "))))].join(" ");
  return [nth ? `try ${nth}` : "", ended].filter(Boolean).join(" · ");
}

/** @param {number} folded */
const proxies = (folded) => `+${count(folded)} ${folded === 1 ? "proxy" : "proxies"}`;

export class Waterfall {
  /** @type {Scene|null} */ #scene = null;
  #rows;
  #axis;
  #sticky;
  #waiting = false;
  #width = 0;

  /** @param {{rows: HTMLElement, axis: SVGSVGElement, sticky: HTMLElement}} parts */
  constructor({ rows, axis, sticky }) {
    this.#rows = rows;
    this.#axis = axis;
    this.#sticky = sticky;
    addEventListener("scroll", () => this.#soon(), { passive: true });
    new ResizeObserver(() => this.#soon()).observe(rows);
    addEventListener("resize", () => this.#soon());
  }

  /** @param {Scene} scene */
  show(scene) {
    if (!this.#scene) this.#rows.replaceChildren();
    this.#scene = scene;
    this.#rows.style.height = `${scene.rows.length * ROW_PX}px`;
    this.#rows.setAttribute("aria-rowcount", String(scene.rows.length));
    this.draw();
  }

  /** Scrolls until the row at this place is between the axis and the lower edge. @param {number} at */
  reveal(at) {
    const top = this.#rows.getBoundingClientRect().top + at * ROW_PX;
    // Where the axis ends once it sticks: until then it is further down.
    const upper = Number.parseFloat(getComputedStyle(this.#sticky).top) + this.#sticky.offsetHeight;
    const lower = innerHeight - this.#covered();
    if (top < upper || top + ROW_PX > lower) scrollBy({ top: top - (upper + lower) / 2, behavior: "instant" });
    this.draw();
  }

  /** A sheet or tab bar at the bottom covers rows. */
  #covered() {
    const fixed = [...document.querySelectorAll(".tdetail, .tabbar")].filter((each) => getComputedStyle(each).position === "fixed");
    return Math.max(ROW_PX, ...fixed.map((each) => innerHeight - each.getBoundingClientRect().top));
  }

  #soon() {
    if (this.#waiting) return;
    this.#waiting = true;
    requestAnimationFrame(() => {
      this.#waiting = false;
      this.draw();
    });
  }

  draw() {
    const scene = this.#scene;
    if (!scene || this.#rows.hidden) return;
    this.#width = this.#axis.clientWidth;
    const above = -this.#rows.getBoundingClientRect().top;
    const first = Math.max(0, Math.floor(above / ROW_PX) - SPARE);
    const last = Math.min(scene.rows.length, Math.ceil((above + innerHeight) / ROW_PX) + SPARE);
    const step = ticks(scene.view, Math.max(2, Math.floor(this.#width / 110)));
    const marks = step.at.map((us) => ({ us, x: (bar(scene.view, this.#width, us, us)?.x ?? 0) }));
    render(marks.map(({ us, x }) => svg`<text x=${x} y="17" dx=${x < 4 ? 6 : 0} text-anchor=${x < 4 ? "start" : x > this.#width - 30 ? "end" : "middle"}>${tick(us, step.step)}</text>`), this.#axis);
    const lines = marks.filter(({ x }) => x > 1).map(({ x }) => x);
    const shown = [];
    for (let at = first; at < last; at++) shown.push(this.#row(scene, at, lines));
    render(shown, this.#rows);
    const chosen = scene.selected >= 0 ? document.getElementById(`row-${scene.selected}`) : null;
    if (chosen) this.#rows.setAttribute("aria-activedescendant", chosen.id);
    else this.#rows.removeAttribute("aria-activedescendant");
    let at = first;
    for (const each of this.#rows.children) /** @type {HTMLElement} */ (each).style.transform = `translateY(${at++ * ROW_PX}px)`;
  }

  /** @param {Scene} scene @param {number} at @param {number[]} lines */
  #row(scene, at, lines) {
    const { trace, closed, selected, found } = scene;
    const row = scene.rows[at];
    const { index, depth } = row;
    const dim = found && !found.has(index) ? " dimmed" : "";
    const open = !closed.has(index);
    return html`<div class="wfr${index === selected ? " on" : ""}${dim}" role="row" id="row-${index}" data-index=${index} aria-level=${depth + 1} aria-rowindex=${at + 1} aria-selected=${index === selected} aria-expanded=${row.below ? String(open) : nothing}><div class="wfn" role="gridcell"><svg class="ind" width=${this.#indent(depth)} height="1" aria-hidden="true"></svg>${row.below ? html`<button class="tw" type="button" tabindex="-1" data-act="turn" aria-label=${open ? "Close" : "Open"}>${icon(open ? "chevron-down" : "chevron-right", "i s")}</button>` : html`<span class="tw"></span>`}<i class="hue" data-hue=${trace.columns.service[index] % HUES}></i>${index === trace.origin ? icon("failing", "h bad") : nothing}${marked(trace, index, LOST) ? html`<span class="lost" title="Its parent has not arrived">?</span>` : nothing}<span class="ell"><b>${nameOf(serviceOf(trace, index))}</b> <span class="op">${operationOf(trace, index)}</span></span>${depth > DEEPEST ? html`<span class="dim small">${depth}</span>` : nothing}${row.folded ? html`<button class="fold" type="button" tabindex="-1" data-act="unfold" title="Show what is folded into this call (x)">${proxies(row.folded)}</button>` : nothing}</div><div class="wfb" role="gridcell">${this.#bars(scene, row, lines)}</div></div>`;
  }

  /** @param {number} depth */
  #indent(depth) {
    return (this.#width < 300 ? 7 : 15) * Math.min(depth, DEEPEST);
  }

  /** @param {Scene} scene @param {Row} row @param {number[]} lines */
  #bars(scene, row, lines) {
    const { trace, view, critical } = scene;
    const { index } = row;
    const width = this.#width;
    const { start, duration, service } = trace.columns;
    const took = time(duration[index]);
    const ended = words(scene, row);
    const said = ended && width >= 300 ? `${ended} · ${took}` : took;
    const failed = marked(trace, index, FAILED);
    const of = bar(view, width, start[index], start[index] + duration[index]);
    const solid = failed && index === trace.origin;
    const place = of && label(of, width, said.length * CHAR_PX);
    const parts = critical?.get(index) ?? [];
    const segments = [];
    for (let k = 0; k < parts.length; k += 2) {
      const part = bar(view, width, parts[k], parts[k + 1]);
      if (part) segments.push(svg`<rect class="wfc" x=${part.x} width=${part.width} y="20" height="2.5" rx="1"></rect>`);
    }
    return html`<svg width="100%" height="30" role="img" aria-label=${ended ? `${ended}, ${took}` : took}>${lines.map((x) => svg`<path class="wfg" d="M${x} 0v30"></path>`)}${of ? svg`<rect class="wfe ${failed ? "bad" : ""} ${index === trace.origin ? "origin" : ""}" data-hue=${service[index] % HUES} x=${of.x} width=${of.width} y="9" height="10" rx="3"></rect>` : nothing}${segments}${place ? svg`<text class=${failed ? (solid && of && place.x > of.x && place.x < of.x + of.width ? "over" : "bad") : ""} x=${place.x} y="18" text-anchor=${place.anchor}>${said}</text>` : nothing}</svg>`;
  }
}
