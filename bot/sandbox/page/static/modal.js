// The stack of modals the bot opened for this person.

import { plain, readInputs, renderView } from "./blocks.js";
import { closeLayer, openLayer } from "./dialogs.js";
import { focusables, h, setAttribute, setText } from "./dom.js";
import { icon } from "./icons.js";
import { announce } from "./notices.js";
import { partsOf, redraw } from "./redraw.js";

/** One open modal; it stays the same element while the bot updates its view. */
class Modal {
  #refused = {};
  #sending = false;
  #leaving = false;

  constructor(page, id) {
    this.page = page;
    this.id = id;
    const name = `modal-${id}`;
    this.title = h("h2", { id: `${name}-title`, class: "dialog-title" });
    this.depth = h("small", { class: "modal-depth" });
    this.problem = h("p", { class: "modal-problem", role: "alert", hidden: true });
    this.body = h("div", { class: "modal-body" });
    this.status = h("p", { class: "modal-status", role: "status" });
    this.closeButton = h("button", {
      type: "button",
      class: "button",
      "data-testid": "modal-close",
      on: { click: () => this.leave() },
    });
    this.submitButton = h("button", {
      type: "submit",
      class: "button primary",
      "data-testid": "modal-submit",
    });
    const shut = h(
      "button",
      { type: "button", class: "icon-button", "aria-label": "Close", on: { click: () => this.leave() } },
      icon("close"),
    );
    this.element = h(
      "form",
      {
        class: "dialog modal",
        role: "dialog",
        "aria-modal": "true",
        "aria-labelledby": `${name}-title`,
        tabindex: "-1",
        novalidate: true,
        autocomplete: "off",
        "data-testid": "modal",
        "data-key": id,
        on: { submit: (event) => this.#submit(event), keydown: (event) => this.#pressed(event) },
      },
      h(
        "header",
        { class: "modal-head" },
        h("span", { class: "modal-titles" }, this.title, this.depth),
        shut,
      ),
      this.problem,
      h("div", { class: "modal-scroll" }, this.body),
      h("footer", { class: "modal-foot" }, this.status, this.closeButton, this.submitButton),
    );
    this.layer = openLayer(this.element, { onEscape: () => this.leave() });
  }

  /** Show the view as it is now; `at` of `count` on the stack. */
  update(view, at, count) {
    const first = this.view === undefined;
    // Errors were about the form as it was: when the bot changes it, they go.
    if (!first && JSON.stringify(view.blocks) !== JSON.stringify(this.view.blocks)) this.#refused = {};
    this.view = view;
    setText(this.title, plain(view.title) || this.page.app.name);
    setText(this.depth, count > 1 ? `${at + 1} of ${count} open` : "");
    setText(this.closeButton, plain(view.close) || (view.submit ? "Cancel" : "Close"));
    this.submitButton.hidden = !view.submit;
    this.#drawBody();
    this.#drawBusy();
    if (first) this.#focusFirst();
    else if (
      !this.element.contains(document.activeElement) &&
      at === count - 1 &&
      document.activeElement === document.body
    )
      this.element.focus();
  }

  remove() {
    closeLayer(this.layer);
  }

  /** Close this one, as Escape and its buttons do. */
  async leave() {
    if (this.#leaving) return;
    this.#leaving = true;
    await this.page.act("close_view", { view: this.id }).catch(() => {
      this.#leaving = false;
    });
  }

  #errors() {
    return { ...this.view.errors, ...this.#refused };
  }

  #drawBody() {
    const { page, view } = this;
    const errors = this.#errors();
    const context = page.context({ view: this.id }, { values: view.values ?? {}, errors });
    const parts = partsOf(view.blocks, (block) => [errors[block.block_id], page.me.zone]);
    redraw(this.body, renderView({ ...view, errors }, context), parts, { keepTyped: true });
  }

  #drawBusy() {
    const busy = this.#sending || Boolean(this.view.busy);
    setAttribute(this.element, "aria-busy", busy ? "true" : null);
    this.element.classList.toggle("busy", busy);
    setAttribute(this.submitButton, "aria-disabled", busy ? "true" : null);
    setText(this.submitButton, busy ? "Working…" : plain(this.view.submit) || "Submit");
    setText(this.status, busy ? `Waiting for ${this.page.app.name}` : "");
  }

  #focusFirst() {
    const fields = focusables(this.body);
    const field = fields.find((one) =>
      one.matches("input, textarea, select, [role=combobox], [contenteditable=true]"),
    );
    const wanted = fields.find((one) => one.closest("[data-focus-on-load]"));
    (wanted ?? field ?? fields[0] ?? (this.submitButton.hidden ? this.closeButton : this.submitButton)).focus();
  }

  #pressed(event) {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !this.submitButton.hidden) {
      event.preventDefault();
      this.element.requestSubmit();
    }
  }

  async #submit(event) {
    event.preventDefault();
    if (this.#sending || this.view.busy || !this.view.submit) return;
    this.#sending = true;
    this.#refused = {};
    this.#complain("");
    this.#drawBusy();
    try {
      const { outcome, errors } = await this.page.live.act("submit", {
        view: this.id,
        values: readInputs(this.body),
      });
      this.#sending = false;
      this.#ended(outcome, errors ?? {});
    } catch (error) {
      this.#sending = false;
      this.#complain(error.message);
    }
    if (this.element.isConnected) this.#drawBusy();
  }

  #ended(outcome, errors) {
    if (outcome === "failed")
      this.#complain(
        `${this.page.app.name} did not take this. What you typed is still here: try again, or look at Traffic for the reason.`,
      );
    if (outcome !== "errors" && outcome !== "invalid") return;
    this.#refused = errors;
    this.#drawBody();
    const all = Object.entries(this.#errors());
    if (all.length === 0) return;
    announce(
      `${all.length === 1 ? "One field needs" : `${all.length} fields need`} another look. ${all[0][1]}`,
      { now: true },
    );
    const block = [...this.body.children].find((one) => one.dataset.blockId in this.#errors());
    if (!block) return;
    block.scrollIntoView({ block: "nearest" });
    focusables(block)[0]?.focus();
  }

  #complain(sentence) {
    this.problem.hidden = sentence === "";
    setText(this.problem, sentence);
  }
}

/** Keeps the modals on the page equal to the person's stack. */
export class Modals {
  #open = new Map();

  constructor(page) {
    this.page = page;
    page.store.on(["modals", "me", "people"], () => this.#draw());
  }

  #draw() {
    const views = this.page.store.get("modals") ?? [];
    const ids = new Set(views.map((view) => view.id));
    for (const [id, modal] of [...this.#open].reverse()) {
      if (ids.has(id)) continue;
      this.#open.delete(id);
      modal.remove();
    }
    views.forEach((view, at) => {
      if (!this.#open.has(view.id)) this.#open.set(view.id, new Modal(this.page, view.id));
      this.#open.get(view.id).update(view, at, views.length);
    });
  }
}
