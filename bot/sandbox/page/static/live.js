// What the page knows, and the one connection that keeps it current.

const WAITS_MS = [400, 1000, 2000, 4000, 8000, 15000];

/** The documents the server sent, by key, and who wants to hear of changes. */
export class Store {
  #docs = new Map();
  #listeners = [];

  get(key) {
    return this.#docs.get(key);
  }

  /** Return the documents whose key begins with `prefix`, with their keys, in the order they came. */
  entries(prefix) {
    return [...this.#docs].filter(([key]) => key.startsWith(prefix));
  }

  /** Call `listener(changed keys)` after each change to a key that equals one of `names` or begins with one that ends in ":". */
  on(names, listener) {
    this.#listeners.push({ names, listener });
  }

  /** Take over everything (`whole`) or what changed, then tell the listeners once. */
  take({ put, gone }, whole) {
    const changed = new Set([...Object.keys(put ?? {}), ...(gone ?? [])]);
    if (whole) {
      for (const key of this.#docs.keys()) changed.add(key);
      this.#docs.clear();
    }
    for (const key of gone ?? []) this.#docs.delete(key);
    for (const [key, doc] of Object.entries(put ?? {})) this.#docs.set(key, doc);
    for (const { names, listener } of this.#listeners) {
      const mine = [...changed].filter((key) =>
        names.some((name) => key === name || (name.endsWith(":") && key.startsWith(name))),
      );
      if (mine.length > 0 || whole) listener(mine, whole);
    }
  }
}

/** The WebSocket of one person; it comes back by itself, and then everything is loaded anew. */
export class Live {
  #socket = null;
  #as = "";
  #number = 0;
  #attempt = 0;
  #timer = 0;
  #waiting = new Map();

  /** `onState({state: "connecting"|"open"|"lost", retryAt})`: retryAt is a `performance.now()` value. */
  constructor(store, onState) {
    this.store = store;
    this.onState = onState;
    window.addEventListener("online", () => this.retryNow());
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden) this.retryNow();
    });
  }

  /** Connect as this person (a user id; empty: whom the server puts first). */
  connect(as) {
    this.#as = as;
    this.#attempt = 0;
    this.#open();
  }

  /** Try again at once when the connection is lost. */
  retryNow() {
    if (this.#timer) this.#open();
  }

  /** Ask the server to do something; resolves with its result, rejects with an Error whose message is a sentence. */
  act(what, payload = {}) {
    if (this.#socket?.readyState !== WebSocket.OPEN) {
      return Promise.reject(new Error("There is no connection to the sandbox just now. Nothing was sent."));
    }
    const id = ++this.#number;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#socket.send(JSON.stringify({ ...payload, id, do: what }));
    });
  }

  #open() {
    clearTimeout(this.#timer);
    this.#timer = 0;
    this.#drop("The connection was renewed before an answer came.");
    const query = this.#as ? `?as=${encodeURIComponent(this.#as)}` : "";
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    const address = `//${location.host}/live${query}`;
    const socket = new WebSocket(scheme + address);
    let first = true;
    this.#socket = socket;
    this.onState({ state: "connecting" });
    socket.addEventListener("message", (event) => {
      if (socket !== this.#socket) return;
      const message = JSON.parse(event.data);
      if (message.type === "done") this.#settle(message);
      if (message.type !== "docs") return;
      this.store.take(message, first);
      if (first) this.onState({ state: "open" });
      first = false;
      this.#attempt = 0;
    });
    socket.addEventListener("close", () => {
      if (socket !== this.#socket) return;
      this.#lost();
      if (first) this.#askWhether(address);
    });
  }

  /** A refused WebSocket does not say why: look whether the person is unknown here, as after a fresh start. */
  async #askWhether(address) {
    const asked = this.#as;
    const answer = await fetch(location.protocol + address).catch(() => null);
    if (asked && answer?.status === 404 && this.#as === asked) {
      this.#as = "";
      this.retryNow();
    }
  }

  #drop(reason) {
    const old = this.#socket;
    this.#socket = null;
    old?.close();
    for (const { reject } of this.#waiting.values()) reject(new Error(reason));
    this.#waiting.clear();
  }

  #settle({ id, ok, result, error }) {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (ok) waiting?.resolve(result ?? {});
    else waiting?.reject(new Error(error || "The sandbox could not do that."));
  }

  #lost() {
    this.#drop("The connection was lost before an answer came. Look whether it happened, then try again.");
    // A little chance keeps several open pages from knocking at the same moment.
    const wait = WAITS_MS[Math.min(this.#attempt, WAITS_MS.length - 1)] * (0.8 + Math.random() * 0.4);
    this.#attempt += 1;
    this.onState({ state: "lost", retryAt: performance.now() + wait });
    this.#timer = setTimeout(() => this.#open(), wait);
  }
}
