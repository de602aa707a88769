/**
 * Parts of a page that the server words: asked again with `?part=live`, put in place of the old where they differ.
 * One renderer for words, so that a sentence reads the same with and without a script.
 */

import { spriteUrl } from "../ui/health.js";
import { tellTimes } from "../ui/time.js";

/** The page's address, asking for its live parts only. @param {string} href */
export function partsUrl(href) {
  const url = new URL(href);
  url.searchParams.set("part", "live");
  url.hash = "";
  return url.href;
}

/** Who has been signed out sees the sign-in page, which leads back here. @param {string} url @param {number[]} said statuses whose answer is a page that says why @returns {Promise<Document>} raises if the answer is no page of ours */
export async function fetchPage(url, said = []) {
  const response = await fetch(url, { headers: { Accept: "text/html" } });
  const signedOut = response.redirected && new URL(response.url).pathname === "/sign-in/";
  if (signedOut) location.reload();
  if (signedOut || !(response.ok || said.includes(response.status))) throw new Error(`answered ${response.status}`);
  return new DOMParser().parseFromString(await response.text(), "text/html");
}

/** Text as it was written, without what scripts did to times. @param {Element} part */
function gist(part) {
  const copy = /** @type {Element} */ (part.cloneNode(true));
  for (const time of copy.querySelectorAll("time")) {
    time.textContent = "";
    time.removeAttribute("title");
  }
  return copy.outerHTML;
}

/** Puts the parts of `fresh` in place; those that say the same stay untouched, so that focus and selection do. @param {Document} fresh @param {Document} page */
export function placeParts(fresh, page) {
  for (const part of fresh.querySelectorAll("[data-part]")) {
    const old = page.querySelector(`[data-part="${part.getAttribute("data-part")}"]`);
    if (!old || gist(old) === gist(part)) continue;
    const focused = old.contains(page.activeElement) ? page.activeElement?.getAttribute("href") : null;
    const adopted = page.importNode(part, true);
    tellTimes(adopted, new Date());
    old.replaceWith(adopted);
    if (focused) /** @type {HTMLElement|null} */ (adopted.querySelector(`[href="${CSS.escape(focused)}"]`))?.focus();
  }
}

/** Becomes the page that `fresh` is, without a reload: the socket, the store and what base.js bound stay. @param {Document} fresh */
export async function becomePage(fresh) {
  document.title = fresh.title;
  for (const { name } of [...document.body.attributes]) document.body.removeAttribute(name);
  for (const { name, value } of fresh.body.attributes) document.body.setAttribute(name, value);
  document.documentElement.dataset.icons = fresh.documentElement.dataset.icons ?? spriteUrl();
  document.body.replaceChildren(...document.importNode(fresh.body, true).childNodes);
  tellTimes(document, new Date());
  for (const script of fresh.head.querySelectorAll("script[type=module][src]")) await import(new URL(script.getAttribute("src") ?? "", location.href).href);
  document.dispatchEvent(new CustomEvent("pagechange"));
}
