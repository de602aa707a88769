/** The shapes on the canvas: health marks (a shape first, a colour second), what kind a node is, and the lock of a call. */

/**
 * @typedef {import("./model.js").Health} Health
 * @typedef {import("./palette.js").Palette} Palette
 */

const ICONS = /** @type {Record<string, string>} */ ({
  gateway: "M2.5 8h8M7.5 4.8 10.7 8l-3.2 3.2M13.5 2.5v11",
  database: "M3 4.2C3 3 5.2 2.2 8 2.2s5 .8 5 2-2.2 2-5 2-5-.8-5-2zM3 4.2v7.6c0 1.2 2.2 2 5 2s5-.8 5-2V4.2M3 8c0 1.2 2.2 2 5 2s5-.8 5-2",
  cache: "M8.8 1.8 3.5 9h4l-.8 5.2L12.5 7h-4z",
  queue: "M2 5h3v6H2zM6.5 5h3v6h-3zM11 5h3v6h-3z",
  external: "M4.5 12.5a3 3 0 0 1-.3-6 4 4 0 0 1 7.6.8 2.6 2.6 0 0 1-.3 5.2z",
  unknown: "M5.6 6a2.4 2.4 0 1 1 3.6 2.1c-.8.5-1.2 1-1.2 1.9M8 12.6v.1",
});
/** @type {Map<string, Path2D>} */ const paths = new Map();

/** Plain services have no icon: most nodes are. @param {string} kind */
export const hasIcon = (kind) => kind in ICONS;

/** A 16 × 16 outline at (x, y). @param {CanvasRenderingContext2D} ctx @param {string} kind @param {number} x @param {number} y @param {number} scale @param {string} colour */
export function kindIcon(ctx, kind, x, y, scale, colour) {
  let path = paths.get(kind);
  if (!path) paths.set(kind, (path = new Path2D(ICONS[kind])));
  ctx.save();
  ctx.translate(x, y);
  ctx.scale(scale, scale);
  ctx.strokeStyle = colour;
  ctx.lineWidth = 1.4;
  ctx.lineCap = ctx.lineJoin = "round";
  ctx.stroke(path);
  ctx.restore();
}

/** @param {CanvasRenderingContext2D} ctx @param {Health} health @param {number} x @param {number} y middle @param {number} r @param {Palette} palette */
export function healthShape(ctx, health, x, y, r, palette) {
  ctx.beginPath();
  if (health === "degraded") {
    ctx.moveTo(x, y - r);
    ctx.lineTo(x + r * 1.08, y + r * 0.85);
    ctx.lineTo(x - r * 1.08, y + r * 0.85);
    ctx.closePath();
    ctx.fillStyle = palette.warnFill;
    ctx.fill();
  } else if (health === "failing") {
    ctx.moveTo(x, y - r * 1.2);
    ctx.lineTo(x + r * 1.2, y);
    ctx.lineTo(x, y + r * 1.2);
    ctx.lineTo(x - r * 1.2, y);
    ctx.closePath();
    ctx.fillStyle = palette.badFill;
    ctx.fill();
  } else if (health === "healthy") {
    ctx.arc(x, y, r * 0.72, 0, 7);
    ctx.fillStyle = palette.ok;
    ctx.fill();
  } else if (health === "idle") {
    ctx.arc(x, y, r * 0.72, 0, 7);
    ctx.strokeStyle = palette.idle;
    ctx.lineWidth = r * 0.28;
    ctx.stroke();
  } else {
    ctx.roundRect(x - r * 0.75, y - r * 0.75, r * 1.5, r * 1.5, 1.5);
    ctx.strokeStyle = palette.unknown;
    ctx.lineWidth = r * 0.28;
    ctx.setLineDash([r * 0.44, r * 0.36]);
    ctx.stroke();
    ctx.setLineDash([]);
  }
}

/** How wide and high a lock with its ground is. */
export const LOCK = 15;

/** A lock on a round ground, its upper left corner at (x, y); an open one is darker, since it asks to be seen. @param {CanvasRenderingContext2D} ctx @param {number} x @param {number} y @param {boolean} open @param {Palette} palette */
export function lock(ctx, x, y, open, palette) {
  const middle = x + LOCK / 2;
  ctx.beginPath();
  ctx.arc(middle, y + LOCK / 2, LOCK / 2, 0, 7);
  ctx.fillStyle = palette.surface;
  ctx.fill();
  ctx.fillStyle = ctx.strokeStyle = open ? palette.text : palette.text3;
  ctx.beginPath();
  ctx.roundRect(middle - 3.2, y + 6.8, 6.4, 4.7, 1);
  ctx.fill();
  ctx.beginPath();
  ctx.arc(middle, y + (open ? 5.2 : 6.4), 2, Math.PI, 0);
  if (!open) ctx.lineTo(middle + 2, y + 7);
  ctx.moveTo(middle - 2, y + (open ? 5.2 : 6.4));
  ctx.lineTo(middle - 2, y + 7);
  ctx.lineWidth = 1.2;
  ctx.stroke();
}
