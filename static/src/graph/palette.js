/** The tokens of the stylesheet as colours a canvas understands; read again when the theme changes. */

const COLOURS = {
  bg: "var(--bg)", surface: "var(--surface)", raised: "var(--raised)", box: "var(--box)", line: "var(--line)", line2: "var(--line-2)",
  text: "var(--text)", text2: "var(--text-2)", text3: "var(--text-3)", accent: "var(--accent)", edge: "var(--edge)",
  ok: "var(--ok)", warn: "var(--warn)", warnFill: "var(--warn-fill)", bad: "var(--bad)", badFill: "var(--bad-fill)",
  idle: "var(--idle)", unknown: "var(--unknown)",
  failingChip: "color-mix(in oklab, var(--bad-bg) 70%, var(--raised))",
  degradedChip: "color-mix(in oklab, var(--warn-bg) 60%, var(--raised))",
};

/** @typedef {Record<keyof typeof COLOURS, string> & {sans: string}} Palette */

/** @param {HTMLElement} host an element of the page; a probe is put into it for a moment @returns {Palette} */
export function readPalette(host) {
  const probe = document.createElement("i");
  probe.hidden = true;
  host.append(probe);
  const style = getComputedStyle(probe);
  const palette = Object.fromEntries(Object.entries(COLOURS).map(([name, value]) => {
    probe.style.color = value;
    return [name, style.color];
  }));
  const sans = style.getPropertyValue("--sans").trim();
  probe.remove();
  return /** @type {Palette} */ ({ ...palette, sans });
}
