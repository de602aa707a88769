/** Where the eye is: a scale and an offset, and the hands that move it (wheel, drag, pinch). */

/**
 * Screen = world × k + (x, y).
 * @typedef {{k: number, x: number, y: number}} Eye
 * @typedef {import("./boxes.js").Rect} Rect
 * @typedef {{top: number, right: number, bottom: number, left: number}} Margin
 */

export const NEAREST = 2.5;
export const FARTHEST = 0.08;
/** A small mesh is not blown up to fill a large screen. */
const FIT_AT_MOST = 1.2;
const DRAG_FROM = 4;

/** @param {Eye} eye @param {number} x @param {number} y */
export const toWorld = (eye, x, y) => [(x - eye.x) / eye.k, (y - eye.y) / eye.k];

/** Zooms by `factor`, the point under (x, y) stays. @param {Eye} eye @param {number} x @param {number} y @param {number} factor @returns {Eye} */
export function zoomed(eye, x, y, factor) {
  const k = Math.max(FARTHEST, Math.min(NEAREST, eye.k * factor));
  const [wx, wy] = toWorld(eye, x, y);
  return { k, x: x - wx * k, y: y - wy * k };
}

/** All of `bounds` in a stage of w × h. @param {Rect} bounds @param {number} w @param {number} h @param {Margin} margin @returns {Eye} */
export function fitted(bounds, w, h, margin) {
  const [roomW, roomH] = [Math.max(1, w - margin.left - margin.right), Math.max(1, h - margin.top - margin.bottom)];
  const k = Math.max(FARTHEST, Math.min(FIT_AT_MOST, roomW / Math.max(1, bounds.w), roomH / Math.max(1, bounds.h)));
  return { k, x: margin.left + (roomW - bounds.w * k) / 2 - bounds.x * k, y: margin.top + (roomH - bounds.h * k) / 2 - bounds.y * k };
}

/** At scale k with the middle of `rect` in the middle of the free part of the stage. @param {Rect} rect @param {number} k @param {number} w @param {number} h @param {Margin} margin @returns {Eye} */
export function centred(rect, k, w, h, margin) {
  const [midX, midY] = [margin.left + (w - margin.left - margin.right) / 2, margin.top + (h - margin.top - margin.bottom) / 2];
  return { k, x: midX - (rect.x + rect.w / 2) * k, y: midY - (rect.y + rect.h / 2) * k };
}

/** The least move that brings `rect` into the free part of the stage. @param {Eye} eye @param {Rect} rect @param {number} w @param {number} h @param {Margin} margin @returns {Eye} */
export function revealed(eye, rect, w, h, margin) {
  const shift = (/** @type {number} */ from, /** @type {number} */ to, /** @type {number} */ low, /** @type {number} */ high) =>
    from < low || to - from > high - low ? low - from : to > high ? high - to : 0;
  const left = rect.x * eye.k + eye.x;
  const top = rect.y * eye.k + eye.y;
  return {
    k: eye.k,
    x: eye.x + shift(left, left + rect.w * eye.k, margin.left, w - margin.right),
    y: eye.y + shift(top, top + rect.h * eye.k, margin.top, h - margin.bottom),
  };
}

/** Between two eyes. @param {Eye} a @param {Eye} b @param {number} share 0..1 @returns {Eye} */
export const between = (a, b, share) => ({ k: a.k + (b.k - a.k) * share, x: a.x + (b.x - a.x) * share, y: a.y + (b.y - a.y) * share });

/** The page's one easing, cubic-bezier(.2, 0, 0, 1), closely. @param {number} t */
export const eased = (t) => 1 - (1 - t) ** 3.2;

/**
 * Turns wheel, drag and pinch on `surface` into eyes. Clicks are told apart from drags.
 * @param {HTMLElement} surface
 * @param {{eye: () => Eye, move: (eye: Eye) => void, click: (x: number, y: number) => void, open: (x: number, y: number) => void,
 *   hover: (x: number, y: number) => void, leave: () => void}} hands
 */
export function handle(surface, hands) {
  /** @type {Map<number, {x: number, y: number}>} */ const fingers = new Map();
  let travelled = 0;
  const at = (/** @type {MouseEvent} */ event) => {
    const box = surface.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };

  surface.addEventListener("wheel", (event) => {
    event.preventDefault();
    const { x, y } = at(event);
    const lines = event.deltaMode === 1 ? 16 : 1;
    hands.move(zoomed(hands.eye(), x, y, 2 ** (-event.deltaY * lines * (event.ctrlKey ? 0.01 : 0.002))));
  }, { passive: false });

  surface.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    if (!fingers.size) travelled = 0;
    fingers.set(event.pointerId, at(event));
    surface.setPointerCapture(event.pointerId);
  });

  surface.addEventListener("pointermove", (event) => {
    const now = at(event);
    const before = fingers.get(event.pointerId);
    if (!before) {
      if (event.pointerType === "mouse") hands.hover(now.x, now.y);
      return;
    }
    travelled += Math.hypot(now.x - before.x, now.y - before.y);
    const other = [...fingers].find(([id]) => id !== event.pointerId)?.[1];
    fingers.set(event.pointerId, now);
    if (travelled < DRAG_FROM) return;
    const eye = hands.eye();
    if (!other) {
      hands.move({ k: eye.k, x: eye.x + now.x - before.x, y: eye.y + now.y - before.y });
      return;
    }
    const [was, is] = [Math.hypot(before.x - other.x, before.y - other.y), Math.hypot(now.x - other.x, now.y - other.y)];
    const panned = { k: eye.k, x: eye.x + (now.x - before.x) / 2, y: eye.y + (now.y - before.y) / 2 };
    hands.move(zoomed(panned, (now.x + other.x) / 2, (now.y + other.y) / 2, is / Math.max(1, was)));
  });

  const lift = (/** @type {PointerEvent} */ event) => {
    const spot = fingers.get(event.pointerId);
    fingers.delete(event.pointerId);
    if (event.type === "pointerup" && spot && travelled < DRAG_FROM && !fingers.size) hands.click(spot.x, spot.y);
  };
  surface.addEventListener("pointerup", lift);
  surface.addEventListener("pointercancel", lift);
  surface.addEventListener("pointerleave", () => hands.leave());
  surface.addEventListener("dblclick", (event) => {
    const { x, y } = at(event);
    hands.open(x, y);
  });
}
