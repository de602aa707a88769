/** Sentences about a call that are more than a number: how it is secured, who its ends are, what retries cost, who counted it. Pure. */
import { GAP, part, ratio } from "./number.js";

/**
 * @typedef {import("../graph/model.js").Edge} Edge
 * @typedef {{per_request: number, success_first_try: number|null, success_in_the_end: number|null}} Attempts
 */

/** What each evidence says when it counts, and what it adds where another counts. @type {Record<string, [string, string]>} */
const EVIDENCE = {
  metrics: ["metrics that name both ends", "latency"],
  logs: ["access logs", "flags, identities and examples"],
  stats: ["proxy statistics", "retries and saturation"],
  spans: ["spans", "operations and examples"],
};
/** As health judges it (DESIGN.md section 4). */
const NEARLY_FULL = 0.8;

/** @param {number|null|undefined} mtls */
export function security(mtls) {
  if (mtls == null) return "Nothing says whether it is encrypted.";
  if (mtls >= 1) return "All of it is mutual TLS.";
  return mtls <= 0 ? "All of it is plaintext." : `${part(mtls)} is mutual TLS, the rest plaintext.`;
}

/** Who an identity is, without what is the same for all of a mesh (mesh-telemetry.md §6.1). @param {string} identity */
export function shortIdentity(identity) {
  const linkerd = /^([^./]+)\.([^./]+)\.serviceaccount\.identity\./.exec(identity);
  if (linkerd) return `${linkerd[2]}/${linkerd[1]}`;
  const uri = /^spiffe:\/\/[^/]+\/(.+)$/.exec(identity);
  if (!uri) return identity;
  const named = /(?:^|\/)ns\/([^/]+)(?:\/dc\/[^/]+)?\/(?:sa|svc)\/(.+)$/.exec(uri[1]);
  return named ? `${named[1]}/${named[2]}` : uri[1];
}

/** `1.23 tries per request; 86 % succeed at the first try, 99 % in the end.` @param {Attempts|null|undefined} attempts */
export function tries(attempts) {
  if (!attempts) return "";
  const { per_request, success_first_try: first, success_in_the_end: end } = attempts;
  if (per_request <= 1) return "No request is tried again.";
  const each = per_request < 1.005 ? "Hardly any request is tried again" : `${per_request.toFixed(2)} tries per request`;
  if (end == null) return `${each}.`;
  if (first == null) return `${each}; ${part(end)} succeed in the end.`;
  return `${each}; ${part(first)} succeed at the first try, ${part(end)} in the end.`;
}

/** What a saturation means to who calls. @param {number|null|undefined} saturation @param {Record<string, number>} flags */
export function fullness(saturation, flags) {
  if (saturation == null) return "";
  if (saturation >= 1) return flags.UO ? "Full: the circuit breaker refuses what comes on top." : "Full: what comes on top waits or is refused.";
  if (saturation >= NEARLY_FULL) return `${ratio(saturation)} of what is allowed is in use; at 100${GAP}% calls are refused.`;
  return `${ratio(saturation)} of what is allowed is in use.`;
}

/** @param {number|null|undefined} ejected share of the hosts; the worst, where a proxy has a cluster for each version @param {number} versions how many are called */
export function ejections(ejected, versions) {
  if (!ejected) return "";
  if (versions > 1) return `${ratio(ejected)} of the hosts of one version are ejected for failing; others take their traffic.`;
  if (ejected >= 1) return "All of its hosts are ejected for failing: nothing is left to call.";
  return `${ratio(ejected)} of its hosts are ejected for failing; the others take their traffic.`;
}

/** `Counted from access logs; spans add operations and examples.` @param {string[]} evidence the one that counted first */
export function counted(evidence) {
  if (!evidence.length) return "";
  const [first, ...others] = evidence.map((name) => EVIDENCE[name] ?? [name, "more"]);
  return `${[`Counted from ${first[0]}`, ...others.map(([name, adds]) => `${name} add ${adds}`)].join("; ")}.`;
}
