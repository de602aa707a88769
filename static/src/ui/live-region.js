/** Sentences for screen readers: polite, at most one in five seconds, the newest wins. */

const SPACING_MS = 5000;
let last = -SPACING_MS;
let pending = "";
/** @type {ReturnType<typeof setTimeout>|undefined} */
let timer;

/** @param {string} sentence */
export function say(sentence) {
  pending = sentence;
  if (timer !== undefined) return;
  timer = setTimeout(speak, Math.max(0, last + SPACING_MS - performance.now()));
}

function speak() {
  timer = undefined;
  last = performance.now();
  const region = document.getElementById("live-region");
  if (region) region.textContent = pending;
}
