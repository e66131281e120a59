// The bot's clock: what time it is for it, how fast it runs, and the jump to what comes next.

import { h, setAttribute, setText } from "./dom.js";
import { icon } from "./icons.js";
import { clockTime, shortDay, shortMoment, untilWords, zoneCity } from "./times.js";

const RATES = [
  { rate: 1, label: "Real time", name: "as on the wall" },
  { rate: 60, label: "1 min/s", name: "a minute each second" },
];

export class ClockCard {
  #rates = "";

  constructor(page) {
    this.page = page;
    this.time = h("strong", { class: "clock-time" });
    this.day = h("span", { class: "clock-day" });
    this.choices = h("div", { class: "segments" });
    this.jumpWhat = h("span", {});
    this.jumpWhen = h("small", {});
    this.jump = h(
      "button",
      { type: "button", class: "button jump", "data-testid": "jump", on: { click: () => this.#jump() } },
      icon("skip"),
      h("span", { class: "jump-words" }, this.jumpWhat, this.jumpWhen),
    );
    this.busy = h("p", { class: "clock-busy", role: "status" });
    this.element = h(
      "section",
      { class: "clock-card", "aria-labelledby": "clock-title", "data-testid": "clock", hidden: true },
      h("h2", { id: "clock-title", class: "side-title" }, icon("clock"), "The bot's clock"),
      h("div", { class: "clock-face" }, this.time, this.day),
      h(
        "fieldset",
        { class: "clock-rate" },
        h("legend", { class: "visually-hidden", text: "How fast the clock runs" }),
        this.choices,
      ),
      this.jump,
      this.busy,
    );
    page.store.on(["clock", "me"], () => this.#draw());
  }

  /** Show the present moment. */
  tick() {
    const { page } = this;
    if (this.element.hidden) return;
    const now = page.now();
    setText(this.time, clockTime(now, page.me.zone));
    setText(this.day, `${shortDay(now, page.me.zone)} · ${zoneCity(page.me.zone)}`);
    const next = page.store.get("clock")?.next;
    if (next)
      setText(
        this.jumpWhen,
        `${shortMoment(new Date(next.at), page.me.zone, now)}, ${untilWords(new Date(next.at), now)}`,
      );
  }

  #draw() {
    const clock = this.page.store.get("clock");
    this.element.hidden = !clock;
    if (!clock) return;
    this.#drawRates(clock.rate);
    this.jump.hidden = !clock.next;
    if (clock.next) setText(this.jumpWhat, `Jump to ${clock.next.what}`);
    setAttribute(this.jump, "aria-disabled", clock.busy ? "true" : null);
    setText(this.busy, clock.busy ?? "");
    this.element.classList.toggle("busy", Boolean(clock.busy));
    this.tick();
  }

  #drawRates(rate) {
    const known = RATES.some((one) => one.rate === rate);
    const rates = known ? RATES : [...RATES, { rate, label: `${rate}×`, name: `${rate} times as fast` }];
    const sign = rates.map((one) => one.rate).join();
    if (this.#rates !== sign) {
      this.#rates = sign;
      this.choices.replaceChildren(...rates.map((one) => this.#choice(one)));
    }
    for (const input of this.choices.querySelectorAll("input")) input.checked = Number(input.value) === rate;
  }

  #choice({ rate, label, name }) {
    const change = () => this.page.act("set_rate", { rate }).catch(() => this.#draw());
    return h(
      "label",
      { title: name },
      h("input", {
        type: "radio",
        name: "clock-rate",
        value: rate,
        "aria-label": `${label}: ${name}`,
        on: { change },
      }),
      h("span", { text: label }),
    );
  }

  #jump() {
    if (this.jump.getAttribute("aria-disabled")) return;
    this.page.start("jump");
  }
}
