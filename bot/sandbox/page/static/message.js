// One message: who, when, what, and what can be done with it.

import { avatar } from "./avatar.js";
import { renderMessageBody } from "./blocks.js";
import { arrange, h, setAttribute, setText } from "./dom.js";
import { emoji } from "./emoji.js";
import { icon } from "./icons.js";
import { MessageTools } from "./message-tools.js";
import { partsOf, redraw } from "./redraw.js";
import { clockTime, dayKey, fullMoment, shortMoment } from "./times.js";

const PICTURE = /\.(png|jpe?g|gif|webp|svg)$/i;

function sizeWords(bytes) {
  if (bytes < 1024) return `${bytes} bytes`;
  return bytes < 1_048_576 ? `${Math.round(bytes / 1024)} KB` : `${(bytes / 1_048_576).toFixed(1)} MB`;
}

/** The element of one message, kept from its first appearance to its end. */
export class MessageRow {
  #shown = {};
  #seen = [];

  constructor(page, key, { inThread }) {
    this.page = page;
    this.key = key;
    this.inThread = inThread;
    const id = `m-${inThread ? "t-" : ""}${key.replaceAll(/[^A-Za-z0-9]/g, "-")}`;
    this.sign = h("div", { class: "message-sign" });
    this.who = h("strong", { class: "message-who", id: `${id}-who` });
    this.app = h("span", { class: "badge", text: "App" });
    this.time = h("time", { class: "message-time", id: `${id}-when` });
    this.edited = h("span", { class: "message-edited", text: "edited" });
    this.private = h(
      "p",
      { class: "message-private", "data-testid": "only-you" },
      icon("eye"),
      h("span", { text: "Only visible to you" }),
    );
    this.body = h("div", { class: "message-body", id: `${id}-body` });
    this.files = h("ul", { class: "message-files", "aria-label": "Files" });
    this.reactions = h("div", { class: "message-reactions", role: "group", "aria-label": "Reactions" });
    this.thread = h("button", {
      type: "button",
      class: "thread-link",
      "data-testid": "open-thread",
      on: { click: () => this.openThread() },
    });
    this.tools = new MessageTools(this);
    this.main = h(
      "div",
      { class: "message-main" },
      h("header", { class: "message-head" }, this.who, this.app, this.time, this.edited),
      this.body,
    );
    this.element = h(
      "article",
      {
        class: "message",
        tabindex: "-1",
        "aria-labelledby": `${id}-who ${id}-when`,
        "data-key": key,
        "data-testid": "message",
      },
      this.sign,
      this.main,
      this.tools.element,
    );
  }

  /** Show the document as it is now. `compact`: the one above is by the same person and recent. */
  update(message, { compact }) {
    const { page } = this;
    const zone = page.me.zone;
    // Documents that did not change are the same objects, so most rows end here.
    const seen = [message, compact, zone, page.me.id, dayKey(page.now(), zone)];
    if (this.#seen.length > 0 && seen.every((one, at) => one === this.#seen[at])) return;
    this.#seen = seen;
    this.message = message;
    const at = new Date(message.at);
    setAttribute(this.element, "data-ts", message.ts);
    this.element.classList.toggle("from-bot", message.bot);
    this.element.classList.toggle("private", message.ephemeral);
    this.element.classList.toggle("compact", compact);
    this.#once("sign", [message.user, message.name, message.bot], () =>
      this.sign.replaceChildren(avatar({ id: message.user, ...message })),
    );
    setText(this.who, message.name);
    this.app.hidden = !message.bot;
    setText(this.time, clockTime(at, zone));
    setAttribute(this.time, "datetime", message.at);
    setAttribute(this.time, "title", fullMoment(at, zone));
    this.edited.hidden = !message.edited;
    this.tools.update(message);
    this.#once("body", [message.text, message.blocks, message.inputs, message.files, zone, page.me.id], () =>
      this.#drawBody(),
    );
    this.#once("files", message.files ?? [], () => this.#drawFiles());
    this.#once("reactions", [message.reactions ?? [], page.me.id], () => this.#drawReactions());
    const latest = message.latest_reply ? new Date(Number(message.latest_reply) * 1000) : null;
    const last = latest ? shortMoment(latest, zone, page.now()) : "";
    this.#once("thread", [message.replies, last], () => this.#drawThread(last));
    const parts = [
      this.main.firstChild,
      message.ephemeral && this.private,
      this.body,
      message.files?.length > 0 && this.files,
    ];
    arrange(
      this.main,
      [...parts, message.reactions?.length > 0 && this.reactions, this.#hasThread() && this.thread].filter(
        Boolean,
      ),
    );
  }

  /** Return what is said aloud when it appears. */
  spoken() {
    const { message } = this;
    return `${message.ephemeral ? "Only visible to you. " : ""}${message.name}: ${this.body.innerText.slice(0, 300) || message.text}`;
  }

  #once(name, value, draw) {
    const sign = JSON.stringify(value);
    if (this.#shown[name] === sign) return;
    this.#shown[name] = sign;
    draw();
  }

  #drawBody() {
    const { message, page } = this;
    const context = page.context(
      { message: [message.channel, message.ts] },
      { values: message.inputs ?? {} },
    );
    const blocks = message.blocks ?? [];
    const parts =
      blocks.length > 0
        ? partsOf(blocks, (block) => [message.inputs?.[block.block_id], page.me.id, page.me.zone])
        : [];
    redraw(this.body, renderMessageBody(message, context), parts, { keepTyped: true });
  }

  #drawFiles() {
    const rows = this.message.files.map((file) => {
      const picture = PICTURE.test(file.name)
        ? h("img", { src: file.url, alt: "", loading: "lazy" })
        : icon("file");
      const words = h(
        "span",
        { class: "file-words" },
        h("strong", { text: file.name }),
        h("small", { text: sizeWords(file.size) }),
      );
      return h(
        "li",
        {},
        h(
          "a",
          {
            class: "file-card",
            href: file.url,
            download: file.name,
            "aria-label": `Download ${file.name}, ${sizeWords(file.size)}`,
          },
          picture,
          words,
        ),
      );
    });
    this.files.replaceChildren(...rows);
  }

  #drawReactions() {
    const { message, page } = this;
    const focused = this.reactions.contains(document.activeElement)
      ? document.activeElement.dataset.name
      : null;
    const buttons = (message.reactions ?? []).map(({ name, users }) => {
      const mine = users.includes(page.me.id);
      const who = users.map((user) => (user === page.me.id ? "you" : page.name(user))).join(", ");
      return h(
        "button",
        {
          type: "button",
          class: `reaction ${mine ? "mine" : ""}`,
          "aria-pressed": String(mine),
          "aria-label": `${name}, ${users.length}: ${who}`,
          title: `:${name}: ${who}`,
          "data-name": name,
          on: { click: () => this.react(name, !mine) },
        },
        h("span", { text: emoji(name) }),
        h("span", { class: "reaction-count", text: String(users.length) }),
      );
    });
    this.reactions.replaceChildren(...buttons);
    if (focused)
      (buttons.find((one) => one.dataset.name === focused) ?? this.element).focus({ preventScroll: true });
  }

  #drawThread(last) {
    const { replies } = this.message;
    const words = `${replies} ${replies === 1 ? "reply" : "replies"}`;
    this.thread.replaceChildren(
      icon("reply"),
      h("span", { text: words }),
      last ? h("small", { text: `last ${last}` }) : "",
    );
  }

  #hasThread() {
    return !this.inThread && this.message.replies > 0;
  }

  openThread() {
    this.page.navigation.openThread(this.message.thread_ts ?? this.message.ts);
  }

  react(name, on) {
    const { channel, ts } = this.message;
    this.page.start("react", { channel, ts, name, on });
  }
}
