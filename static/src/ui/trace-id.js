/**
 * A trace id as people paste it: alone, as a UUID, in a `traceparent` or another header, or in a log line that calls it
 * `trace_id`. The same rules in telemetry/trace_id.py; tests/cases/trace-ids.json holds both to them.
 */

const LONGEST = 4000;
// Nothing else looks like a traceparent (W3C), so it is found anywhere.
const PARENT = /(?<![0-9a-z-])[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}(?![0-9a-z-])/g;
// What loggers write: trace_id=…, "traceId": "…", trace.id …
const NAMED = /(?<![a-z0-9])trace[_. -]?id[^0-9a-z]{1,4}([0-9a-f]{32}|[0-9a-f]{16})(?![0-9a-z])/g;
// 32 or 16 digits or a UUID, perhaps with a span behind it (b3, uber-trace-id). Inside other text it may be anything.
const ALONE = /^[\s"']*([0-9a-f]{32}|[0-9a-f]{16}|[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})(?:[-:][0-9a-f]{16}[-:0-9a-f]*)?[\s"',;]*$/g;

/** 32 lower-case hex digits, null if `text` names no trace. @param {string} text @returns {string|null} */
export function traceIdIn(text) {
  const said = text.slice(0, LONGEST).toLowerCase();
  for (const pattern of [PARENT, NAMED, ALONE]) {
    for (const match of said.matchAll(pattern)) {
      const id = (match[1] ?? "").replaceAll("-", "").padStart(32, "0");
      if (/[^0]/.test(id)) return id;
    }
  }
  return null;
}

/**
 * In every search field of the page, a trace id leads to its trace: at once where it is pasted into an empty field, else
 * by Enter. @param {(address: string) => void} go
 */
export function followTraceIds(go) {
  const follow = (/** @type {Event} */ event, /** @type {string} */ text) => {
    const id = traceIdIn(text);
    if (id === null) return;
    event.preventDefault();
    event.stopPropagation();
    go(`/traces/${id}/`);
  };
  // Before the field's own listeners: what they would look for is no name of theirs.
  document.addEventListener(
    "keydown",
    (event) => {
      if (event.key === "Enter" && !event.isComposing && isSearch(event.target)) follow(event, event.target.value);
    },
    true,
  );
  document.addEventListener(
    "paste",
    (event) => {
      if (isSearch(event.target) && event.target.value === "") follow(event, event.clipboardData?.getData("text") ?? "");
    },
    true,
  );
}

/** @param {EventTarget|null} target @returns {target is HTMLInputElement} */
const isSearch = (target) => target instanceof HTMLInputElement && target.type === "search";
