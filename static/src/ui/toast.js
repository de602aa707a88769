/** A word in the corner for five seconds, read aloud by its polite live region. */

const SHOWN_MS = 5000;

/** @param {string} text */
export function toast(text) {
  const note = document.createElement("p");
  note.className = "toast";
  note.textContent = text;
  document.getElementById("toasts")?.append(note);
  setTimeout(() => note.remove(), SHOWN_MS);
}
