// The middle of the page: a channel's head, its messages, and where one types.

import { Composer } from "./composer.js";
import { h, setText } from "./dom.js";
import { icon } from "./icons.js";
import { MessageList } from "./messages.js";

/** Return the list items of a channel (`thread` null) or of one thread in it, sorted by time. */
export function itemsOf(page, channel, thread) {
  const belongs = (message) => {
    const root = message.thread_ts ?? message.ts;
    if (thread !== null) return root === thread;
    return root === message.ts || message.broadcast;
  };
  const items = page.store
    .entries(`message:${channel}:`)
    .filter(([, message]) => belongs(message))
    .map(([key, message]) => ({ key, at: new Date(message.at), order: message.ts, message }));
  if (thread === null) {
    for (const [key, notice] of page.store.entries("notice:")) {
      if (notice.channel === channel) items.push({ key, at: new Date(notice.at), order: "", notice });
    }
  }
  return items.sort((one, two) => one.at - two.at || one.order.localeCompare(two.order));
}

/** Return a sentence with a sign above it, for where nothing is yet. */
export function emptyState(sign, title, text, action = null) {
  return h(
    "div",
    { class: "empty", "data-testid": "empty" },
    h("span", { class: "empty-sign" }, sign),
    h("h2", { text: title }),
    h("p", { text }),
    action,
  );
}

export class ChannelView {
  #who = "";
  #channel = "";
  #positions = new Map();

  constructor(page) {
    this.page = page;
    this.list = new MessageList(page, { label: "Messages", id: "messages", empty: () => this.#empty() });
    this.composer = new Composer(page, { sent: () => this.list.toEnd() });
    this.closed = h("div", { class: "composer-closed", hidden: true, "data-testid": "no-composer" });
    this.element = h("div", { class: "channel-view" }, this.list.element, this.composer.element, this.closed);
    page.store.on(["message:", "notice:", "channel:", "people", "me", "app"], (keys, whole) =>
      this.#changed(keys, whole),
    );
  }

  /** Show this channel. */
  open(id) {
    if (id !== this.#channel) {
      if (this.#channel) this.#positions.set(this.#channel, this.list.position());
      this.list.clear();
      this.#channel = id;
    }
    this.#draw();
  }

  hide() {
    if (this.#channel) this.#positions.set(this.#channel, this.list.position());
    this.list.clear();
    this.#channel = "";
  }

  #changed(keys, whole) {
    if (whole && this.#who !== this.page.me.id) {
      this.#who = this.page.me.id;
      this.#positions.clear();
      this.list.clear();
    }
    const mine = (key) => !key.startsWith("message:") || key.startsWith(`message:${this.#channel}:`);
    if (this.#channel && (whole || keys.some(mine))) this.#draw();
  }

  #draw() {
    const { page } = this;
    const channel = page.channel(this.#channel);
    if (!channel) return;
    const name = channel.kind === "im" ? page.app.name : `#${channel.name}`;
    this.list.relabel(`Messages in ${name}`);
    this.list.show(itemsOf(page, channel.id, null), [this.#beginning(channel)]);
    if (this.#positions.has(channel.id)) {
      this.list.restore(this.#positions.get(channel.id));
      this.#positions.delete(channel.id);
    }
    const open = channel.kind === "im" || (channel.member && !channel.archived);
    this.composer.element.hidden = !open;
    this.closed.hidden = open;
    if (open) this.composer.moveTo(`${page.me.id}:${channel.id}`, channel.id, `Message ${name}, or type /`);
    else this.#drawClosed(channel);
  }

  #drawClosed(channel) {
    const words = channel.archived
      ? `#${channel.name} is archived. It can be read, not written to.`
      : `You are not in #${channel.name}. Join it to write here.`;
    if (this.closed.dataset.words === words) return;
    this.closed.dataset.words = words;
    const join = h("button", {
      type: "button",
      class: "button primary",
      text: "Join channel",
      on: { click: () => this.page.start("join", { channel: channel.id }) },
    });
    this.closed.replaceChildren(h("p", { text: words }), channel.archived ? "" : join);
  }

  #beginning(channel) {
    this.first ??= h("header", { class: "beginning" }, h("h2"), h("p"));
    const { app } = this.page;
    const [title, text] = this.first.children;
    setText(title, channel.kind === "im" ? app.name : `#${channel.name}`);
    const who =
      channel.kind === "private"
        ? "A private channel: only its members see it."
        : "Everything said here is seen by everyone in the channel.";
    const words = channel.kind === "im" ? `Only you and ${app.name} see what is written here.` : who;
    setText(text, channel.topic ? `${channel.topic} · ${words}` : words);
    return this.first;
  }

  #empty() {
    this.nothing ??= emptyState(
      icon("bubbles"),
      "Nothing has been said here yet",
      "Type / below to see what the bot understands, or write a message.",
    );
    return this.nothing;
  }
}
