/**
 * `<mesh-graph>`: the canvas, the eye on it, and the hands. It draws what it is shown and says what was pointed at; it decides
 * nothing. One frame a change, none while the tab is hidden. `describe()` answers what is on it, for tests and tools.
 */
import { between, centred, eased, fitted, handle, revealed, toWorld, zoomed } from "./camera.js";
import { draw } from "./draw.js";
import { readPalette } from "./palette.js";
import { pick } from "./pick.js";
import { forgetWidths } from "./text.js";

/**
 * @typedef {import("./scene.js").Scene} Scene
 * @typedef {import("./camera.js").Eye} Eye
 * @typedef {{kind: "node"|"edge", id: string}} Picked
 */

const HALO_MS = 600;
const GLIDE_MS = 200;
const PIXELS_AT_MOST = 2;
/** Below this width the stage starts near what matters instead of showing all of it too small. */
const NARROW = 600;
const NEAR_K = 0.86;
const LOST_K = 0.5;

export class MeshGraph extends HTMLElement {
  #canvas = document.createElement("canvas");
  #ctx = /** @type {CanvasRenderingContext2D} */ (this.#canvas.getContext("2d"));
  /** @type {Eye} */ #eye = { k: 1, x: 0, y: 0 };
  /** @type {{from: Eye, to: Eye, start: number}|null} */ #glide = null;
  /** @type {Scene|null} */ #scene = null;
  /** @type {string|null} */ #selected = null;
  /** @type {Picked|null} */ #hovered = null;
  /** @type {Map<string, number>} */ #halos = new Map();
  #palette = readPalette(document.body);
  #size = { w: 0, h: 0 };
  #asked = 0;
  /** Until a person moves the eye, it follows the picture's size. */
  #untouched = true;
  #still = matchMedia("(prefers-reduced-motion: reduce)");

  connectedCallback() {
    this.#canvas.tabIndex = 0;
    this.#canvas.setAttribute("role", "application");
    this.#canvas.setAttribute("aria-describedby", this.dataset.help ?? "");
    this.#canvas.setAttribute("aria-label", "Service graph");
    this.prepend(this.#canvas);
    new ResizeObserver(() => this.#resize()).observe(this);
    const recolour = () => {
      this.#palette = readPalette(document.body);
      this.redraw();
    };
    document.addEventListener("themechange", recolour);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", recolour);
    document.addEventListener("visibilitychange", () => this.redraw());
    document.fonts.ready.then(() => {
      forgetWidths();
      this.redraw();
    });
    handle(this.#canvas, {
      eye: () => this.#eye,
      move: (eye) => this.#touch(eye),
      click: (x, y) => this.#say("pick", this.#at(x, y)),
      open: (x, y) => this.#say("open", this.#at(x, y)),
      hover: (x, y) => this.#hover(this.#at(x, y)),
      leave: () => this.#hover(null),
    });
  }

  /** @param {Scene} scene @param {string|null} selected */
  show(scene, selected) {
    const first = this.#scene === null;
    this.#scene = scene;
    this.#selected = selected;
    if (this.#hovered && !this.#has(this.#hovered.id)) this.#hovered = null;
    if (this.#untouched && first) this.#look(false);
    this.redraw();
  }

  /** @param {string} label */
  set label(label) {
    if (this.#canvas.getAttribute("aria-label") !== label) this.#canvas.setAttribute("aria-label", label);
  }

  focus() {
    this.#canvas.focus({ preventScroll: true });
  }

  get focused() {
    return document.activeElement === this.#canvas;
  }

  /** Whether motion is unwanted. */
  get still() {
    return this.#still.matches;
  }

  /** Nodes and cards with where they are, for the keys. */
  get places() {
    return (this.#scene?.things ?? []).filter((thing) => !thing.gone).map(({ id, rect }) => ({ id, rect }));
  }

  /** All of the picture. */
  fit() {
    this.#untouched = true;
    this.#look(true, true);
  }

  /** @param {number} factor */
  zoom(factor) {
    this.#untouched = false;
    this.#move(zoomed(this.#eye, this.#size.w / 2, this.#size.h / 2, factor), true);
  }

  /** Brings a node, call or open namespace into view, if it is not. @param {string} id */
  reveal(id) {
    const rect = this.#rectOf(id);
    if (!rect) return;
    const frame = this.#scene?.frames.some((each) => each.rect === rect);
    const eye = frame ? fitted(rect, this.#size.w, this.#size.h, this.#margin()) : this.#eye.k < LOST_K ? centred(rect, NEAR_K, this.#size.w, this.#size.h, this.#margin()) : revealed(this.#eye, rect, this.#size.w, this.#size.h, this.#margin());
    if (eye.k === this.#eye.k && eye.x === this.#eye.x && eye.y === this.#eye.y) return;
    this.#untouched = false;
    this.#move(eye, true);
  }

  /** A ring, once, where health changed. @param {Iterable<string>} ids */
  halo(ids) {
    if (this.still) return;
    for (const id of ids) this.#halos.set(id, performance.now());
    this.redraw();
  }

  redraw() {
    if (this.#asked || document.hidden || !this.#scene) return;
    this.#asked = requestAnimationFrame(() => {
      this.#asked = 0;
      this.#frame();
    });
  }

  /** What is on the stage: positions in the picture and on the screen, what is shown, what is chosen. */
  describe() {
    const scene = this.#scene;
    const round = (/** @type {number} */ value) => Math.round(value * 10) / 10;
    const eye = this.#glide?.to ?? this.#eye;
    return {
      scale: Math.round(eye.k * 1000) / 1000,
      size: this.#size,
      selected: this.#selected,
      hovered: this.#hovered?.id ?? null,
      boxes: (scene?.frames ?? []).map(({ key, rect, count }) => ({ key, count, x: round(rect.x), y: round(rect.y), w: round(rect.w), h: round(rect.h) })),
      nodes: (scene?.things ?? []).map(({ id, rect, health, gone, lit }) => ({
        id, health, gone, lit, x: round(rect.x), y: round(rect.y), w: rect.w, h: rect.h,
        screen: [round((rect.x + rect.w / 2) * eye.k + eye.x), round((rect.y + rect.h / 2) * eye.k + eye.y)],
      })),
      edges: (scene?.links ?? []).map(({ id, call, width, label, locked, detail, points }) => {
        const [x, y] = points[points.length >> 1];
        return { id, health: call.health, width: round(width), label, locked, detail, screen: [round(x * eye.k + eye.x), round(y * eye.k + eye.y)] };
      }),
    };
  }

  /** @param {string} id */
  #has(id) {
    return Boolean(this.#scene?.things.some((thing) => thing.id === id) || this.#scene?.links.some((link) => link.id === id));
  }

  /** @param {string} id */
  #rectOf(id) {
    return this.#scene?.things.find((thing) => thing.id === id)?.rect ?? this.#scene?.links.find((link) => link.id === id)?.bounds ?? this.#scene?.frames.find((frame) => `${frame.key}/*` === id)?.rect;
  }

  /** What floats over the stage is kept free. */
  #margin() {
    const narrow = this.#size.w < NARROW;
    const sheet = Number.parseFloat(getComputedStyle(this).getPropertyValue("--covered")) || 0;
    return { top: narrow ? 12 : 16, left: 12, right: 12, bottom: (narrow ? 12 : 58) + sheet };
  }

  #resize() {
    const before = this.#size;
    this.#size = { w: this.clientWidth, h: this.clientHeight };
    const ratio = Math.min(PIXELS_AT_MOST, devicePixelRatio || 1);
    this.#canvas.width = Math.round(this.#size.w * ratio);
    this.#canvas.height = Math.round(this.#size.h * ratio);
    if (!this.#scene || !this.#size.w) return;
    if (this.#untouched) this.#look(before.w > 0 && before.h > 0);
    // A resized canvas is empty until it is drawn: now, not in the next frame.
    this.#frame();
  }

  /** Where the eye goes by itself: all of it, or on a narrow stage the middle of the worst. @param {boolean} glides @param {boolean} [all] */
  #look(glides, all = false) {
    const scene = this.#scene;
    const { w, h } = this.#size;
    if (!scene || !w) return;
    const eye = fitted(scene.bounds, w, h, this.#margin());
    const worst = scene.things.find((thing) => thing.id === this.#selected) ?? scene.things.find((thing) => thing.health === "failing") ?? scene.things.find((thing) => thing.health === "degraded")
      ?? [...scene.things].sort((a, b) => a.rect.x - b.rect.x)[0];
    const near = w < NARROW && !all && eye.k < NEAR_K && worst;
    this.#move(near ? centred(worst.rect, NEAR_K, w, h, this.#margin()) : eye, glides);
  }

  /** @param {Eye} eye */
  #touch(eye) {
    this.#untouched = false;
    this.#move(eye, false);
  }

  /** @param {Eye} eye @param {boolean} glides */
  #move(eye, glides) {
    if (glides && !this.still && !document.hidden) this.#glide = { from: this.#eye, to: eye, start: performance.now() };
    else {
      this.#glide = null;
      this.#eye = eye;
    }
    this.redraw();
  }

  /** @param {number} x @param {number} y @returns {Picked|null} */
  #at(x, y) {
    if (!this.#scene) return null;
    const [wx, wy] = toWorld(this.#eye, x, y);
    return pick(this.#scene.things.filter((thing) => !thing.gone), this.#scene.links, wx, wy, this.#eye.k);
  }

  /** @param {Picked|null} what */
  #hover(what) {
    if (this.#hovered?.id === what?.id) return;
    this.#hovered = what;
    this.#canvas.style.setProperty("cursor", what ? "pointer" : "");
    this.redraw();
  }

  /** @param {string} name @param {Picked|null} detail */
  #say(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  /** A hovered node with its calls and their other ends; a hovered call with its ends. */
  #near() {
    if (!this.#hovered || !this.#scene) return null;
    const { kind, id } = this.#hovered;
    const near = new Set([id]);
    for (const { id: link, call } of this.#scene.links) {
      if (kind === "edge" ? link !== id : call.source !== id && call.target !== id) continue;
      near.add(link).add(call.source).add(call.target);
    }
    return near;
  }

  #frame() {
    if (!this.#scene) return;
    const now = performance.now();
    if (this.#glide) {
      const share = Math.min(1, (now - this.#glide.start) / GLIDE_MS);
      this.#eye = between(this.#glide.from, this.#glide.to, eased(share));
      if (share === 1) this.#glide = null;
    }
    const halos = new Map();
    for (const [id, start] of this.#halos) {
      if (now - start < HALO_MS) halos.set(id, (now - start) / HALO_MS);
      else this.#halos.delete(id);
    }
    const ratio = this.#size.w ? this.#canvas.width / this.#size.w : 1;
    draw(this.#ctx, this.#scene, { eye: this.#eye, ...this.#size, ratio, palette: this.#palette, near: this.#near(), hovered: this.#hovered?.id ?? null, selected: this.#selected, halos });
    if (this.#glide || halos.size) this.redraw();
  }
}

customElements.define("mesh-graph", MeshGraph);
