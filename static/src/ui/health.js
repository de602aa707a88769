/** A health mark: a shape first, a colour second, a word third. The shapes are symbols of the icon sprite. */

const SVG = "http://www.w3.org/2000/svg";

/** Address of the sprite, which base.html puts on `<html>`. */
export const spriteUrl = () => document.documentElement.dataset.icons ?? "";

/** @param {string} name a symbol of the sprite @param {string} classes */
export function icon(name, classes = "i") {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", classes);
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `${spriteUrl()}#${name}`);
  svg.append(use);
  return svg;
}

/** @param {string} health */
export function healthMark(health) {
  const svg = icon(health, "h");
  svg.removeAttribute("aria-hidden");
  svg.setAttribute("role", "img");
  setHealth(svg, health);
  return svg;
}

/** Turns an existing mark into another health; no work if it is that already. @param {Element} mark @param {string} health */
export function setHealth(mark, health) {
  if (mark.getAttribute("data-h") === health) return;
  mark.setAttribute("data-h", health);
  mark.setAttribute("aria-label", health);
  mark.querySelector("use")?.setAttribute("href", `${spriteUrl()}#${health}`);
}
