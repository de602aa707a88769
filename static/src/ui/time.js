/** Times as a person reads them: relative under an hour, else the clock time; the other one in the title. */

const two = (/** @type {number} */ value) => String(value).padStart(2, "0");

/** `03:12:40` in the viewer's zone. @param {Date} at */
export const clock = (at) => `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;

/** `12 s`, `4 min`, `3 h`, `2 d`. @param {number} seconds */
export function span(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min`;
  return whole < 86400 ? `${Math.floor(whole / 3600)} h` : `${Math.floor(whole / 86400)} d`;
}

/** @param {Date} at @param {Date} now */
export function ago(at, now) {
  const seconds = (now.getTime() - at.getTime()) / 1000;
  if (seconds < 1) return "now";
  return seconds < 3600 ? `${span(seconds)} ago` : clock(at).slice(0, 5);
}

/** Every `<time datetime>` below `root` gets its words, and the clock time as title. @param {ParentNode} root @param {Date} now */
export function tellTimes(root, now) {
  for (const element of root.querySelectorAll("time[datetime]")) {
    const at = new Date(/** @type {string} */ (element.getAttribute("datetime")));
    if (Number.isNaN(at.getTime())) continue;
    const words = ago(at, now);
    if (element.textContent !== words) element.textContent = words;
    element.setAttribute("title", at.toLocaleString());
  }
}
