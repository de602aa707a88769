/** This page's one live graph: what base.js connects, every page module may `subscribe` to `store` and ask `connection()`. */

import { connect } from "./socket.js";
import { Store } from "./store.js";

export const store = new Store();

/** @typedef {import("./socket.js").State} State */
/** @type {Set<(state: State) => void>} */
const listeners = new Set();
/** @type {{state: State, since: Date}} */
let now = { state: "connecting", since: new Date() };

/** State of the connection and since when. */
export const connection = () => now;

/** @param {(state: State) => void} listener */
export function onConnection(listener) {
  listeners.add(listener);
  listener(now.state);
}

/** @param {string} window `60s`, `5m`, `15m` or `1h` */
export function goLive(window) {
  const url = new URL(`/ws/graph/?window=${encodeURIComponent(window)}`, location.href);
  url.protocol = url.protocol.replace("http", "ws");
  const socket = connect(url.href, {
    onMessage(message) {
      const reply = store.receive(message);
      if (reply) socket.send(reply);
    },
    onState(state) {
      if (state === now.state) return;
      if (state !== "open") store.reconnected();
      now = { state, since: new Date() };
      for (const listener of listeners) listener(state);
    },
  });
}
