/** The whole trace in 46 pixels, and the part of it that the rows show: drag to choose another, double-click for all of it. */
import { FAILED, marked } from "./outline.js";
import { within } from "./scale.js";

/** @typedef {import("./outline.js").Outline} Outline @typedef {import("./scale.js").Span} Span */

const HEIGHT = 46;
const HUES = 6;
const CLICK_PX = 4;
/** More bars than this cannot be told apart on 46 pixels. */
const MOST = 4000;

export class Minimap {
  #box;
  #canvas;
  #brush;
  #zoom;
  /** @type {{trace: Outline, rows: import("./rows.js").Row[], view: Span}|null} */ #scene = null;

  /** @param {HTMLElement} box @param {HTMLElement} brush @param {(view: Span) => void} zoom */
  constructor(box, brush, zoom) {
    this.#box = box;
    this.#brush = brush;
    this.#zoom = zoom;
    this.#canvas = /** @type {HTMLCanvasElement} */ (box.querySelector("canvas"));
    new ResizeObserver(() => this.#draw()).observe(box);
    document.addEventListener("themechange", () => this.#draw());
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.#draw());
    this.#drag();
  }

  /** @param {{trace: Outline, rows: import("./rows.js").Row[], view: Span}} scene */
  show(scene) {
    const again = this.#scene?.rows !== scene.rows || this.#scene.trace !== scene.trace;
    this.#scene = scene;
    if (again) this.#draw();
    const { view, trace } = scene;
    const whole = view.from <= 0 && view.to >= trace.duration;
    this.#brush.hidden = whole;
    const per = 100 / Math.max(1, trace.duration);
    this.#brush.style.setProperty("left", `${view.from * per}%`);
    this.#brush.style.setProperty("width", `${(view.to - view.from) * per}%`);
  }

  #draw() {
    const { trace, rows } = this.#scene ?? {};
    const context = this.#canvas.getContext("2d");
    if (!trace || !rows || !context) return;
    const width = this.#box.clientWidth;
    const dense = Math.min(2, devicePixelRatio);
    this.#canvas.width = width * dense;
    this.#canvas.height = HEIGHT * dense;
    context.scale(dense, dense);
    // A custom property is text; what it is in this theme only a property with a colour says.
    const colour = (/** @type {string} */ name) => {
      this.#canvas.style.color = `var(${name})`;
      return getComputedStyle(this.#canvas).color;
    };
    const hues = Array.from({ length: HUES }, (_, i) => colour(`--hue-${i}`));
    const [bad, per] = [colour("--bad-fill"), width / Math.max(1, trace.duration)];
    const step = Math.min(3.8, (HEIGHT - 4) / rows.length);
    const thin = Math.ceil(rows.length / MOST);
    const { start, duration, service } = trace.columns;
    const bar = (/** @type {number} */ at) => {
      const { index } = rows[at];
      context.fillRect(start[index] * per, 2 + at * step, Math.max(2, duration[index] * per), Math.max(0.6, step - 1.2));
    };
    context.globalAlpha = 0.75;
    for (let at = 0; at < rows.length; at += thin) {
      context.fillStyle = hues[service[rows[at].index] % HUES];
      bar(at);
    }
    context.fillStyle = bad;
    for (let at = 0; at < rows.length; at++) if (marked(trace, rows[at].index, FAILED)) bar(at);
  }

  #drag() {
    let from = NaN;
    const at = (/** @type {PointerEvent} */ event) => {
      const box = this.#box.getBoundingClientRect();
      return ((event.clientX - box.left) / box.width) * (this.#scene?.trace.duration ?? 0);
    };
    const part = (/** @type {PointerEvent} */ event) => {
      const to = at(event);
      return within({ from: Math.min(from, to), to: Math.max(from, to) }, this.#scene?.trace.duration ?? 0);
    };
    let pressed = 0;
    this.#box.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      from = at(event);
      pressed = event.clientX;
      this.#box.setPointerCapture(event.pointerId);
    });
    this.#box.addEventListener("pointermove", (event) => {
      if (!Number.isNaN(from) && Math.abs(event.clientX - pressed) >= CLICK_PX) this.#zoom(part(event));
    });
    const end = () => {
      from = NaN;
    };
    this.#box.addEventListener("pointerup", end);
    this.#box.addEventListener("pointercancel", end);
    this.#box.addEventListener("dblclick", () => this.#zoom({ from: 0, to: this.#scene?.trace.duration ?? 0 }));
  }
}
