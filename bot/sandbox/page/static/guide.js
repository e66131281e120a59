// What to try: a list that ticks itself off as things happen.

import { mrkdwn } from "./blocks.js";
import { arrange, h, setAttribute, setText } from "./dom.js";
import { icon } from "./icons.js";

/** Do what a step proposes: go to its place and put its command there, unsent. */
function follow(page, go, write) {
  const { navigation } = page;
  if (go.home) navigation.go("home");
  else if (go.channel) navigation.go(go.channel);
  else if (go.command && navigation.place === "home")
    navigation.go(page.channels.find((one) => one.member && one.kind !== "im")?.id ?? navigation.place);
  if (matchMedia("(max-width: 1079px)").matches) navigation.closePanel();
  if (go.command) write(go.command);
}

function invitation(page, go) {
  if (go.command) return `Type ${go.command} for me`;
  if (go.home) return `Open ${page.app.name}'s Home`;
  return `Open #${page.name(go.channel)}`;
}

export class Guide {
  #rows = new Map();

  /** `write(line)` puts a line into the open channel's composer. */
  constructor(page, write) {
    this.page = page;
    this.write = write;
    this.count = h("small", { class: "guide-count" });
    this.bar = h("progress", { class: "guide-bar", max: "1", value: "0", "aria-label": "Steps done" });
    this.list = h("ol", { class: "guide-list", "aria-labelledby": "guide-title" });
    this.done = h(
      "div",
      { class: "guide-done", hidden: true },
      h("h3", { text: "That was all of it" }),
      h("p", {
        text: "Keep playing: nothing here can break, and nothing leaves this machine. Start again with a fresh workspace by stopping the demo and running it anew.",
      }),
    );
    const close = h(
      "button",
      {
        type: "button",
        class: "icon-button",
        "aria-label": "Close the guide",
        on: { click: () => page.navigation.closePanel() },
      },
      icon("close"),
    );
    const intro = h("p", {
      class: "guide-intro",
      text: "This is a small Slack workspace on your own machine, with the real bot in it. Be anyone, press anything. A good order to try things:",
    });
    this.panel = h(
      "section",
      { class: "panel-body guide-panel", "aria-labelledby": "guide-title", "data-testid": "guide" },
      h("header", { class: "panel-head" }, h("h2", { id: "guide-title", text: "Try it" }), this.count, close),
      h("div", { class: "panel-scroll" }, intro, this.bar, this.list, this.done),
    );
    this.nextTitle = h("span", { class: "next-title" });
    this.nextGo = h("button", {
      type: "button",
      class: "button small",
      on: { click: () => this.#followNext() },
    });
    const all = h("button", {
      type: "button",
      class: "button small quiet",
      text: "All steps",
      on: { click: () => page.navigation.togglePanel("guide") },
    });
    this.strip = h(
      "div",
      {
        class: "next-step",
        role: "group",
        "aria-label": "What to try next",
        "data-testid": "next-step",
        hidden: true,
      },
      h("span", { class: "next-words" }, h("small", { text: "Try next" }), this.nextTitle),
      this.nextGo,
      all,
    );
    page.store.on(["guide", "channel:", "app", "me"], () => this.draw());
    page.navigation.on(() => this.draw());
  }

  get steps() {
    return this.page.store.get("guide") ?? [];
  }

  draw() {
    const { page, steps } = this;
    const done = steps.filter((step) => step.done).length;
    const next = steps.find((step) => !step.done);
    setText(this.count, `${done} of ${steps.length} done`);
    this.bar.max = Math.max(1, steps.length);
    this.bar.value = done;
    this.done.hidden = steps.length === 0 || Boolean(next);
    arrange(
      this.list,
      steps.map((step) => this.#row(step, step === next)),
    );
    const covered = page.navigation.thread === null && page.navigation.panel === "guide";
    this.strip.hidden = !next || covered;
    if (!next) return;
    setText(this.nextTitle, next.title);
    const leads =
      next.go &&
      (next.go.command || next.go.channel || next.go.home) &&
      (!next.go.channel || page.channel(next.go.channel));
    this.nextGo.hidden = !leads;
    if (leads) setText(this.nextGo, next.go.command ? "Type it for me" : "Take me there");
  }

  #row(step, isNext) {
    if (!this.#rows.has(step.id)) {
      const element = h("li", { class: "guide-step", "data-key": step.id });
      this.#rows.set(step.id, { element, sign: "" });
    }
    const row = this.#rows.get(step.id);
    const sign = JSON.stringify([
      step,
      this.page.app.name,
      step.go?.channel && this.page.name(step.go.channel),
      this.page.me.name,
    ]);
    if (row.sign !== sign) {
      const focused = row.element.contains(document.activeElement);
      row.sign = sign;
      this.#fill(row.element, step);
      if (focused) row.element.querySelector("button")?.focus({ preventScroll: true });
    }
    row.element.classList.toggle("next", isNext);
    setAttribute(row.element, "aria-current", isNext ? "step" : null);
    return row.element;
  }

  #fill(element, step) {
    const go = step.go ?? {};
    const closed = go.channel && !this.page.channel(go.channel);
    const leads = !closed && (go.channel || go.command || go.home);
    const button =
      leads &&
      h("button", {
        type: "button",
        class: "button small",
        text: invitation(this.page, go),
        on: { click: () => follow(this.page, go, this.write) },
      });
    element.classList.toggle("done", step.done);
    const state = h("span", { class: "visually-hidden", text: step.done ? "Done: " : "" });
    element.replaceChildren(
      h("span", { class: "guide-mark", "aria-hidden": "true" }, step.done ? icon("check") : ""),
      h(
        "div",
        { class: "guide-words" },
        h("h3", {}, state, step.title),
        h("div", { class: "guide-text" }, mrkdwn(step.text, this.page.context({}))),
        step.done
          ? null
          : button ||
              (closed &&
                h("p", {
                  class: "hint",
                  text: `${this.page.me.name} cannot see that channel: be somebody else for this, at the top left.`,
                })),
      ),
    );
  }

  #followNext() {
    const next = this.steps.find((step) => !step.done);
    if (next?.go) follow(this.page, next.go, this.write);
  }
}
