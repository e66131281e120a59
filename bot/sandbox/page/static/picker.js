// A field one types into to find options and picks from a list: external selects, and selects that take several.

import { h, setText } from "./dom.js";
import { Popup } from "./popup.js";
import { plain } from "./texts.js";

const PAUSE_MS = 180;
let made = 0;

function words(option) {
  return plain(option.text);
}

/** Return {options, option_groups?} as one list of [label or null, options]. */
function grouped(found) {
  if (found.option_groups) return found.option_groups.map((group) => [plain(group.label), group.options]);
  return [[null, found.options ?? []]];
}

/** A combobox with its list, and chips for what is chosen when several can be. */
export class Picker {
  #options = [];
  #active = -1;
  #asked = 0;
  #timer = 0;
  #before = null;

  /**
   * `find(typed)` resolves to {options, option_groups?}; `chosen`: options; `least`: characters before it asks;
   * `most`: options that can be chosen at once; `labels`: attributes that name the field; `onChange(options)`.
   */
  constructor({ find, chosen, many, least, most, labels, placeholder, onChange }) {
    Object.assign(this, { find, chosen, many, least, most, onChange });
    const id = `bk-picker-${(made += 1)}`;
    this.list = h("div", { class: "bk-list-box", role: "listbox", id: `${id}-list`, "aria-label": labels["aria-label"] ?? placeholder, "aria-labelledby": labels["aria-labelledby"] });
    if (many) this.list.setAttribute("aria-multiselectable", "true");
    this.field = h("input", {
      type: "text",
      class: "bk-picker-field",
      role: "combobox",
      autocomplete: "off",
      spellcheck: "false",
      placeholder,
      "aria-autocomplete": "list",
      "aria-expanded": "false",
      "aria-controls": this.list.id,
      ...labels,
    });
    this.status = h("span", { class: "visually-hidden", role: "status" });
    this.chips = h("span", { class: "bk-chips" });
    this.clear = h("button", { type: "button", class: "bk-clear", tabindex: "-1", "aria-label": "Clear", text: "×" });
    const box = h("div", { class: "field bk-picker" }, this.chips, this.field, many ? null : this.clear);
    this.element = h("div", { class: "bk-picker-box" }, box, this.list, this.status);
    this.popup = new Popup(box, this.list, { wide: true, onClose: () => this.#closed() });
    box.addEventListener("pointerdown", (event) => this.#pressed(event));
    this.field.addEventListener("input", () => this.#search(PAUSE_MS));
    this.field.addEventListener("keydown", (event) => this.#keyed(event));
    this.field.addEventListener("blur", () => this.#left());
    this.field.addEventListener("change", (event) => event.stopPropagation());
    // A press on the list must not take the focus from the field.
    this.list.addEventListener("pointerdown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => this.#clicked(event));
    this.clear.addEventListener("click", () => {
      this.#take([]);
      this.field.focus();
    });
    this.#draw();
  }

  /** Show `options` as chosen, as when a choice was taken back. */
  set(options) {
    this.chosen = options;
    this.#draw();
  }

  #draw() {
    this.clear.hidden = this.many || this.chosen.length === 0;
    if (!this.many) {
      this.field.value = this.chosen[0] ? words(this.chosen[0]) : "";
      return;
    }
    this.chips.replaceChildren(
      ...this.chosen.map((option) =>
        h("span", { class: "chip bk-chip" }, words(option), this.#remover(option)),
      ),
    );
    this.field.setAttribute("aria-description", this.chosen.length > 0 ? `Chosen: ${this.chosen.map(words).join(", ")}. Backspace removes the last.` : "");
  }

  #remover(option) {
    // Backspace does the same for keyboards, so it is no stop of its own.
    const remove = () => this.#take(this.chosen.filter((one) => one.value !== option.value));
    return h("button", { type: "button", tabindex: "-1", "aria-label": `Remove ${words(option)}`, on: { click: remove } }, "×");
  }

  #take(options) {
    this.#before ??= this.chosen;
    this.chosen = options;
    this.#draw();
    // Several are chosen in one go: that is one choice, made when the list closes.
    if (!this.many || !this.popup.isOpen) this.#settle();
  }

  #settle() {
    const before = this.#before;
    this.#before = null;
    if (before !== null) this.onChange(this.chosen, () => this.set(before));
  }

  #pressed(event) {
    if (event.target.closest("button")) return;
    if (event.target !== this.field) event.preventDefault();
    this.field.focus();
    if (this.popup.isOpen && event.target === this.field) return;
    this.#search(0, { all: true });
  }

  /** Ask for what fits the typed words; `all` asks as if nothing were typed. */
  #search(pauseMs, { all = false } = {}) {
    const typed = all ? "" : this.field.value.trim();
    clearTimeout(this.#timer);
    this.#asked += 1;
    const turn = this.#asked;
    if (typed.length < this.least) {
      if (all) this.#show([[null, []]], `Type ${this.least === 1 ? "a character" : `${this.least} characters`} to search.`);
      else this.popup.close();
      return;
    }
    const ask = async () => {
      const slow = setTimeout(() => this.#show([[null, []]], "Searching …"), PAUSE_MS);
      const found = await this.find(typed).catch(() => null);
      clearTimeout(slow);
      // An answer to an older question, or one that comes when the person has left, is not shown.
      if (turn !== this.#asked || document.activeElement !== this.field) return;
      this.#show(grouped(found ?? {}), found === null ? "No answer." : "No results.");
    };
    if (pauseMs === 0) ask();
    else this.#timer = setTimeout(ask, pauseMs);
  }

  #show(groups, emptyWords) {
    this.#options = groups.flatMap(([, options]) => options);
    this.#active = -1;
    const rows = groups.flatMap(([label, options], at) => {
      const items = options.map((option) => this.#row(option));
      if (label === null) return items;
      const id = `${this.list.id}-${at}`;
      return h("div", { role: "group", "aria-labelledby": id }, h("div", { class: "bk-group", id, text: label }), items);
    });
    if (this.#options.length === 0) rows.splice(0, rows.length, h("div", { class: "bk-none", text: emptyWords }));
    this.list.replaceChildren(...rows);
    const count = this.#options.length;
    setText(this.status, count === 0 ? emptyWords : count === 1 ? "1 option" : `${count} options`);
    this.popup.open();
    this.popup.place();
    this.field.setAttribute("aria-expanded", "true");
    const current = this.#options.findIndex((option) => this.#has(option));
    this.#point(this.many ? (count > 0 ? 0 : -1) : Math.max(current, count > 0 ? 0 : -1));
  }

  #has(option) {
    return this.chosen.some((one) => one.value === option.value);
  }

  #row(option) {
    const at = this.#options.indexOf(option);
    const description = option.description ? h("small", { text: plain(option.description) }) : null;
    return h(
      "div",
      { role: "option", class: "bk-option", id: `${this.list.id}-o${at}`, "data-at": String(at), "aria-selected": String(this.#has(option)) },
      h("span", { class: "bk-tick", "aria-hidden": "true", text: "✓" }),
      h("span", {}, words(option), description),
    );
  }

  #rows() {
    return [...this.list.querySelectorAll("[role=option]")];
  }

  #point(at) {
    const rows = this.#rows();
    this.#active = at;
    rows.forEach((row, index) => row.classList.toggle("bk-active", index === at));
    if (rows[at]) {
      this.field.setAttribute("aria-activedescendant", rows[at].id);
      rows[at].scrollIntoView({ block: "nearest" });
    } else this.field.removeAttribute("aria-activedescendant");
  }

  #clicked(event) {
    const row = event.target.closest("[role=option]");
    if (row) this.#pick(Number(row.dataset.at));
  }

  #pick(at) {
    const option = this.#options[at];
    if (!option) return;
    if (!this.many) {
      this.popup.close();
      this.#take([option]);
      return;
    }
    const taken = this.#has(option);
    if (!taken && this.most && this.chosen.length >= this.most) {
      setText(this.status, `${this.most} is the most.`);
      return;
    }
    this.field.value = "";
    this.#take(taken ? this.chosen.filter((one) => one.value !== option.value) : [...this.chosen, option]);
    this.#rows().forEach((row, index) => row.setAttribute("aria-selected", String(this.#has(this.#options[index]))));
    this.popup.place();
  }

  #keyed(event) {
    const rows = this.#options.length;
    if (event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const by = event.key === "ArrowDown" ? 1 : -1;
      if (!this.popup.isOpen) this.#search(0, { all: this.#isAsChosen() });
      else if (rows > 0) this.#point((this.#active + by + rows) % rows);
    } else if (event.key === "Enter" && this.popup.isOpen) {
      event.preventDefault();
      this.#pick(this.#active);
    } else if (event.key === "Enter") event.preventDefault();
    else if (event.key === "Escape" && this.popup.isOpen) {
      event.preventDefault();
      this.popup.close();
    } else if (event.key === "Backspace" && this.many && this.field.value === "" && this.chosen.length > 0) {
      this.#take(this.chosen.slice(0, -1));
      this.popup.close();
    }
  }

  #isAsChosen() {
    return this.many ? this.field.value === "" : this.field.value === (this.chosen[0] ? words(this.chosen[0]) : "");
  }

  #closed() {
    this.#settle();
    this.field.setAttribute("aria-expanded", "false");
    this.field.removeAttribute("aria-activedescendant");
  }

  #left() {
    clearTimeout(this.#timer);
    this.#asked += 1;
    this.popup.close();
    // Emptied means none; other words that were not picked mean what was chosen before.
    if (!this.many && this.field.value.trim() === "" && this.chosen.length > 0) this.#take([]);
    else if (this.many) this.field.value = "";
    else this.#draw();
  }
}
