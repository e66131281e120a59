// One thread, beside the channel or, on a phone, above it.

import { itemsOf } from "./channel.js";
import { Composer } from "./composer.js";
import { h, setText } from "./dom.js";
import { icon } from "./icons.js";
import { MessageList } from "./messages.js";

export class ThreadPanel {
  #shown = "";
  #who = "";

  constructor(page) {
    this.page = page;
    this.where = h("small", {});
    this.list = new MessageList(page, {
      label: "Thread",
      inThread: true,
      empty: () => h("p", { class: "hint", text: "This message is gone." }),
    });
    this.composer = new Composer(page, {
      thread: () => page.navigation.thread,
      sent: () => this.list.toEnd(),
    });
    const close = h(
      "button",
      {
        type: "button",
        class: "icon-button",
        "aria-label": "Close the thread",
        on: { click: () => page.navigation.closeThread() },
      },
      icon("close"),
    );
    this.element = h(
      "section",
      { class: "panel-body thread-panel", "aria-labelledby": "thread-title", "data-testid": "thread" },
      h("header", { class: "panel-head" }, h("h2", { id: "thread-title" }, "Thread ", this.where), close),
      this.list.element,
      this.composer.element,
    );
    page.store.on(["message:", "people", "me"], (keys, whole) => {
      if (whole && this.#who !== page.me.id) this.list.clear();
      this.#who = page.me.id;
      if (this.#shown) this.draw();
    });
  }

  /** Show the thread that navigation names; true when it was another one before. */
  draw() {
    const { place, thread } = this.page.navigation;
    const key = thread === null ? "" : `${place}/${thread}`;
    const another = key !== this.#shown;
    if (another) this.list.clear();
    this.#shown = key;
    const channel = this.page.channel(place);
    if (!key || !channel) return false;
    const name = channel.kind === "im" ? this.page.app.name : `#${channel.name}`;
    setText(this.where, name);
    this.list.show(itemsOf(this.page, place, thread));
    this.composer.element.hidden = channel.kind !== "im" && (!channel.member || channel.archived);
    this.composer.moveTo(`${this.page.me.id}:${key}`, place, "Reply in the thread");
    return another;
  }
}
