/** Copy buttons: `data-copy="#id"` copies that element's text, `data-copy-text` its own value. */

import { toast } from "./toast.js";

/** @param {Element} button */
function textOf(button) {
  const own = button.getAttribute("data-copy-text");
  if (own !== null) return own;
  return document.querySelector(button.getAttribute("data-copy") ?? "")?.textContent ?? "";
}

/** Where the page is not on https or localhost there is no clipboard API: select the text instead. @param {Element} button */
function select(button) {
  const source = document.querySelector(button.getAttribute("data-copy") ?? "") ?? button.parentElement?.querySelector("code");
  if (!source) return;
  getSelection()?.selectAllChildren(source);
  toast("Selected; press Ctrl C to copy");
}

/** @param {Document} root */
export function copyButtons(root) {
  root.addEventListener("click", async (event) => {
    const button = event.target instanceof Element ? event.target.closest("[data-copy], [data-copy-text]") : null;
    if (!button) return;
    try {
      await navigator.clipboard.writeText(textOf(button));
      toast("Copied");
    } catch {
      select(button);
    }
  });
}
