/** Nodes and cards on the canvas. */
import { hasIcon, healthShape, kindIcon } from "./marks.js";
import { fitting, measured, readable } from "./text.js";

/**
 * @typedef {import("./scene.js").Thing} Thing
 * @typedef {import("./draw.js").Look} Look
 * @typedef {import("./palette.js").Palette} Palette
 */

/** @param {Thing} thing @param {Palette} palette */
function inks(thing, palette) {
  if (thing.gone) return { fill: palette.bg, line: palette.idle, text: palette.text3, sub: palette.text3, width: 1, dash: [2, 3] };
  if (thing.health === "failing") return { fill: palette.failingChip, line: palette.badFill, text: palette.text, sub: palette.bad, width: 2, dash: [] };
  if (thing.health === "degraded") return { fill: palette.degradedChip, line: palette.warnFill, text: palette.text, sub: palette.warn, width: 1, dash: [] };
  const hollow = thing.health === "idle" || thing.health === "unknown" || thing.kind === "external";
  return {
    fill: thing.health === "idle" ? palette.bg : palette.raised,
    line: palette.line2,
    text: thing.health === "idle" ? palette.text2 : palette.text,
    sub: palette.text3,
    width: 1,
    dash: hollow ? [3, 3] : [],
  };
}

/** @param {CanvasRenderingContext2D} ctx @param {Thing} thing @param {ReturnType<typeof inks>} ink @param {number} radius */
function body(ctx, { rect }, ink, radius) {
  const inset = ink.width / 2;
  ctx.beginPath();
  ctx.roundRect(rect.x + inset, rect.y + inset, rect.w - ink.width, rect.h - ink.width, radius);
  ctx.fillStyle = ink.fill;
  ctx.fill();
  ctx.setLineDash(ink.dash);
  ctx.lineWidth = ink.width;
  ctx.strokeStyle = ink.line;
  ctx.stroke();
  ctx.setLineDash([]);
}

/** @param {CanvasRenderingContext2D} ctx @param {Thing} thing @param {Look} look @param {number} radius */
function ring(ctx, { id, rect }, { selected, hovered, palette }, radius) {
  if (id !== selected && id !== hovered) return;
  ctx.beginPath();
  ctx.roundRect(rect.x - 4, rect.y - 4, rect.w + 8, rect.h + 8, radius + 3);
  ctx.strokeStyle = id === selected ? palette.accent : palette.line2;
  ctx.lineWidth = id === selected ? 2 : 1;
  ctx.stroke();
}

/** Failing marks are larger than degraded ones: they outweigh them without colour. @param {string} health */
const markSize = (health) => (health === "failing" ? 6.2 : health === "healthy" ? 4.5 : 5);

/** A node in full: icon, name, mark, and a second line where it can be read. @param {CanvasRenderingContext2D} ctx @param {Thing} thing @param {Look} look */
export function drawChip(ctx, thing, look) {
  const { palette, eye } = look;
  const { rect } = thing;
  const ink = inks(thing, palette);
  body(ctx, thing, ink, 8);
  ring(ctx, thing, look, 8);
  const icon = hasIcon(thing.kind);
  const left = rect.x + (icon ? 25 : 11);
  const size = readable(12.5, eye.k);
  const two = readable(11, eye.k) < 13.5;
  ctx.textAlign = "left";
  ctx.textBaseline = "alphabetic";
  if (icon) kindIcon(ctx, thing.kind, rect.x + 8, rect.y + (two ? 6.5 : 14.5), 0.82, palette.text3);
  ctx.font = `550 ${size}px ${palette.sans}`;
  ctx.fillStyle = ink.text;
  ctx.fillText(fitting(ctx, [thing.name], rect.x + rect.w - 23 - left), left, rect.y + (two ? 18 : rect.h / 2 + size * 0.36));
  if (!thing.gone) healthShape(ctx, thing.health, rect.x + rect.w - 14, rect.y + (two ? 14 : rect.h / 2), markSize(thing.health), palette);
  if (!two) return;
  ctx.font = `${thing.health === "failing" ? 550 : 450} ${readable(11, eye.k)}px ${palette.sans}`;
  ctx.fillStyle = ink.sub;
  ctx.fillText(fitting(ctx, thing.lines, rect.x + rect.w - 8 - left), left, rect.y + 33);
}

/** From afar a node is its mark; a name only where it matters. @param {CanvasRenderingContext2D} ctx @param {Thing} thing @param {Look} look */
export function drawDot(ctx, thing, look) {
  const { palette, eye, hovered, selected } = look;
  const { rect } = thing;
  body(ctx, thing, inks(thing, palette), 8);
  ring(ctx, thing, look, 8);
  const named = thing.health === "failing" || thing.health === "degraded" || thing.id === hovered || thing.id === selected;
  const y = rect.y + rect.h / 2;
  const r = markSize(thing.health) * 1.5;
  healthShape(ctx, thing.health, rect.x + rect.w / 2, y, r, palette);
  if (!named) return;
  const size = readable(11, eye.k);
  ctx.font = `600 ${size}px ${palette.sans}`;
  ctx.textAlign = "center";
  ctx.textBaseline = "top";
  ctx.lineJoin = "round";
  ctx.lineWidth = size * 0.35;
  ctx.strokeStyle = palette.box;
  ctx.strokeText(thing.name, rect.x + rect.w / 2, rect.y + rect.h + 3);
  ctx.fillStyle = palette.text;
  ctx.fillText(thing.name, rect.x + rect.w / 2, rect.y + rect.h + 3);
}

/** A namespace: name, count, rate and errors, a bar of health shares, its worst by name. @param {CanvasRenderingContext2D} ctx @param {Thing} thing @param {import("./entities.js").Card} card @param {Look} look */
export function drawCard(ctx, thing, card, look) {
  const { palette, eye } = look;
  const { rect } = thing;
  const ink = inks({ ...thing, kind: "namespace", health: thing.health === "failing" || thing.health === "degraded" ? thing.health : "healthy" }, palette);
  body(ctx, thing, ink, 10);
  ring(ctx, thing, look, 10);
  const size = readable(12.5, eye.k);
  const two = readable(11, eye.k) < 14;
  ctx.textAlign = "left";
  ctx.textBaseline = "alphabetic";
  ctx.font = `400 ${size}px ${palette.sans}`;
  const count = ` ${card.count}`;
  const counted = measured(ctx, count);
  ctx.font = `550 ${size}px ${palette.sans}`;
  ctx.fillStyle = palette.text;
  const name = fitting(ctx, [thing.name], rect.w - 38 - counted);
  ctx.fillText(name, rect.x + 12, rect.y + (two ? 20 : 26));
  const end = measured(ctx, name);
  ctx.font = `400 ${size}px ${palette.sans}`;
  ctx.fillStyle = palette.text3;
  ctx.fillText(count, rect.x + 12 + end, rect.y + (two ? 20 : 26));
  healthShape(ctx, thing.health, rect.x + rect.w - 15, rect.y + 16, markSize(thing.health), palette);
  if (two) {
    ctx.font = `450 ${readable(11, eye.k)}px ${palette.sans}`;
    ctx.fillStyle = ink.sub;
    ctx.fillText(fitting(ctx, thing.lines, rect.w - 24), rect.x + 12, rect.y + 37);
  }
  shares(ctx, rect.x + 12, rect.y + 46, rect.w - 24, card, palette);
  if (!two) return;
  card.worst.forEach((node, i) => {
    const y = rect.y + 63 + i * 17;
    healthShape(ctx, node.health, rect.x + 16, y - 0.5, 4, palette);
    ctx.font = `450 ${readable(11, eye.k)}px ${palette.sans}`;
    ctx.fillStyle = palette.text2;
    ctx.fillText(fitting(ctx, [node.name], rect.w - 38), rect.x + 26, y + 3.5);
  });
}

/** @param {CanvasRenderingContext2D} ctx @param {number} x @param {number} y @param {number} w @param {import("./entities.js").Card} card @param {Palette} palette */
function shares(ctx, x, y, w, card, palette) {
  const { failing = 0, degraded = 0, healthy = 0, idle = 0, unknown = 0 } = card.shares;
  let left = x;
  for (const [number, colour] of /** @type {[number, string][]} */ ([[failing, palette.badFill], [degraded, palette.warnFill], [healthy, palette.line2], [idle + unknown, palette.line]])) {
    if (!number) continue;
    const width = Math.max(3, (number / card.count) * w);
    ctx.fillStyle = colour;
    ctx.beginPath();
    ctx.roundRect(left, y, Math.min(width - 1, x + w - left), 3, 1.5);
    ctx.fill();
    left += width;
  }
}

/** Once, when a node's health changed: a ring that grows and goes. @param {CanvasRenderingContext2D} ctx @param {Thing} thing @param {number} share 0..1 @param {Look} look */
export function drawHalo(ctx, { rect, health }, share, { palette }) {
  const by = 4 + share * 12;
  ctx.save();
  ctx.globalAlpha *= 1 - share;
  ctx.beginPath();
  ctx.roundRect(rect.x - by, rect.y - by, rect.w + by * 2, rect.h + by * 2, 8 + by);
  ctx.strokeStyle = health === "failing" ? palette.badFill : health === "degraded" ? palette.warnFill : palette.ok;
  ctx.lineWidth = 3;
  ctx.stroke();
  ctx.restore();
}
