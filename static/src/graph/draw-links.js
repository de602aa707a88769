/** Calls on the canvas: width for traffic, colour and dashes for state, arrow heads, labels where there is room. */
import { overlap } from "./boxes.js";
import { along } from "./curve.js";
import { LOCK, lock } from "./marks.js";
import { measured, readable } from "./text.js";

/**
 * @typedef {import("./scene.js").Link} Link
 * @typedef {import("./scene.js").Thing} Thing
 * @typedef {import("./draw.js").Look} Look
 * @typedef {import("./boxes.js").Rect} Rect
 */

const HEALTHY_ALPHA = 0.75;
const FADED = 0.3;
/** Later ones are drawn over earlier ones. */
const RANK = { idle: 0, unknown: 1, healthy: 1, degraded: 2, failing: 3 };

/** @param {Link} link @param {Look} look */
const isLifted = (link, look) => look.selected === link.id || look.hovered === link.id || Boolean(look.near?.has(link.id));

/** @param {CanvasRenderingContext2D} ctx @param {Link[]} links @param {Look} look @param {Set<string>} faint things that a find leaves out */
export function drawLinks(ctx, links, look, faint) {
  const rank = (/** @type {Link} */ link) => RANK[link.call.health] + (isLifted(link, look) ? 4 : 0);
  const sorted = [...links].sort((a, b) => rank(a) - rank(b));
  for (const link of sorted) if (link.call.health === "failing") halo(ctx, link, look);
  /** @type {Map<string, Link[]>} */ const classes = new Map();
  for (const link of sorted) {
    const fades = look.selected === link.id ? false : !link.lit || (look.near && !look.near.has(link.id)) || faint.has(link.call.source) || faint.has(link.call.target);
    const key = `${rank(link)}|${link.call.health}|${Math.round(link.width * 2)}|${link.call.plaintext}|${fades ? 1 : 0}|${look.selected === link.id ? 1 : 0}`;
    const known = classes.get(key);
    if (known) known.push(link);
    else classes.set(key, [link]);
  }
  for (const [key, same] of classes) {
    const [, , , , fades, chosen] = key.split("|");
    batch(ctx, same, look, fades === "1", chosen === "1");
  }
  ctx.globalAlpha = 1;
  ctx.setLineDash([]);
}

/** @param {CanvasRenderingContext2D} ctx @param {Link} link */
function trace(ctx, { curve }) {
  ctx.moveTo(curve.x, curve.y);
  const b = curve.beziers;
  for (let i = 0; i < b.length; i += 6) ctx.bezierCurveTo(b[i], b[i + 1], b[i + 2], b[i + 3], b[i + 4], b[i + 5]);
}

/** @param {CanvasRenderingContext2D} ctx @param {Link} link @param {Look} look */
function halo(ctx, link, look) {
  ctx.globalAlpha = look.near && !look.near.has(link.id) ? 0.05 : 0.12;
  ctx.strokeStyle = look.palette.badFill;
  ctx.lineWidth = link.width + 8;
  ctx.beginPath();
  trace(ctx, link);
  ctx.stroke();
}

/** All of one look in one path. @param {CanvasRenderingContext2D} ctx @param {Link[]} links @param {Look} look @param {boolean} fades @param {boolean} chosen */
function batch(ctx, links, { palette, hovered }, fades, chosen) {
  const { call, width, id } = links[0];
  const colour = chosen ? palette.accent : call.health === "failing" ? palette.badFill : call.health === "degraded" ? palette.warnFill : hovered === id ? palette.text2 : palette.edge;
  ctx.globalAlpha = fades ? FADED : call.health === "healthy" && !chosen ? HEALTHY_ALPHA : 1;
  ctx.strokeStyle = ctx.fillStyle = colour;
  ctx.lineWidth = chosen ? Math.max(width, 2.5) : width;
  ctx.setLineDash(call.plaintext ? [5, 4] : call.health === "idle" ? [2, 4] : []);
  ctx.beginPath();
  for (const link of links) trace(ctx, link);
  ctx.stroke();
  ctx.setLineDash([]);
  ctx.beginPath();
  for (const link of links) head(ctx, link);
  ctx.fill();
}

/** @param {CanvasRenderingContext2D} ctx @param {Link} link */
function head(ctx, { curve, points, width }) {
  const b = curve.beziers;
  const [x, y] = [b[b.length - 2], b[b.length - 1]];
  const [px, py] = points[points.length - 2] ?? [curve.x, curve.y];
  const length = Math.hypot(x - px, y - py) || 1;
  const [ux, uy] = [(x - px) / length, (y - py) / length];
  const half = width / 2 + 3;
  ctx.moveTo(x - ux - uy * half, y - uy + ux * half);
  ctx.lineTo(x + ux * 5.5, y + uy * 5.5);
  ctx.lineTo(x - ux + uy * half, y - uy - ux * half);
  ctx.closePath();
}

/** Where on a line a label may sit, best first. */
const PLACES = [0.5, 0.42, 0.58, 0.34, 0.66, 0.26, 0.74];
/** From this scale on locks can be told apart. */
const LOCKS_FROM = 0.75;

/** Places for a label of this size, best first. @param {Link} link @param {number} w @param {number} h @returns {Rect[]} */
function placesFor(link, w, h) {
  return PLACES.map((share) => {
    const [x, y] = along(link.points, share);
    return { x: x - w / 2, y: y - h / 2, w, h };
  });
}

/** @param {Rect[]} places @param {Rect[]} taken */
const free = (places, taken) => places.find((each) => !taken.some((other) => overlap(each, other, 1, 1)));

/** @param {CanvasRenderingContext2D} ctx @param {Link[]} links @param {Thing[]} things @param {Look} look */
export function drawLabels(ctx, links, things, look) {
  const { palette, eye, hovered } = look;
  const size = readable(10.5, eye.k);
  /** @type {Rect[]} */ const taken = things.map((thing) => thing.rect);
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  const rank = (/** @type {Link} */ link) => RANK[link.call.health] + (link.id === hovered ? 10 : 0);
  const labelled = links.filter((link) => link.label || link.id === hovered).sort((a, b) => rank(b) - rank(a) || b.call.rps - a.call.rps);
  /** @type {Set<Link>} */ const cramped = new Set();
  for (const link of labelled) {
    const text = link.id === hovered ? link.detail : link.label;
    const bad = link.call.health === "failing";
    ctx.font = `${bad ? 600 : 500} ${size}px ${palette.sans}`;
    const [w, h] = [measured(ctx, text) + size * 1.1, size * 1.6];
    const places = placesFor(link, w, h);
    // Trouble and what one points at are told whatever they cover; where a word has no room an open lock says it.
    const rect = free(places, taken) ?? (bad || link.id === hovered ? places[0] : null);
    if (!rect) {
      cramped.add(link);
      continue;
    }
    taken.push(rect);
    ctx.globalAlpha = look.near && !look.near.has(link.id) ? 0.38 : 1;
    ctx.beginPath();
    ctx.roundRect(rect.x, rect.y, w, h, h / 2);
    ctx.fillStyle = palette.surface;
    ctx.fill();
    ctx.strokeStyle = bad ? palette.badFill : palette.line2;
    ctx.lineWidth = 1;
    ctx.stroke();
    ctx.fillStyle = bad ? palette.bad : palette.text2;
    ctx.fillText(text, rect.x + w / 2, rect.y + h / 2 + size * 0.05);
  }
  if (eye.k >= LOCKS_FROM) drawLocks(ctx, links.filter((link) => cramped.has(link) || (link.locked && !link.label && link.id !== hovered)), taken, look);
  ctx.globalAlpha = 1;
}

/** A small lock on each call that is all mutual TLS, an open one where it is not, where there is room for it. @param {CanvasRenderingContext2D} ctx @param {Link[]} links @param {Rect[]} taken @param {Look} look */
function drawLocks(ctx, links, taken, { palette, near }) {
  for (const link of links) {
    const rect = free(placesFor(link, LOCK, LOCK), taken);
    if (!rect) continue;
    taken.push(rect);
    ctx.globalAlpha = near && !near.has(link.id) ? 0.38 : 1;
    lock(ctx, rect.x, rect.y, !link.locked, palette);
  }
}
