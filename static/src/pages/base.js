/**
 * Every page: theme, keys, copy buttons; on a live page also the socket, pause and the strip that says it is lost.
 * All is bound to the document, not to elements, since the empty page becomes another without a reload.
 */

import { connection, goLive, onConnection, store } from "../live/live.js";
import { copyButtons } from "../ui/copy.js";
import { bindKeys, keysAreOn, switchKeys } from "../ui/keys.js";
import { say } from "../ui/live-region.js";
import { toggleTheme } from "../ui/theme.js";
import { clock, span, tellTimes } from "../ui/time.js";
import { followTraceIds } from "../ui/trace-id.js";

const QUIET_S = 2;

const byId = (/** @type {string} */ id) => document.getElementById(id);
const help = () => /** @type {HTMLDialogElement|null} */ (byId("keys"))?.showModal();
const window_ = document.body.dataset.live;

/** @type {Record<string, () => void>} */
const acts = { theme: toggleTheme, help, time: togglePause };

document.addEventListener("click", (event) => {
  const target = event.target instanceof Element ? event.target : null;
  const act = acts[target?.closest("button")?.id ?? ""];
  if (act) act();
  for (const menu of document.querySelectorAll("details.menu[open]")) if (!menu.contains(target)) menu.removeAttribute("open");
});
document.addEventListener("change", (event) => {
  if (event.target instanceof HTMLInputElement && event.target.id === "single-keys") switchKeys(event.target.checked);
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    menu.removeAttribute("open");
    menu.querySelector("summary")?.focus();
  }
});
copyButtons(document);
followTraceIds((address) => location.assign(address));

function togglePause() {
  if (store.paused) store.resume();
  else store.pause();
  tellPause();
  say(store.paused ? "Paused" : "Live");
}

function tellPause() {
  byId("time")?.setAttribute("aria-pressed", String(store.paused));
  byId("time-live")?.toggleAttribute("hidden", store.paused);
  byId("time-paused")?.toggleAttribute("hidden", !store.paused);
  const at = byId("time-at");
  if (at) at.textContent = store.paused && store.graph.at ? clock(new Date(store.graph.at)) : "";
}

/** Said only after two seconds without one: a page that opens or a server that starts again is no news. */
function tellConnection() {
  const { state, since } = connection();
  const seconds = (Date.now() - since.getTime()) / 1000;
  byId("time-dot")?.classList.toggle("off", state === "lost");
  const strip = byId("strip");
  if (!strip) return;
  strip.hidden = state === "open" || seconds < QUIET_S;
  const picture = store.graph.at ? ` The picture is from ${clock(new Date(store.graph.at))}.` : "";
  const text = `Not live: no connection for ${span(seconds)}, trying again.${picture}`;
  if (!strip.hidden) strip.textContent = text;
}

function settle() {
  const single = /** @type {HTMLInputElement|null} */ (byId("single-keys"));
  if (single) single.checked = keysAreOn();
  if (window_) tellPause();
}

document.addEventListener("pagechange", settle);
settle();
const go = (/** @type {string} */ path) => () => location.assign(path);
bindKeys({ d: toggleTheme, "?": help, "Shift+?": help, "g n": go("/"), "g g": go("/graph/"), "g t": go("/traces/") });
if (window_) {
  bindKeys({ l: togglePause });
  onConnection(tellConnection);
  goLive(window_);
}
tellTimes(document, new Date());
setInterval(() => {
  tellTimes(document, new Date());
  if (window_) tellConnection();
}, 1000);
