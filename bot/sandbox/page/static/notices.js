// Short sentences at the edge of the page, said aloud as well.

import { h } from "./dom.js";
import { icon } from "./icons.js";

const SHOWN_MS = 9000;

/** Say something to assistive technology; `now` interrupts. */
export function announce(text, { now = false } = {}) {
  const region = document.getElementById(now ? "announce-now" : "announce-politely");
  region.append(h("p", { text }));
  while (region.children.length > 3) region.firstChild.remove();
}

/** Show a sentence until it is dismissed or was there long enough; a pointer or focus on it keeps it. */
export function toast(text, { kind = "error" } = {}) {
  const holder = document.getElementById("toasts");
  const same = [...holder.children].find((one) => one.dataset.text === text);
  same?.remove();
  let timer = 0;
  const leave = () => element.remove();
  const wait = () => {
    clearTimeout(timer);
    timer = setTimeout(leave, SHOWN_MS);
  };
  const hold = () => clearTimeout(timer);
  const element = h(
    "div",
    {
      class: `toast ${kind}`,
      "data-testid": "toast",
      on: { pointerenter: hold, pointerleave: wait, focusin: hold, focusout: wait },
    },
    icon(kind === "error" ? "warning" : "check"),
    h("p", { text }),
    h(
      "button",
      { type: "button", class: "icon-button", "aria-label": "Dismiss", on: { click: leave } },
      icon("close"),
    ),
  );
  element.dataset.text = text;
  holder.append(element);
  while (holder.children.length > 4) holder.firstChild.remove();
  announce(text, { now: kind === "error" });
  wait();
}
