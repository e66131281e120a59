// Lists that hang from a control, above everything else on the page.

const GAP = 4;
const EDGE = 8;
const LEAST_HEIGHT = 140;

/** A panel that hangs from `anchor`; it lives beside it in the document, so it goes when its block goes. */
export class Popup {
  #stop = null;

  /** `onClose` is called whenever it closes; `wide`: at least as wide as what it hangs from. */
  constructor(anchor, panel, { onClose = () => {}, wide = false } = {}) {
    this.anchor = anchor;
    this.panel = panel;
    this.onClose = onClose;
    this.wide = wide;
    panel.popover = "manual";
    panel.classList.add("bk-popup");
  }

  get isOpen() {
    return this.#stop !== null && this.panel.isConnected;
  }

  open() {
    if (this.isOpen) return;
    this.#stop?.abort();
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    this.panel.showPopover();
    this.place();
    const outside = (event) => {
      if (!this.panel.contains(event.target) && !this.anchor.contains(event.target)) this.close();
    };
    document.addEventListener("pointerdown", outside, { capture: true, signal });
    window.addEventListener("resize", () => this.place(), { signal });
    const scrolled = (event) => {
      if (!this.panel.contains(event.target)) this.place();
    };
    document.addEventListener("scroll", scrolled, { capture: true, passive: true, signal });
  }

  close() {
    if (this.#stop === null) return;
    this.#stop.abort();
    this.#stop = null;
    if (this.panel.isConnected) this.panel.hidePopover();
    this.onClose();
  }

  /** Put it under its anchor, or above where there is more room. */
  place() {
    if (!this.anchor.isConnected) {
      this.close();
      return;
    }
    const { panel } = this;
    const box = this.anchor.getBoundingClientRect();
    const [below, above] = [innerHeight - box.bottom - GAP - EDGE, box.top - GAP - EDGE];
    panel.style.minWidth = this.wide ? `${box.width}px` : "";
    panel.style.maxWidth = `${Math.max(this.wide ? box.width : 0, Math.min(innerWidth - 2 * EDGE, 420))}px`;
    panel.style.maxHeight = "";
    const under = below >= Math.min(panel.scrollHeight, LEAST_HEIGHT) || below >= above;
    panel.style.maxHeight = `${Math.min(Math.max(under ? below : above, LEAST_HEIGHT), 320)}px`;
    const { width, height } = panel.getBoundingClientRect();
    panel.style.left = `${Math.max(EDGE, Math.min(box.left, innerWidth - EDGE - width))}px`;
    panel.style.top = `${under ? box.bottom + GAP : Math.max(EDGE, box.top - GAP - height)}px`;
  }
}
