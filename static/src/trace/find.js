/** Find in a trace: by service, operation, version, how it ended, id, and by what only the server knows. Every word must be somewhere. Pure. */

/** @typedef {import("./outline.js").Outline} Outline */

/** @param {string} text */
export const wordsOf = (text) => [...new Set(text.toLowerCase().split(/\s+/).filter(Boolean))];

/**
 * The places of all spans that fit, in order of start; null where nothing is looked for.
 * @param {Outline} trace @param {string} text @param {Record<string, string[]>} [said] by word the ids of spans that say it in attributes and events
 * @returns {number[]|null}
 */
export function found(trace, text, said = {}) {
  const words = wordsOf(text);
  if (!words.length) return null;
  const { service, operation, version, word, id } = trace.columns;
  // Each text is looked at once, however many spans have it.
  const has = (/** @type {string[]} */ list) => words.map((each) => new Set(list.flatMap((said, at) => (said.toLowerCase().includes(each) ? [at] : []))));
  const [inService, inOperation, inVersion, inWord] = [trace.services, trace.operations, trace.versions, trace.words].map(has);
  const further = words.map((each) => new Set(said[each] ?? []));
  const fits = [];
  for (let i = 0; i < trace.size; i++) {
    const all = words.every((each, w) => inService[w].has(service[i]) || inOperation[w].has(operation[i]) || inVersion[w].has(version[i]) || inWord[w].has(word[i]) || id[i].includes(each) || further[w].has(id[i]));
    if (all) fits.push(i);
  }
  return fits;
}
