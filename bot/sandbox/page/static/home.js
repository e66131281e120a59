// The bot's Home tab: a view of its own for each person.

import { renderView } from "./blocks.js";
import { emptyState } from "./channel.js";
import { h } from "./dom.js";
import { loopSign } from "./icons.js";
import { partsOf, redraw } from "./redraw.js";

export class HomeView {
  #refusal = "";
  #asked = false;

  constructor(page) {
    this.page = page;
    this.body = h("div", { class: "home-body", "data-testid": "home" });
    this.element = h("div", { class: "home-view", id: "home", tabindex: "-1" }, this.body);
    page.store.on(["home", "me", "people", "channel:"], (keys, whole) => {
      if (whole) this.#asked = false;
      if (this.isOpen()) this.open();
    });
  }

  isOpen() {
    return this.page.navigation.place === "home";
  }

  /** Show Home, and tell the bot once that it was opened. */
  open() {
    if (!this.#asked && this.page.me.id) this.#ask();
    this.#draw();
  }

  hide() {
    this.#asked = false;
  }

  async #ask() {
    this.#asked = true;
    this.#refusal = "";
    try {
      await this.page.live.act("open_home");
    } catch (error) {
      this.#refusal = error.message;
      this.#draw();
    }
  }

  #draw() {
    const { page } = this;
    const home = page.store.get("home");
    if (!home) {
      const words =
        this.#refusal ||
        `${page.app.name} was told that you are here. What it shows you appears in this place.`;
      redraw(
        this.body,
        wrap(emptyState(loopSign(), `${page.app.name} has not published a Home for you`, words)),
        [{ key: "empty", sign: words }],
      );
      return;
    }
    const context = page.context({ home: true }, { values: home.values ?? {} });
    const parts = partsOf(home.blocks, (block) => [home.values?.[block.block_id], page.me.zone, page.me.id]);
    redraw(this.body, renderView(home, context), parts, { keepTyped: true });
  }
}

function wrap(element) {
  const fragment = document.createDocumentFragment();
  fragment.append(element);
  return fragment;
}
