/**
 * One WebSocket that stays open: connects again with growing pauses, says what state it is in, hands messages over.
 * It knows nothing of graphs; the store decides when to ask for a resync.
 *
 * @typedef {"connecting"|"open"|"lost"} State
 * @typedef {{open: (url: string) => WebSocket, later: (act: () => void, ms: number) => unknown, random: () => number}} World
 */

const FIRST_MS = 500;
const MOST_MS = 10_000;

/** Pause before the next try, from the tries that failed in a row: doubles to ten seconds, spread so that viewers do not come back at once. @param {number} failed @param {number} random 0..1 */
export function pauseMs(failed, random) {
  return Math.min(MOST_MS, FIRST_MS * 2 ** (failed - 1)) * (0.75 + 0.5 * random);
}

/** @type {World} */
const browser = { open: (url) => new WebSocket(url), later: (act, ms) => setTimeout(act, ms), random: Math.random };

/**
 * @param {string} url
 * @param {{onMessage: (message: any) => void, onState: (state: State) => void}} hear
 * @param {World} world
 */
export function connect(url, hear, world = browser) {
  let failed = 0;
  let closed = false;
  /** @type {WebSocket|undefined} */
  let socket;

  function dial() {
    if (closed) return;
    hear.onState(failed === 0 ? "connecting" : "lost");
    socket = world.open(url);
    socket.onmessage = (event) => {
      failed = 0;
      hear.onState("open");
      hear.onMessage(JSON.parse(event.data));
    };
    socket.onclose = () => {
      if (closed) return;
      failed += 1;
      hear.onState("lost");
      world.later(dial, pauseMs(failed, world.random()));
    };
  }

  dial();
  return {
    /** @param {object} message */
    send(message) {
      if (socket?.readyState === 1) socket.send(JSON.stringify(message));
    },
    close() {
      closed = true;
      socket?.close();
    },
  };
}
