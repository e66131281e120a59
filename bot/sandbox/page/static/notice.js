// What Slack itself says to one person.

import { mrkdwn } from "./blocks.js";
import { h, setAttribute, setText } from "./dom.js";
import { icon } from "./icons.js";
import { clockTime } from "./times.js";

/** A sentence Slack itself says to this person, shown among the messages. */
export class NoticeRow {
  constructor(page, key) {
    this.page = page;
    this.key = key;
    this.text = h("div", { class: "notice-text" });
    this.time = h("time", { class: "message-time" });
    this.element = h(
      "article",
      {
        class: "message notice",
        tabindex: "-1",
        "aria-label": "Notice",
        "data-key": key,
        "data-testid": "notice",
      },
      h(
        "div",
        { class: "message-sign" },
        h("span", { class: "avatar warning", "aria-hidden": "true" }, icon("warning")),
      ),
      h(
        "div",
        { class: "message-main" },
        h(
          "p",
          { class: "message-private" },
          icon("eye"),
          h("span", { text: "Only visible to you" }),
          this.time,
        ),
        this.text,
      ),
    );
  }

  update(notice) {
    const zone = this.page.me.zone;
    setText(this.time, clockTime(new Date(notice.at), zone));
    setAttribute(this.time, "datetime", notice.at);
    if (this.shown === notice.text) return;
    this.shown = notice.text;
    this.text.replaceChildren(mrkdwn(notice.text, this.page.context({})));
  }

  spoken() {
    return this.shown;
  }
}
