/** Every page: theme, keys, copy buttons; on a live page also the socket, pause and the strip that says it is lost. */

import { goLive, onConnection, connection, store } from "../live/live.js";
import { copyButtons } from "../ui/copy.js";
import { bindKeys, keysAreOn, switchKeys } from "../ui/keys.js";
import { say } from "../ui/live-region.js";
import { toggleTheme } from "../ui/theme.js";
import { clock, span, tellTimes } from "../ui/time.js";

const byId = (/** @type {string} */ id) => document.getElementById(id);
const go = (/** @type {string} */ path) => () => location.assign(path);
const help = /** @type {HTMLDialogElement|null} */ (byId("keys"));

byId("theme")?.addEventListener("click", toggleTheme);
byId("help")?.addEventListener("click", () => help?.showModal());
copyButtons(document);

const single = /** @type {HTMLInputElement|null} */ (byId("single-keys"));
if (single) {
  single.checked = keysAreOn();
  single.addEventListener("change", () => switchKeys(single.checked));
}

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]"))
    if (!(event.target instanceof Node && menu.contains(event.target))) menu.removeAttribute("open");
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    menu.removeAttribute("open");
    menu.querySelector("summary")?.focus();
  }
});

setInterval(() => tellTimes(document, new Date()), 1000);
tellTimes(document, new Date());

const window_ = document.body.dataset.live;
bindKeys({ d: toggleTheme, "?": () => help?.showModal(), "Shift+?": () => help?.showModal(), ...(window_ ? { "g n": go("/"), "g g": go("/graph/") } : {}) });
if (window_) live(window_);

/** @param {string} window_ */
function live(window_) {
  const time = byId("time");
  const strip = byId("strip");

  function tellPause() {
    time?.setAttribute("aria-pressed", String(store.paused));
    byId("time-live")?.toggleAttribute("hidden", store.paused);
    byId("time-paused")?.toggleAttribute("hidden", !store.paused);
    const at = byId("time-at");
    if (at && store.paused) at.textContent = store.graph.at ? clock(new Date(store.graph.at)) : "";
  }

  function togglePause() {
    if (store.paused) store.resume();
    else store.pause();
    tellPause();
    say(store.paused ? "Paused" : "Live");
  }

  /** Said only after two seconds without one: a page that opens or a server that starts again is no news. */
  function tellConnection() {
    const { state, since } = connection();
    const seconds = (Date.now() - since.getTime()) / 1000;
    byId("time-dot")?.classList.toggle("off", state !== "open");
    if (!strip) return;
    strip.hidden = state === "open" || seconds < 2;
    if (strip.hidden) return;
    const picture = store.graph.at ? ` The picture is from ${clock(new Date(store.graph.at))}.` : "";
    strip.textContent = `Not live: no connection for ${span(seconds)}, trying again.${picture}`;
  }

  time?.addEventListener("click", togglePause);
  bindKeys({ l: togglePause });
  onConnection(tellConnection);
  setInterval(tellConnection, 1000);
  goLive(window_);
}
