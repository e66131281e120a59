// The list of completions that hangs above a field; focus stays in the field.

import { h } from "./dom.js";
import { announce } from "./notices.js";

export class CompletionList {
  #offer = null;
  #end = 0;
  #active = -1;

  /** `take(option, from, end)` puts the chosen one in place of that part of the field's text. */
  constructor(field, take) {
    this.field = field;
    this.take = take;
    const id = `${field.id}-list`;
    this.element = h("div", {
      class: "completion",
      id,
      role: "listbox",
      "aria-label": "Completions",
      hidden: true,
      "data-testid": "completions",
    });
    field.setAttribute("aria-autocomplete", "list");
    field.setAttribute("aria-controls", id);
  }

  /** Offer these for the text up to the caret at `end`. */
  open(offer, end) {
    const { options, heading, eager } = offer;
    if (this.#offer?.heading !== heading)
      announce(`${heading}: ${options.length} to choose from, arrow keys walk them`);
    this.#offer = offer;
    this.#end = end;
    this.#active = eager ? 0 : -1;
    const how = eager
      ? "↑ ↓ to choose, Enter or Tab to take"
      : "↑ ↓ to choose, Tab to take, Enter to send as typed";
    const top = h(
      "div",
      { class: "completion-heading", role: "presentation" },
      h("span", { text: heading }),
      h("small", { text: how }),
    );
    this.element.replaceChildren(top, ...options.map((option, at) => this.#row(option, at)));
    this.element.hidden = false;
    this.#mark();
  }

  close() {
    this.#offer = null;
    this.element.hidden = true;
    this.field.removeAttribute("aria-activedescendant");
  }

  /** Take a key of the field's; true when it was meant for the list. */
  pressed(event) {
    if (!this.#offer) return false;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const plain = !event.shiftKey;
    const chosen = this.#offer.options[this.#active];
    if (step) this.#walk(step);
    else if (event.key === "Escape") this.close();
    else if (event.key === "Tab" && plain) this.#choose(Math.max(0, this.#active));
    else if (event.key === "Enter" && plain && chosen && !chosen.exact) this.#choose(this.#active);
    else return false;
    event.preventDefault();
    return true;
  }

  #row(option, at) {
    const choose = (event) => {
      event.preventDefault();
      this.#choose(at);
    };
    return h(
      "div",
      {
        class: "completion-option",
        role: "option",
        id: `${this.element.id}-${at}`,
        "data-key": option.key,
        on: { pointerdown: choose },
      },
      h(
        "span",
        { class: "completion-label" },
        h("strong", { text: option.label }),
        option.hint ? h("span", { class: "completion-usage", text: option.hint }) : null,
      ),
      option.detail ? h("small", { text: option.detail }) : null,
    );
  }

  #walk(step) {
    const count = this.#offer.options.length;
    if (this.#active < 0) this.#active = step > 0 ? 0 : count - 1;
    else this.#active = (this.#active + step + count) % count;
    this.#mark();
  }

  #choose(at) {
    const { options, from } = this.#offer;
    this.close();
    this.take(options[at], from, this.#end);
  }

  #mark() {
    this.element.querySelectorAll('[role="option"]').forEach((row, at) => {
      row.setAttribute("aria-selected", String(at === this.#active));
      if (at === this.#active) row.scrollIntoView({ block: "nearest" });
    });
    if (this.#active < 0) this.field.removeAttribute("aria-activedescendant");
    else this.field.setAttribute("aria-activedescendant", `${this.element.id}-${this.#active}`);
  }
}
