// What can be done with a message: react, reply, and the shortcuts of the app.

import { emoji, emojiNames } from "./emoji.js";
import { h } from "./dom.js";
import { icon } from "./icons.js";
import { openMenu } from "./menu.js";

const OFFERED_REACTIONS = [
  "+1",
  "tada",
  "eyes",
  "heart",
  "white_check_mark",
  "rocket",
  "thinking_face",
  "-1",
];

export class MessageTools {
  /** `row` is the message's row: {page, message, body, inThread, react(name, on), openThread()}. */
  constructor(row) {
    this.row = row;
    this.react = this.#button("Add a reaction", "smile", () => this.#offerReactions(this.react), true);
    this.reply = this.#button("Reply in a thread", "bubbles", () => row.openThread(), false);
    this.more = this.#button("More actions", "more", () => this.#offerMore(), true);
    this.more.dataset.testid = "message-menu";
    this.element = h(
      "div",
      { class: "message-tools", role: "group", "aria-label": "Message actions" },
      this.react,
      row.inThread ? null : this.reply,
      this.more,
    );
  }

  /** Offer only what Slack allows: nobody reacts or replies to what one person alone sees. */
  update({ ephemeral }) {
    this.react.hidden = ephemeral;
    this.reply.hidden = ephemeral;
  }

  #button(label, sign, click, opensMenu) {
    const attributes = {
      type: "button",
      class: "icon-button",
      "aria-label": label,
      title: label,
      on: { click },
    };
    return h("button", { ...attributes, "aria-haspopup": opensMenu ? "menu" : null }, icon(sign));
  }

  #offerReactions(anchor) {
    // First those the message asks for: a prompt says which reactions are answers.
    const asked = emojiNames(JSON.stringify(this.row.message.blocks ?? []));
    const items = [...new Set([...asked, ...OFFERED_REACTIONS])].map((name) => ({
      name: name.replaceAll("_", " "),
      key: name,
      node: h("span", { class: "emoji", text: emoji(name) }),
      run: () => this.row.react(name, true),
    }));
    openMenu(anchor, items, { label: "Add a reaction", row: true });
  }

  #offerMore() {
    const { page, message, body, inThread } = this.row;
    const items = [];
    if (!message.ephemeral && !inThread)
      items.push({ label: "Reply in a thread", icon: icon("reply"), run: () => this.row.openThread() });
    if (!message.ephemeral)
      items.push({
        label: "Add a reaction",
        icon: icon("smile"),
        run: () => this.#offerReactions(this.more),
      });
    items.push({
      label: "Copy the text",
      icon: icon("copy"),
      run: () => navigator.clipboard.writeText(body.innerText),
    });
    const shortcuts = page.app.shortcuts.filter((one) => one.kind === "message" && !message.ephemeral);
    if (shortcuts.length > 0) items.push({ heading: `${page.app.name}: shortcuts` });
    for (const { callback_id, name } of shortcuts) {
      const where = { channel: message.channel, ts: message.ts };
      const run = () => page.start("message_shortcut", { callback_id, ...where });
      items.push({ label: name, icon: icon("bolt"), key: callback_id, run });
    }
    openMenu(this.more, items, { label: "More actions" });
  }
}
