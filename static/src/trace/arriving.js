/** A trace whose spans still arrive: asks again every two seconds, gets an answer only if there is more. */

const EVERY_MS = 2000;

/**
 * @param {() => string} version of what is shown, as the server names it @param {(fresh: Document, version: string) => number} take answers for how many more seconds spans are waited for
 * @param {number} seconds for how long it is asked at first
 */
export function follow(version, take, seconds) {
  let until = performance.now() + seconds * 1000;
  const ask = async () => {
    if (document.hidden) return;
    try {
      const answer = await fetch(`${location.pathname}?part=live`, { headers: { Accept: "text/html", ...(version() ? { "If-None-Match": version() } : {}) }, cache: "no-store" });
      if (answer.status !== 200 || answer.redirected) return;
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      until = performance.now() + take(fresh, answer.headers.get("ETag") ?? "") * 1000;
    } catch {
      // Not reached: the next beat asks again.
    }
  };
  const beat = async () => {
    await ask();
    if (performance.now() < until) setTimeout(beat, EVERY_MS);
  };
  if (seconds <= 0) return;
  setTimeout(beat, EVERY_MS);
  // What came while nobody looked, also if that was longer than it is waited for.
  document.addEventListener("visibilitychange", () => void ask());
}

/** The trace that a page or an answer holds. @param {Document} page @returns {import("./outline.js").Body} */
export const arrivingOf = (page) => JSON.parse(page.getElementById("outline")?.textContent ?? "{}");
