/** State worth sharing ↔ the query string. A value equal to its default is left out, so that links stay short. */

/** @param {string} search @param {Record<string, string>} defaults @returns {Record<string, string>} */
export function readQuery(search, defaults) {
  const query = new URLSearchParams(search);
  return Object.fromEntries(Object.entries(defaults).map(([name, fallback]) => [name, query.get(name) ?? fallback]));
}

/** The query string with `state` in it; names that are not of `defaults` stay as they are. @param {string} search @param {Record<string, string>} state @param {Record<string, string>} defaults */
export function writeQuery(search, state, defaults) {
  const query = new URLSearchParams(search);
  for (const [name, fallback] of Object.entries(defaults)) {
    const value = state[name] ?? fallback;
    if (value === fallback) query.delete(name);
    else query.set(name, value);
  }
  const text = query.toString();
  return text ? `?${text}` : "";
}
