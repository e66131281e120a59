// What the bot was sent and what it answered, with every Slack rule it broke.

import { arrange, h, setAttribute, setText } from "./dom.js";
import { icon } from "./icons.js";
import { jsonTree } from "./json.js";
import { clockTimeFine, fullMoment } from "./times.js";

const SLACK_WAITS_MS = 3000;

const KINDS = {
  command: "Command",
  action: "Click",
  submission: "Submit",
  suggestion: "Options",
  shortcut: "Shortcut",
  event: "Event",
  call: "Call",
  response_url: "Answer",
};

const FILTERS = [
  { id: "all", label: "All", keeps: () => true },
  {
    id: "people",
    label: "From people",
    keeps: (one) => !["event", "call", "response_url"].includes(one.kind),
  },
  { id: "bot", label: "From the bot", keeps: (one) => ["call", "response_url"].includes(one.kind) },
  { id: "problems", label: "Problems", keeps: (one) => isProblem(one) },
];

function isProblem(exchange) {
  return !exchange.ok || exchange.late || exchange.violations.length > 0;
}

function duration(ms) {
  if (ms === null || ms === undefined) return "";
  return ms < 10 ? `${ms.toFixed(1)} ms` : ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(2)} s`;
}

/** One exchange; its details are drawn when it is unfolded first. */
class ExchangeRow {
  constructor(page) {
    this.page = page;
    this.summary = h("summary", {});
    this.details = h("div", { class: "exchange-details" });
    this.element = h(
      "details",
      { class: "exchange", "data-testid": "exchange", on: { toggle: () => this.#fill() } },
      this.summary,
      this.details,
    );
  }

  update(exchange) {
    const zone = this.page.me.zone;
    if (exchange === this.exchange && zone === this.zone) return;
    Object.assign(this, { exchange, zone });
    this.details.replaceChildren();
    setAttribute(this.element, "data-key", `exchange:${exchange.n}`);
    this.element.classList.toggle("problem", isProblem(exchange));
    const at = new Date(exchange.at);
    const broken = exchange.violations.length;
    const state = [
      broken > 0 &&
        h("span", { class: "tag bad", text: broken === 1 ? "1 rule broken" : `${broken} rules broken` }),
      exchange.late && h("span", { class: "tag bad", text: "late" }),
      !exchange.ok && h("span", { class: "tag bad", text: exchange.error || "failed" }),
    ];
    this.summary.replaceChildren(
      h("span", { class: `kind kind-${exchange.kind}`, text: KINDS[exchange.kind] ?? exchange.kind }),
      h("span", { class: "exchange-title", text: exchange.title }),
      h("span", { class: "exchange-ms", text: duration(exchange.ms) }),
      h(
        "span",
        { class: "exchange-meta" },
        h("time", { datetime: exchange.at, title: fullMoment(at, zone), text: clockTimeFine(at, zone) }),
        exchange.who ? h("span", { text: exchange.who }) : null,
        ...state,
      ),
    );
    this.#fill();
  }

  #fill() {
    if (!this.element.open || this.details.firstChild) return;
    const { exchange } = this;
    const byBot = ["call", "response_url"].includes(exchange.kind);
    const rules = exchange.violations.map((text) => h("li", { text }));
    this.details.append(
      ...[
        rules.length > 0 &&
          h(
            "div",
            { class: "violations", role: "group", "aria-label": "Rules of Slack's that were broken" },
            icon("warning"),
            h("ul", {}, rules),
          ),
        exchange.error && h("p", { class: "exchange-error", text: exchange.error }),
        exchange.ms !== null && !byBot && this.#timing(exchange),
        this.#side(byBot ? "The bot sent" : "The bot was sent", exchange.sent),
        this.#side(byBot ? "It was answered" : "It answered", exchange.answered),
      ].filter(Boolean),
    );
  }

  #timing({ ms, late }) {
    const words = late
      ? `Acknowledged after ${duration(ms)}: Slack waits 3 s.`
      : `Acknowledged after ${duration(ms)} of the 3 s that Slack waits.`;
    return h(
      "div",
      { class: "exchange-timing" },
      h("meter", {
        min: "0",
        max: String(SLACK_WAITS_MS),
        high: "2000",
        optimum: "0",
        value: String(Math.min(ms, SLACK_WAITS_MS)),
        "aria-label": words,
      }),
      h("span", { text: words }),
    );
  }

  #side(title, value) {
    const nothing = value === null || value === undefined || value === "";
    const copy = h(
      "button",
      {
        type: "button",
        class: "icon-button",
        "aria-label": `Copy as JSON: ${title}`,
        title: "Copy as JSON",
        on: { click: () => navigator.clipboard.writeText(JSON.stringify(value, null, 2)) },
      },
      icon("copy"),
    );
    return h(
      "section",
      { class: "exchange-side" },
      h("header", {}, h("h3", { text: title }), nothing ? null : copy),
      nothing
        ? h("p", { class: "hint", text: "Nothing: an empty body." })
        : h("div", { class: "json" }, jsonTree(value)),
    );
  }
}

export class Traffic {
  #rows = new Map();
  #filter = "all";
  #open = false;

  constructor(page) {
    this.page = page;
    this.sum = h("p", { class: "traffic-sum" });
    this.filters = h("div", { class: "segments" });
    for (const { id, label } of FILTERS) {
      const change = () => {
        this.#filter = id;
        this.draw();
      };
      this.filters.append(
        h(
          "label",
          {},
          h("input", {
            type: "radio",
            name: "traffic-filter",
            value: id,
            checked: id === "all",
            on: { change },
          }),
          h("span", { text: label }),
        ),
      );
    }
    this.list = h("div", { class: "exchange-list" });
    const close = h(
      "button",
      {
        type: "button",
        class: "icon-button",
        "aria-label": "Close the traffic",
        on: { click: () => page.navigation.closePanel() },
      },
      icon("close"),
    );
    this.panel = h(
      "section",
      { class: "panel-body traffic-panel", "aria-labelledby": "traffic-title", "data-testid": "traffic" },
      h("header", { class: "panel-head" }, h("h2", { id: "traffic-title", text: "Traffic" }), close),
      h(
        "div",
        { class: "traffic-top" },
        this.sum,
        h("fieldset", {}, h("legend", { class: "visually-hidden", text: "Which to show" }), this.filters),
      ),
      h("div", { class: "panel-scroll" }, this.list),
    );
    page.store.on(["exchange:", "me"], () => this.draw());
  }

  /** Count the rules broken in what is kept. */
  get violations() {
    return this.page.store.entries("exchange:").reduce((sum, [, one]) => sum + one.violations.length, 0);
  }

  setOpen(open) {
    this.#open = open;
    this.draw();
  }

  draw() {
    if (!this.#open) return;
    const { page } = this;
    const all = page.store.entries("exchange:").map(([, exchange]) => exchange);
    const timed = all
      .filter((one) => one.ms !== null && !["call", "response_url"].includes(one.kind))
      .map((one) => one.ms);
    const broken = this.violations;
    const rules =
      broken === 0
        ? "no rule of Slack's broken"
        : broken === 1
          ? "1 rule of Slack's broken"
          : `${broken} rules of Slack's broken`;
    const slowest = timed.length > 0 ? `, slowest acknowledgement ${duration(Math.max(...timed))}` : "";
    setText(this.sum, `${all.length} exchanges${slowest}, ${rules}.`);
    this.sum.classList.toggle("bad", broken > 0);
    const { keeps } = FILTERS.find((one) => one.id === this.#filter);
    const shown = all.filter(keeps).sort((one, two) => two.n - one.n);
    const kept = new Set(all.map((one) => one.n));
    for (const n of this.#rows.keys()) if (!kept.has(n)) this.#rows.delete(n);
    const nodes = shown.map((exchange) => {
      if (!this.#rows.has(exchange.n)) this.#rows.set(exchange.n, new ExchangeRow(page));
      const row = this.#rows.get(exchange.n);
      row.update(exchange);
      return row.element;
    });
    if (nodes.length === 0) {
      const words =
        this.#filter === "problems"
          ? "No problems. Late answers, refused calls and broken rules would stand here."
          : "Nothing yet. Type a command or press a button, and what Slack would send the bot appears here.";
      nodes.push(h("p", { class: "panel-empty", text: words }));
    }
    arrange(this.list, nodes);
  }
}
