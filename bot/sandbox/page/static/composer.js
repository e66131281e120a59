// Where one types: messages and commands, with completion, mentions and the lines sent before.

import { complete, usageOf } from "./completion.js";
import { CompletionList } from "./completion-list.js";
import { h, setText } from "./dom.js";
import { icon } from "./icons.js";
import { mentionsIn, withTokens } from "./mentions.js";
import { openMenu } from "./menu.js";

const KEPT_LINES = 50;
const USUAL_HINT = "Enter sends, Shift + Enter makes a new line, / lists commands";
let made = 0;

export class Composer {
  #drafts = new Map();
  #history = [];
  #recalled = -1;
  #place = null;
  #underWay = 0;

  /** `thread()` gives the thread's root ts, or null in a channel; `sent()` is called when something goes out. */
  constructor(page, { thread = () => null, sent }) {
    this.page = page;
    this.sent = sent;
    this.thread = thread;
    this.number = ++made;
    const id = `composer-${this.number}`;
    this.field = h("textarea", {
      id,
      class: "composer-text",
      rows: "1",
      autocomplete: "off",
      spellcheck: "true",
      enterkeyhint: "send",
      "aria-describedby": `${id}-hint`,
      "data-testid": "composer",
      on: {
        input: () => this.#typed(),
        keydown: (event) => this.#pressed(event),
        click: () => this.#suggest(),
        blur: () => this.completions.close(),
        scroll: () => {
          this.mirror.scrollTop = this.field.scrollTop;
        },
      },
    });
    this.mirror = h("div", { class: "composer-mirror", "aria-hidden": "true" });
    this.completions = new CompletionList(this.field, (option, from, end) => this.#take(option, from, end));
    this.hint = h("p", { class: "composer-hint", id: `${id}-hint`, text: USUAL_HINT });
    this.send = h(
      "button",
      { type: "submit", class: "icon-button send", "aria-label": "Send", title: "Send" },
      icon("send"),
    );
    this.more = h(
      "button",
      {
        type: "button",
        class: "icon-button",
        "aria-label": "Commands and shortcuts",
        title: "Commands and shortcuts",
        "aria-haspopup": "menu",
        on: { click: () => this.#offerMore() },
      },
      icon("plus"),
    );
    this.error = h("p", { class: "composer-error", role: "alert", hidden: true });
    this.element = h(
      "form",
      { class: "composer", on: { submit: (event) => this.#submit(event) } },
      this.completions.element,
      this.error,
      h(
        "div",
        { class: "composer-box" },
        this.more,
        h("div", { class: "composer-field" }, this.mirror, this.field),
        this.send,
      ),
      this.hint,
    );
  }

  /** Write to another place; what was typed for the former one waits there. */
  moveTo(key, channel, label) {
    if (this.#place?.key !== key) {
      if (this.#place)
        this.#drafts.set(this.#place.key, { text: this.field.value, picked: this.#place.picked });
      const draft = this.#drafts.get(key) ?? { text: "", picked: new Map() };
      this.#place = { key, channel, picked: draft.picked };
      this.field.value = draft.text;
      this.#recalled = -1;
      this.#refuse("");
      this.#typed({ quiet: true });
    }
    this.field.setAttribute("aria-label", label);
    this.field.placeholder = label;
  }

  /** Put a line there as if it were typed, ready to be changed or sent. */
  write(line) {
    this.field.value = line;
    this.focus();
    this.field.setSelectionRange(line.length, line.length);
    this.#typed();
  }

  focus() {
    this.field.focus();
  }

  #typed({ quiet = false } = {}) {
    const text = this.field.value;
    this.field.style.height = "auto";
    this.field.style.height = `${this.field.scrollHeight}px`;
    this.#paint(text);
    this.element.classList.toggle("filled", text.trim() !== "");
    this.element.classList.toggle("command", text.startsWith("/"));
    const usage = text.startsWith("/") ? usageOf(text, this.page) : "";
    this.hint.classList.toggle("usage", usage !== "");
    setText(this.hint, usage || USUAL_HINT);
    if (!quiet) this.#suggest();
  }

  #paint(text) {
    const parts = [];
    let at = 0;
    for (const { start, end } of mentionsIn(text, this.#place?.picked)) {
      parts.push(text.slice(at, start), h("mark", { text: text.slice(start, end) }));
      at = end;
    }
    // The last line break needs something after it to take up its line.
    this.mirror.replaceChildren(...parts, `${text.slice(at)}\u200b`);
  }

  #suggest() {
    const { selectionStart, selectionEnd, value } = this.field;
    const typing = selectionStart === selectionEnd && document.activeElement === this.field;
    const offer = typing ? complete(value, selectionStart, this.page) : null;
    if (offer) this.completions.open(offer, selectionStart);
    else this.completions.close();
  }

  #take(option, from, end) {
    if (option.token) this.#place.picked.set(option.insert, option.token);
    const rest = this.field.value.slice(end);
    const insert = option.insert + (option.token && !/^\s/.test(rest) ? " " : "");
    this.field.setRangeText(insert, from, end, "end");
    this.#typed();
  }

  #pressed(event) {
    if (event.isComposing) return;
    if (this.completions.pressed(event)) return;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.element.requestSubmit();
    } else if (event.key === "ArrowUp" || event.key === "ArrowDown") {
      this.#recall(event);
    }
  }

  #recall(event) {
    const { value, selectionStart } = this.field;
    const walking = this.#recalled >= 0 && value === this.#history[this.#recalled].typed;
    if (event.key === "ArrowUp" ? !(value === "" || (walking && selectionStart >= 0)) : !walking) return;
    const to = event.key === "ArrowUp" ? this.#recalled + 1 : this.#recalled - 1;
    if (to >= this.#history.length) return;
    event.preventDefault();
    this.#recalled = to;
    const line = this.#history[to] ?? { typed: "", picked: [] };
    for (const [label, token] of line.picked) this.#place.picked.set(label, token);
    this.field.value = line.typed;
    this.#typed({ quiet: true });
    this.completions.close();
  }

  async #submit(event) {
    event.preventDefault();
    const typed = this.field.value.trim();
    if (typed === "") return;
    const place = this.#place;
    const line = withTokens(typed, place.picked);
    const thread_ts = this.thread();
    const command = line.startsWith("/");
    this.#sending(1);
    this.sent();
    this.#refuse("");
    this.field.value = "";
    this.#typed({ quiet: true });
    this.completions.close();
    try {
      const inThread = thread_ts ? { thread_ts } : {};
      if (command) await this.page.live.act("command", { channel: place.channel, line, ...inThread });
      else await this.page.live.act("say", { channel: place.channel, text: line, ...inThread });
      const others = this.#history.filter((one) => one.typed !== typed);
      this.#history = [{ typed, picked: [...place.picked] }, ...others].slice(0, KEPT_LINES);
    } catch (error) {
      if (this.#place === place && this.field.value === "") {
        this.field.value = typed;
        this.#typed({ quiet: true });
      }
      this.#refuse(error.message);
    } finally {
      this.#recalled = -1;
      this.#sending(-1);
    }
  }

  #sending(step) {
    this.#underWay += step;
    this.element.classList.toggle("sending", this.#underWay > 0);
  }

  #refuse(sentence) {
    this.error.hidden = sentence === "";
    setText(this.error, sentence);
  }

  #offerMore() {
    const { app } = this.page;
    const items = [{ heading: "Commands" }];
    for (const one of app.commands)
      items.push({
        label: one.command,
        hint: one.description,
        key: one.command,
        icon: icon("bolt"),
        run: () => this.write(`${one.command} `),
      });
    const global = app.shortcuts.filter((one) => one.kind === "global");
    if (global.length > 0) items.push({ heading: "Shortcuts" });
    for (const { callback_id, name } of global)
      items.push({
        label: name,
        key: callback_id,
        icon: icon("bolt"),
        run: () => this.page.start("shortcut", { callback_id }),
      });
    items.push({ heading: "Mention" });
    items.push(
      { label: "A person", icon: icon("person"), run: () => this.#begin("@") },
      { label: "A channel", icon: icon("hash"), run: () => this.#begin("#") },
    );
    openMenu(this.more, items, { label: "Commands and shortcuts" });
  }

  #begin(sign) {
    const { value } = this.field;
    this.write(`${value}${value === "" || value.endsWith(" ") ? "" : " "}${sign}`);
  }
}
