/** Light or dark: `data-theme` on `<html>`, kept in a cookie so that the server renders it and nothing flashes. */

const YEAR_S = 31_536_000;

/** What is on screen now. @returns {"light"|"dark"} */
export function theme() {
  const chosen = document.documentElement.dataset.theme;
  if (chosen === "light" || chosen === "dark") return chosen;
  return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

/** Fires `themechange` on the document, for what draws its own colours. */
export function toggleTheme() {
  const next = theme() === "dark" ? "light" : "dark";
  document.documentElement.dataset.theme = next;
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `meshui_theme=${next}; Path=/; Max-Age=${YEAR_S}; SameSite=Lax${secure}`;
  document.dispatchEvent(new CustomEvent("themechange", { detail: next }));
}
