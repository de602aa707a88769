/** The picture of all matches under the pointer: says what a cell holds, and lets a part be dragged. The form below it is the same by keyboard. */
import { cellWords, duration, localTime, partOf, partWords, placeAt } from "./brush.js";

const DRAG_PX = 4;

/** @param {HTMLElement} root `#map` @param {HTMLFormElement} form the fields of the brush */
export function brushable(root, form) {
  const svg = /** @type {SVGSVGElement} */ (root.querySelector(".trcells"));
  const brush = /** @type {SVGRectElement} */ (root.querySelector(".hmbrush"));
  const here = /** @type {HTMLElement|null} */ (root.parentElement?.querySelector("#map-here"));
  const number = (/** @type {string} */ name) => Number(root.dataset[name]);
  const grid = { since: number("since"), step_s: number("step"), columns: number("columns"), low: number("low"), rows: number("rows") };
  const idle = here?.textContent ?? "";
  for (const text of root.querySelectorAll("[data-at]")) text.textContent = localTime(Date.parse(text.getAttribute("data-at") ?? "")).slice(11, 16);

  /** @type {{x: number, y: number, at: import("./brush.js").Place}|null} */
  let start = null;
  const before = ["x", "y", "width", "height"].map((name) => brush.getAttribute(name));
  const hidden = brush.hasAttribute("hidden");

  const place = (/** @type {PointerEvent} */ event) => {
    const box = svg.getBoundingClientRect();
    return placeAt((event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height, grid);
  };
  const say = (/** @type {string} */ text) => {
    if (here) here.textContent = text;
  };
  /** @param {import("./brush.js").Place} a @param {import("./brush.js").Place} b */
  const draw = (a, b) => {
    const tall = svg.getBoundingClientRect().height / grid.rows;
    const box = [(100 * Math.min(a.column, b.column)) / grid.columns, Math.min(a.row, b.row) * tall, (100 * (Math.abs(a.column - b.column) + 1)) / grid.columns, (Math.abs(a.row - b.row) + 1) * tall];
    ["x", "y", "width", "height"].forEach((name, i) => brush.setAttribute(name, i % 2 ? String(box[i]) : `${box[i]}%`));
    brush.removeAttribute("hidden");
  };
  const giveUp = () => {
    start = null;
    ["x", "y", "width", "height"].forEach((name, i) => before[i] !== null && brush.setAttribute(name, before[i]));
    brush.toggleAttribute("hidden", hidden);
    say(idle);
  };

  svg.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    start = { x: event.clientX, y: event.clientY, at: place(event) };
    svg.setPointerCapture(event.pointerId);
    event.preventDefault();
  });
  svg.addEventListener("pointermove", (event) => {
    const at = place(event);
    if (start) {
      draw(start.at, at);
      say(partWords(partOf(start.at, at, grid)));
      return;
    }
    const cell = event.target instanceof SVGRectElement && event.target.dataset.n ? event.target.dataset : null;
    say(cell ? cellWords(partOf(at, at, grid), Number(cell.n), Number(cell.f)) : idle);
  });
  svg.addEventListener("pointerleave", () => !start && say(idle));
  svg.addEventListener("pointercancel", giveUp);
  svg.addEventListener("pointerup", (event) => {
    if (!start) return;
    const far = Math.hypot(event.clientX - start.x, event.clientY - start.y) >= DRAG_PX;
    const onCell = event.target instanceof SVGRectElement && event.target.dataset.n;
    if (!far && !onCell) return giveUp();
    const part = partOf(start.at, place(event), grid);
    start = null;
    const field = (/** @type {string} */ name) => /** @type {HTMLInputElement} */ (form.elements.namedItem(name));
    field("brush_from").value = localTime(part.from);
    field("brush_to").value = localTime(part.to);
    field("brush_min").value = duration(part.min);
    field("brush_max").value = duration(part.max);
    form.requestSubmit();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && start) giveUp();
  });
}
