/** Find in a trace: by service, operation, version, how it ended, id. Every word must be somewhere. Pure. */

/** @typedef {import("./outline.js").Outline} Outline */

/** The places of all spans that fit, in order of start; null where nothing is looked for. @param {Outline} trace @param {string} text @returns {number[]|null} */
export function found(trace, text) {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (!words.length) return null;
  const { service, operation, version, word, id } = trace.columns;
  // Each text is looked at once, however many spans have it.
  const has = (/** @type {string[]} */ list) => words.map((each) => new Set(list.flatMap((said, at) => (said.toLowerCase().includes(each) ? [at] : []))));
  const [inService, inOperation, inVersion, inWord] = [trace.services, trace.operations, trace.versions, trace.words].map(has);
  const fits = [];
  for (let i = 0; i < trace.size; i++) {
    const all = words.every((each, w) => inService[w].has(service[i]) || inOperation[w].has(operation[i]) || inVersion[w].has(version[i]) || inWord[w].has(word[i]) || id[i].includes(each));
    if (all) fits.push(i);
  }
  return fits;
}
