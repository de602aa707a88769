/** Draws a scene. Three levels of detail by scale: boxes with names; health shapes; full chips. */
import { healthShape } from "./marks.js";
import { drawCard, drawChip, drawDot, drawHalo } from "./draw-things.js";
import { drawLabels, drawLinks } from "./draw-links.js";
import { measured, readable } from "./text.js";

/**
 * @typedef {import("./scene.js").Scene} Scene
 * @typedef {import("./palette.js").Palette} Palette
 * @typedef {import("./boxes.js").Rect} Rect
 * `near`: what a hover lifts, null without one; `halos`: node id → 0..1 of its halo.
 * @typedef {{eye: import("./camera.js").Eye, w: number, h: number, ratio: number, palette: Palette, near: Set<string>|null, hovered: string|null,
 *   selected: string|null, halos: Map<string, number>}} Look
 */

export const BOXES_BELOW = 0.3;
export const SHAPES_BELOW = 0.6;
export const FADED = 0.38;

/** @param {CanvasRenderingContext2D} ctx @param {Scene} scene @param {Look} look */
export function draw(ctx, scene, look) {
  const { eye, w, h, ratio } = look;
  ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
  ctx.clearRect(0, 0, w, h);
  ctx.setTransform(ratio * eye.k, 0, 0, ratio * eye.k, ratio * eye.x, ratio * eye.y);
  const seen = { x: -eye.x / eye.k - 20, y: -eye.y / eye.k - 20, w: w / eye.k + 40, h: h / eye.k + 40 };
  const visible = (/** @type {Rect} */ rect) => rect.x < seen.x + seen.w && rect.x + rect.w > seen.x && rect.y < seen.y + seen.h && rect.y + rect.h > seen.y;
  const links = scene.links.filter((link) => visible(link.bounds));
  const things = scene.things.filter((thing) => visible(thing.rect));
  const faint = new Set(scene.things.filter((thing) => !thing.lit).map((thing) => thing.id));

  for (const frame of scene.frames) if (visible(frame.rect)) drawFrame(ctx, frame, look);
  drawLinks(ctx, links, look, faint);
  const far = eye.k < BOXES_BELOW;
  for (const thing of things) {
    if (far && !thing.card) continue;
    ctx.globalAlpha = faint.has(thing.id) || (look.near && !look.near.has(thing.id)) ? FADED : 1;
    const halo = look.halos.get(thing.id);
    if (halo !== undefined) drawHalo(ctx, thing, halo, look);
    if (thing.card) drawCard(ctx, thing, thing.card, look);
    else if (eye.k < SHAPES_BELOW) drawDot(ctx, thing, look);
    else drawChip(ctx, thing, look);
  }
  ctx.globalAlpha = 1;
  if (eye.k >= SHAPES_BELOW) drawLabels(ctx, links, scene.things, look);
  if (far) for (const frame of scene.frames) if (visible(frame.rect)) drawFrameName(ctx, frame, look);
}

/** @param {CanvasRenderingContext2D} ctx @param {import("./scene.js").Frame} frame @param {Look} look */
function drawFrame(ctx, { rect, name, count }, { palette, eye }) {
  ctx.beginPath();
  ctx.roundRect(rect.x + 0.5, rect.y + 0.5, rect.w - 1, rect.h - 1, 12);
  ctx.fillStyle = palette.box;
  ctx.fill();
  ctx.strokeStyle = palette.line2;
  ctx.lineWidth = 1;
  ctx.stroke();
  if (eye.k < BOXES_BELOW) return;
  const size = readable(11.5, eye.k);
  ctx.font = `550 ${size}px ${palette.sans}`;
  ctx.fillStyle = palette.text3;
  ctx.textBaseline = "alphabetic";
  ctx.textAlign = "left";
  const baseline = rect.y + Math.max(21, size + 6);
  ctx.fillText(name, rect.x + 14, baseline);
  const after = rect.x + 14 + measured(ctx, name);
  ctx.font = `450 ${size}px ${palette.sans}`;
  ctx.fillText(` · ${count}`, after, baseline);
}

/** Far away a box is its name, its count and its worst health. @param {CanvasRenderingContext2D} ctx @param {import("./scene.js").Frame} frame @param {Look} look */
function drawFrameName(ctx, { rect, name, count, health }, { palette, eye }) {
  const size = readable(12, eye.k);
  ctx.font = `600 ${size}px ${palette.sans}`;
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  ctx.fillStyle = palette.text2;
  const [x, y] = [rect.x + rect.w / 2, rect.y + rect.h / 2];
  ctx.fillText(`${name} · ${count}`, x, y + size * 0.8);
  healthShape(ctx, health, x, y - size * 0.5, size * 0.5, palette);
}
