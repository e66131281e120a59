// The line above the conversation: where one is, and what can stand beside it.

import { h, setAttribute, setText } from "./dom.js";
import { icon } from "./icons.js";
import { openMenu } from "./menu.js";

export class Head {
  constructor(page, { guide, traffic, sidebar }) {
    Object.assign(this, { page, guide, traffic, sidebar });
    const { navigation } = page;
    this.dot = h("span", { class: "unread-mark", hidden: true });
    this.drawer = h(
      "button",
      {
        type: "button",
        class: "icon-button only-narrow",
        "aria-label": "Open the menu",
        "aria-controls": "sidebar",
        "data-testid": "open-drawer",
        on: { click: () => navigation.setDrawer(true) },
      },
      icon("menu"),
      this.dot,
    );
    this.sign = h("span", { class: "head-sign" });
    this.title = h("h1", { id: "place-title" });
    this.topic = h("p", { class: "head-topic" });
    this.about = h(
      "button",
      {
        type: "button",
        class: "icon-button",
        "aria-label": "About this channel",
        "aria-haspopup": "menu",
        on: { click: () => this.#offer() },
      },
      icon("more"),
    );
    this.guideCount = h("span", { class: "count" });
    this.guideButton = this.#toggle("guide", "Try it", "list", this.guideCount);
    this.brokenCount = h("span", { class: "count bad" });
    this.trafficButton = this.#toggle("traffic", "Traffic", "pulse", this.brokenCount);
    this.element = h(
      "header",
      { class: "head" },
      this.drawer,
      h(
        "div",
        { class: "head-place" },
        h("div", { class: "head-line" }, this.sign, this.title, this.about),
        this.topic,
      ),
      h("div", { class: "head-tools" }, this.guideButton, this.trafficButton),
    );
    page.store.on(["me", "app", "guide", "channel:", "exchange:"], () => this.draw());
    navigation.on(() => this.draw());
  }

  draw() {
    const { page } = this;
    const { navigation } = page;
    const channel = page.channel(navigation.place);
    const kind = channel ? { channel: "hash", private: "lock", im: "bubbles" }[channel.kind] : "home";
    if (this.sign.dataset.kind !== kind) {
      this.sign.dataset.kind = kind;
      this.sign.replaceChildren(icon(kind));
    }
    setText(this.title, channel && channel.kind !== "im" ? channel.name : page.app.name);
    const words =
      { home: "Home", bubbles: "Direct messages, between the two of you" }[kind] ?? channel?.topic ?? "";
    setText(this.topic, words);
    this.about.hidden = !channel || channel.kind === "im";
    const steps = this.guide.steps;
    this.guideButton.hidden = steps.length === 0;
    setText(this.guideCount, `${steps.filter((step) => step.done).length}/${steps.length}`);
    const broken = this.traffic.violations;
    this.brokenCount.hidden = broken === 0;
    setText(this.brokenCount, String(broken));
    setAttribute(this.trafficButton, "aria-label", broken === 0 ? null : `Traffic, ${broken} rules broken`);
    const seen = navigation.thread === null ? navigation.panel : "";
    setAttribute(this.guideButton, "aria-pressed", String(seen === "guide"));
    setAttribute(this.trafficButton, "aria-pressed", String(seen === "traffic"));
    const unread = this.sidebar.unread;
    this.dot.hidden = unread === 0;
    setAttribute(
      this.drawer,
      "aria-label",
      unread === 0 ? "Open the menu" : "Open the menu: something new in another place",
    );
    setAttribute(this.drawer, "aria-expanded", String(navigation.drawer));
    document.title = `${unread > 0 ? `(${unread}) ` : ""}${channel?.kind === "im" ? "Messages" : channel ? `#${channel.name}` : "Home"} · ${page.app.name} sandbox`;
  }

  #toggle(name, label, sign, count) {
    return h(
      "button",
      {
        type: "button",
        class: "button quiet head-button",
        "aria-pressed": "false",
        "aria-controls": "panel",
        "data-testid": `toggle-${name}`,
        on: { click: () => this.page.navigation.togglePanel(name) },
      },
      icon(sign),
      h("span", { class: "head-label", text: label }),
      count,
    );
  }

  #offer() {
    const { page } = this;
    const channel = page.channel(page.navigation.place);
    const items = [{ heading: channel.kind === "private" ? "Private channel" : `#${channel.name}` }];
    if (channel.member)
      items.push({
        label: "Leave channel",
        icon: icon("back"),
        run: () => page.start("leave", { channel: channel.id }),
      });
    else
      items.push({
        label: "Join channel",
        icon: icon("plus"),
        run: () => page.start("join", { channel: channel.id }),
      });
    openMenu(this.about, items, { label: "About this channel" });
  }
}
