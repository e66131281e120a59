// What is open: a channel or Home, a thread, a side panel. Kept in the address, so that a reload shows the same.

const WIDE = "(min-width: 1080px)";

export class Navigation {
  #listeners = [];

  constructor() {
    const [place = "", thread = ""] = decodeURIComponent(location.hash.slice(1)).split("/");
    /** A channel's id, "home", or empty until something is chosen. */
    this.place = place;
    /** The root of the open thread in that channel, or null. */
    this.thread = thread || null;
    /** "guide", "traffic" or empty; a thread covers it. */
    this.panel =
      new URLSearchParams(location.search).get("panel") ?? (matchMedia(WIDE).matches ? "guide" : "");
    this.drawer = false;
    window.addEventListener("hashchange", () => {
      const [to = "", root = ""] = decodeURIComponent(location.hash.slice(1)).split("/");
      if (to !== this.place || (root || null) !== this.thread) this.go(to, root || null);
    });
  }

  on(listener) {
    this.#listeners.push(listener);
  }

  go(place, thread = null) {
    this.#change({ place, thread, drawer: false });
  }

  openThread(ts) {
    this.#change({ thread: ts });
  }

  closeThread() {
    this.#change({ thread: null });
  }

  /** Open a panel, or close it when it is what is seen. */
  togglePanel(name) {
    const seen = this.thread === null && this.panel === name;
    this.#change({ panel: seen ? "" : name, thread: null });
  }

  closePanel() {
    this.#change({ panel: "" });
  }

  setDrawer(open) {
    this.#change({ drawer: open });
  }

  #change(fields) {
    Object.assign(this, fields);
    const hash = this.place ? `#${this.place}${this.thread ? `/${this.thread}` : ""}` : " ";
    if (location.hash !== hash.trim())
      history.replaceState(null, "", location.pathname + location.search + hash.trim());
    for (const listener of this.#listeners) listener();
  }
}
