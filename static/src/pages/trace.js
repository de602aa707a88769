/** The page of one trace: finds its parts, joins them, and hands keys and clicks on. */
import { arrivingOf, follow } from "../trace/arriving.js";
import { Desk, VIEWS } from "../trace/desk.js";
import { Detail } from "../trace/detail.js";
import { Minimap } from "../trace/minimap.js";
import { Waterfall } from "../trace/waterfall.js";
import { bindKeys, keysAreOn } from "../ui/keys.js";
import { say } from "../ui/live-region.js";
import { toast } from "../ui/toast.js";

const byId = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));
const rows = byId("rows");
const other = byId("other");
const find = /** @type {HTMLInputElement} */ (byId("find"));
const aside = byId("detail");
const detail = new Detail(aside);
const body = arrivingOf(document);
const desk = new Desk(body, {
  detail, rows, other, say,
  waterfall: new Waterfall({ rows, axis: /** @type {SVGSVGElement} */ (/** @type {unknown} */ (byId("axis"))), sticky: byId("sticky") }),
  minimap: new Minimap(byId("mini"), byId("brush"), (view) => desk.zoomTo(view)),
  body: byId("body"),
});
follow(() => desk.version, (fresh, version) => {
  const next = arrivingOf(fresh);
  desk.update(next, fresh, version);
  return next.arriving_s;
}, body.arriving_s);

const indexOf = (/** @type {Element|null|undefined} */ element) => Number(/** @type {HTMLElement|null|undefined} */ (element)?.dataset.index ?? -1);
const close = () => {
  desk.select(-1);
  (desk.view === "waterfall" ? rows : other).focus({ preventScroll: true });
};
const copyLink = async () => {
  try {
    await navigator.clipboard.writeText(desk.link);
    toast("Link copied");
  } catch {
    toast("The address of this page is the link");
  }
};
const inRows = (/** @type {() => void} */ act) => () => {
  if (desk.view === "waterfall") act();
};
const nextView = () => desk.turnTo(VIEWS[(VIEWS.indexOf(desk.view) + 1) % VIEWS.length]);

find.value = desk.finding;
find.addEventListener("input", () => desk.find(find.value));
find.addEventListener("keydown", (event) => {
  if (event.key === "Enter") desk.hit(event.shiftKey ? -1 : 1);
  if (event.key !== "Escape") return;
  event.stopPropagation();
  if (find.value) {
    find.value = "";
    desk.find("");
  } else rows.focus();
});
for (const id of ["zoom-from", "zoom-to"]) byId(id).addEventListener("change", () => {
  const [from, to] = ["zoom-from", "zoom-to"].map((each) => Number(/** @type {HTMLInputElement} */ (byId(each)).value) * 1000);
  if (to > from) desk.zoomTo({ from, to });
});

document.addEventListener("click", (event) => {
  const target = event.target instanceof Element ? event.target : null;
  const button = target?.closest("button");
  const act = /** @type {HTMLElement|null} */ (target?.closest("[data-act]"))?.dataset.act;
  const row = target?.closest("#rows [data-index]");
  const named = target?.closest("[data-part=cards] a[data-index], #other [data-index]");
  const view = button?.dataset.view;
  const sort = button?.dataset.sort;
  if (act === "close") close();
  else if (act === "turn") desk.turn(indexOf(row));
  else if (act === "unfold") desk.unfold(indexOf(row));
  else if (row) desk.select(indexOf(row) === desk.chosen ? -1 : indexOf(row));
  else if (sort) desk.sort(sort);
  else if (view) desk.turnTo(view);
  else if (button?.id === "fold") desk.foldAll();
  else if (button?.id === "critical") desk.toggleCritical();
  else if (button?.id === "zoom-all") desk.zoomOut();
  else if (named && !event.metaKey && !event.ctrlKey && !event.shiftKey) {
    event.preventDefault();
    if (named.closest("[data-part=cards]") && desk.view !== "waterfall") desk.turnTo("waterfall");
    desk.select(indexOf(named));
    if (event.detail === 0) detail.focus();
  }
});
other.addEventListener("keydown", (event) => {
  const target = event.target instanceof Element ? event.target.closest("g[data-index]") : null;
  if (!target || (event.key !== "Enter" && event.key !== " ")) return;
  event.preventDefault();
  desk.select(indexOf(target));
});
rows.addEventListener("keydown", (event) => {
  if (event.target !== rows || event.ctrlKey || event.metaKey || event.altKey) return;
  /** @type {Record<string, () => void>} */
  const acts = { ArrowDown: () => desk.step(1), ArrowUp: () => desk.step(-1), Home: () => desk.end("first"), End: () => desk.end("last"), Enter: () => detail.focus() };
  if (!acts[event.key]) return;
  event.preventDefault();
  acts[event.key]();
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !keysAreOn() || document.querySelector("dialog[open], details.menu[open]")) return;
  if (detail.holds(document.activeElement)) rows.focus({ preventScroll: true });
  else if (desk.chosen >= 0) close();
});
byId("copy-link")?.addEventListener("click", () => say("Link copied"));

bindKeys({
  j: inRows(() => desk.step(1)),
  k: inRows(() => desk.step(-1)),
  ArrowRight: inRows(() => desk.into()),
  ArrowLeft: inRows(() => desk.out()),
  x: inRows(() => desk.foldHere()),
  e: inRows(() => desk.error(1)),
  "Shift+E": inRows(() => desk.error(-1)),
  c: () => desk.toggleCritical(),
  y: () => void copyLink(),
  v: nextView,
  "+": () => desk.zoom(2),
  "Shift++": () => desk.zoom(2),
  "=": () => desk.zoom(2),
  "-": () => desk.zoom(0.5),
  0: () => desk.zoomOut(),
  "/": () => {
    find.focus();
    find.select();
  },
});
