/** ELK in its own worker, fetched when a layout is first needed: positions that were kept need none. */

/** @param {string} workerUrl @returns {import("./layout.js").Elk} */
export function elkAt(workerUrl) {
  /** @type {Promise<{layout: (graph: any) => Promise<any>}>|undefined} */ let engine;
  return async (question) => {
    engine ??= import("elkjs/lib/elk-api.js").then(({ default: Elk }) => new Elk({ workerUrl }));
    return (await engine).layout(question);
  };
}
