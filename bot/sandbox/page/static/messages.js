// A list of messages in order of time, kept at its end as long as the reader is there.

import { arrange, h, roving, setText } from "./dom.js";
import { icon } from "./icons.js";
import { MessageRow } from "./message.js";
import { NoticeRow } from "./notice.js";
import { announce } from "./notices.js";
import { dayKey, dayName } from "./times.js";

const NEAR_END_PX = 48;
const TOGETHER_MS = 5 * 60_000;

export class MessageList {
  #rows = new Map();
  #days = new Map();
  #atEnd = true;
  #size = "";
  #unseen = 0;
  #filled = false;

  /** `label` names the list; `empty()` gives the element shown when nothing is in it. */
  constructor(page, { label, inThread = false, id = null, empty }) {
    this.page = page;
    this.inThread = inThread;
    this.empty = empty;
    this.list = h("div", {
      class: "message-list",
      role: "log",
      "aria-live": "off",
      "aria-label": label,
      "data-testid": inThread ? "thread-messages" : "messages",
    });
    this.pill = h("button", {
      type: "button",
      class: "new-pill",
      hidden: true,
      "data-testid": "new-messages",
      on: { click: () => this.toEnd() },
    });
    this.scroller = h("div", { class: "message-scroller", id, tabindex: "-1" }, this.list);
    this.element = h("div", { class: "message-frame" }, this.scroller, this.pill);
    this.walk = roving(this.list, ".message", {
      last: true,
      onEnter: (row) => row.querySelector(".message-tools .icon-button:not([hidden])")?.focus(),
    });
    this.scroller.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    // Pictures and charts grow after they were put in; so does the frame when the keyboard of a phone closes.
    const stay = new ResizeObserver(() => {
      this.#size = this.#measure();
      if (this.#atEnd) this.scroller.scrollTop = this.scroller.scrollHeight;
    });
    stay.observe(this.list);
    stay.observe(this.scroller);
  }

  relabel(label) {
    this.list.setAttribute("aria-label", label);
  }

  /** Forget what was shown, for another channel or person. */
  clear() {
    this.#rows.clear();
    this.#days.clear();
    this.#filled = false;
    this.#atEnd = true;
    this.#setUnseen(0);
    this.list.replaceChildren();
  }

  /** Show these: [{key, at, message} | {key, at, notice}], sorted by time. `before`: elements that stay above them. */
  show(items, before = []) {
    const zone = this.page.me.zone;
    const nodes = [...before];
    const fresh = [];
    const live = new Set();
    let [day, previous] = ["", null];
    for (const item of items) {
      const itsDay = dayKey(item.at, zone);
      if (itsDay !== day && !this.inThread) nodes.push(this.#dayRow(itsDay, item.at));
      const compact = itsDay === day && this.#goesWith(previous, item);
      [day, previous] = [itsDay, item];
      let row = this.#rows.get(item.key);
      if (!row) {
        row = item.message ? new MessageRow(this.page, item.key, this) : new NoticeRow(this.page, item.key);
        this.#rows.set(item.key, row);
        fresh.push({ row, item });
      }
      row.update(item.message ?? item.notice, { compact });
      live.add(item.key);
      nodes.push(row.element);
    }
    for (const key of this.#rows.keys()) if (!live.has(key)) this.#rows.delete(key);
    if (items.length === 0) nodes.push(this.empty());
    this.#keepFocus(() => arrange(this.list, nodes));
    this.walk.refresh();
    if (this.#filled) this.#arrived(fresh);
    this.#filled = true;
    if (this.#atEnd) this.toEnd();
  }

  toEnd() {
    this.#atEnd = true;
    this.#setUnseen(0);
    this.scroller.scrollTo({ top: this.scroller.scrollHeight, behavior: "instant" });
  }

  /** Where the reader is, to come back to; null at the end. */
  position() {
    return this.#atEnd ? null : this.scroller.scrollTop;
  }

  restore(position) {
    if (position === null || position === undefined) {
      this.toEnd();
      return;
    }
    this.#atEnd = false;
    this.scroller.scrollTo({ top: position, behavior: "instant" });
  }

  focusLast() {
    (this.list.querySelector('.message[tabindex="0"]') ?? this.scroller).focus();
  }

  #arrived(fresh) {
    const mine = ({ item }) => item.message?.user === this.page.me.id;
    if (fresh.some(mine)) this.toEnd();
    const others = fresh.filter((one) => !mine(one));
    for (const { row } of others) announce(row.spoken());
    for (const { row } of fresh) row.element.classList.add("arriving");
    if (!this.#atEnd) this.#setUnseen(this.#unseen + others.length);
  }

  #scrolled() {
    // Scrolled by a change of size, not by the reader: the observer above puts it right after this.
    if (this.#size !== this.#measure()) return;
    const { scrollTop, scrollHeight, clientHeight } = this.scroller;
    this.#atEnd = scrollHeight - scrollTop - clientHeight < NEAR_END_PX;
    if (this.#atEnd) this.#setUnseen(0);
  }

  #measure() {
    const { scrollHeight, clientHeight, clientWidth } = this.scroller;
    return `${scrollHeight}/${clientHeight}/${clientWidth}`;
  }

  #setUnseen(count) {
    this.#unseen = count;
    this.pill.hidden = count === 0;
    if (count > 0)
      this.pill.replaceChildren(icon("down"), count === 1 ? "New message" : `${count} new messages`);
  }

  #goesWith(previous, item) {
    const [one, two] = [previous?.message, item.message];
    if (!one || !two || two.bot || one.ephemeral !== two.ephemeral) return false;
    return one.user === two.user && item.at - previous.at < TOGETHER_MS;
  }

  #dayRow(key, at) {
    if (!this.#days.has(key)) this.#days.set(key, h("div", { class: "day", role: "separator" }, h("span")));
    const row = this.#days.get(key);
    setText(row.firstChild, dayName(at, this.page.me.zone, this.page.now()));
    return row;
  }

  #keepFocus(change) {
    const had = document.activeElement;
    const row = had?.closest?.(".message");
    const following =
      row && this.list.contains(row) ? (row.nextElementSibling ?? row.previousElementSibling) : null;
    change();
    // The message that had focus is gone: its neighbour takes it, else focus would fall back to the page's start.
    if (row && !row.isConnected && following)
      (following.classList.contains("message") ? following : this.scroller).focus({ preventScroll: true });
  }
}
