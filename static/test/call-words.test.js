/** What is said of a call beside its numbers, as one reads it at 3 a.m. */
import { describe, expect, test } from "vitest";
import { secured } from "../src/graph/words.js";
import { counted, ejections, fullness, security, shortIdentity, tries } from "../src/ui/call-words.js";

/** @param {string} text */
const plain = (text) => text.replaceAll("\u2009", " ");

test.each([
  [null, "", "Nothing says whether it is encrypted."],
  [undefined, "", "Nothing says whether it is encrypted."],
  [1, "mTLS", "All of it is mutual TLS."],
  [0, "plaintext", "All of it is plaintext."],
  [0.86, "86 % mTLS", "86 % is mutual TLS, the rest plaintext."],
  [0.9999, "> 99 % mTLS", "> 99 % is mutual TLS, the rest plaintext."],
  [0.0001, "< 0.1 % mTLS", "< 0.1 % is mutual TLS, the rest plaintext."],
])("mTLS of %s", (mtls, label, sentence) => {
  expect([plain(secured(mtls)), plain(security(mtls))]).toEqual([label, sentence]);
});

test.each([
  ["Istio", "spiffe://cluster.local/ns/shop/sa/web", "shop/web"],
  ["Kuma classic", "spiffe://default/web_shop_svc_80", "web_shop_svc_80"],
  ["Consul", "spiffe://11111111-2222.consul/ns/default/dc/dc1/svc/web", "default/web"],
  ["Consul with a partition", "spiffe://11111111-2222.consul/ap/east/ns/default/dc/dc1/svc/web", "default/web"],
  ["Linkerd", "web.shop.serviceaccount.identity.linkerd.cluster.local", "shop/web"],
  ["Cilium", "spiffe://spiffe.cilium/identity/4711", "identity/4711"],
  ["nothing we know", "CN=web,O=shop", "CN=web,O=shop"],
])("an identity of %s", (_, identity, short) => expect(shortIdentity(identity)).toBe(short));

describe("retries", () => {
  test.each([
    ["nobody says", null, ""],
    ["they help", { per_request: 1.23, success_first_try: 0.86, success_in_the_end: 0.99 }, "1.23 tries per request; 86 % succeed at the first try, 99 % in the end."],
    ["nobody says what they saved", { per_request: 1.23, success_first_try: null, success_in_the_end: 0.99 }, "1.23 tries per request; 99 % succeed in the end."],
    ["none", { per_request: 1, success_first_try: 1, success_in_the_end: 1 }, "No request is tried again."],
    ["few", { per_request: 1.001, success_first_try: null, success_in_the_end: 1 }, "Hardly any request is tried again; 100 % succeed in the end."],
    ["all cancelled", { per_request: 2, success_first_try: null, success_in_the_end: null }, "2.00 tries per request."],
  ])("%s", (_, attempts, sentence) => expect(plain(tries(attempts))).toBe(sentence));
});

test.each([
  [null, {}, ""],
  [0, {}, "0 % of what is allowed is in use."],
  [0.7, {}, "70 % of what is allowed is in use."],
  [0.85, {}, "85 % of what is allowed is in use; at 100 % calls are refused."],
  [1, {}, "Full: what comes on top waits or is refused."],
  [1, { UO: 3 }, "Full: the circuit breaker refuses what comes on top."],
])("saturation of %s with %o", (saturation, flags, sentence) => expect(plain(fullness(saturation, flags))).toBe(sentence));

test.each([
  [null, 1, ""],
  [0, 0, ""],
  [0.5, 1, "50 % of its hosts are ejected for failing; the others take their traffic."],
  [1, 0, "All of its hosts are ejected for failing: nothing is left to call."],
  [1, 2, "100 % of the hosts of one version are ejected for failing; others take their traffic."],
])("ejections of %s with %i versions", (ejected, versions, sentence) => expect(plain(ejections(ejected, versions))).toBe(sentence));

test.each([
  [[], ""],
  [["spans"], "Counted from spans."],
  [["logs", "spans"], "Counted from access logs; spans add operations and examples."],
  [["metrics", "logs", "spans"], "Counted from metrics that name both ends; access logs add flags, identities and examples; spans add operations and examples."],
  [["stats"], "Counted from proxy statistics."],
  [["tea-leaves", "spans"], "Counted from tea-leaves; spans add operations and examples."],
])("evidence %j", (evidence, sentence) => expect(counted(evidence)).toBe(sentence));
