// What is pressed: buttons, pairs of feedback buttons, and menus of actions.

import { h } from "./dom.js";
import { keep, kept } from "./kept.js";
import { Popup } from "./popup.js";
import { plain } from "./texts.js";

const OPENS = /^https?:\/\//i;

/** Return whether it went through: asked about where Slack asks, then sent. The shell says itself why it did not. */
async function act({ element, block, ctx }, what, payload) {
  if (element.confirm && !(await ctx.confirm(element.confirm))) return false;
  const whole = { place: ctx.place, block_id: block.block_id, action_id: element.action_id, ...payload };
  return ctx.send(what, whole).then(
    () => true,
    () => false,
  );
}

/** Run `work` once at a time; meanwhile the button shows that it is busy. */
function whileBusy(button, work) {
  return async (event) => {
    if (button.getAttribute("aria-busy") === "true") {
      event.preventDefault();
      return;
    }
    button.setAttribute("aria-busy", "true");
    try {
      await work(event);
    } finally {
      button.removeAttribute("aria-busy");
    }
  };
}

/** Return a button; one with an address opens it and is sent all the same. */
export function button(parts) {
  const { element, labels } = parts;
  const style = { primary: " primary", danger: " danger" }[element.style] ?? "";
  const address = OPENS.test(element.url ?? "") ? element.url : null;
  const attributes = { class: `button${style}`, "aria-label": element.accessibility_label, ...labels };
  const words = h("span", { class: "bk-button-text", text: plain(element.text) });
  const kind = address ? { href: address, target: "_blank", rel: "noopener noreferrer" } : { type: "button" };
  const made = h(address ? "a" : "button", { ...kind, ...attributes }, words, address ? leaves() : null);
  made.addEventListener(
    "click",
    whileBusy(made, async (event) => {
      const opensLater = address && element.confirm;
      if (opensLater) event.preventDefault();
      const sent = await act(parts, "press", { value: element.value });
      if (sent && opensLater) window.open(address, "_blank", "noopener");
    }),
  );
  return made;
}

function leaves() {
  const mark = h("span", { class: "bk-leaves", "aria-hidden": "true", text: "↗" });
  return h("span", {}, " ", mark, h("span", { class: "visually-hidden", text: " (opens a new tab)" }));
}

/** Return the two buttons of a feedback_buttons element; the one pressed last stays marked. */
export function feedbackButtons(parts) {
  const { element, block, ctx } = parts;
  const what = `feedback ${element.action_id}`;
  const pair = [
    ["👍", element.positive_button],
    ["👎", element.negative_button],
  ].map(([sign, one]) => {
    const attributes = { type: "button", class: "button quiet small bk-feedback", "aria-label": one.accessibility_label };
    const pressed = String(kept(ctx, block, what) === one.value);
    const words = [h("span", { "aria-hidden": "true", text: sign }), h("span", { class: "bk-button-text", text: plain(one.text) })];
    const made = h("button", { ...attributes, "aria-pressed": pressed }, words);
    made.addEventListener(
      "click",
      whileBusy(made, async () => {
        if (!(await act(parts, "press", { value: one.value }))) return;
        keep(ctx, block, what, one.value);
        for (const other of pair) other.setAttribute("aria-pressed", String(other === made));
      }),
    );
    return made;
  });
  return h("span", { class: "bk-pair", role: "group", "aria-label": "Feedback" }, pair);
}

const ICONS = { trash: "🗑️" };

/** Return a small button with an icon, or nothing for people it is not shown to. */
export function iconButton(parts) {
  const { element, ctx } = parts;
  if (element.visible_to_user_ids && !element.visible_to_user_ids.includes(ctx.me)) return h("span", { hidden: true });
  const words = plain(element.text);
  const icon = h("span", { "aria-hidden": "true", text: ICONS[element.icon] ?? "•" });
  const attributes = { type: "button", class: "button quiet small", "aria-label": element.accessibility_label || words, title: words };
  const made = h("button", attributes, icon);
  made.addEventListener("click", whileBusy(made, () => act(parts, "press", { value: element.value })));
  return made;
}

/** Return the button that opens a menu of actions. */
export function overflow(parts) {
  const { element, labels } = parts;
  const items = (element.options ?? []).map((option) => {
    const description = option.description ? h("small", { text: plain(option.description) }) : null;
    return h(
      "button",
      { type: "button", role: "menuitem", tabindex: "-1", class: "bk-menu-item", on: { click: () => pick(option) } },
      h("span", { text: plain(option.text) }),
      OPENS.test(option.url ?? "") ? leaves() : null,
      description,
    );
  });
  const menu = h("div", { role: "menu", class: "bk-menu" }, items);
  const opener = h(
    "button",
    { type: "button", class: "button bk-overflow", "aria-haspopup": "menu", "aria-expanded": "false", "aria-label": "More actions", ...labels },
    h("span", { "aria-hidden": "true", text: "⋯" }),
  );
  menu.setAttribute("aria-label", opener.getAttribute("aria-label"));
  const popup = new Popup(opener, menu, { onClose: () => opener.setAttribute("aria-expanded", "false") });
  const open = (at) => {
    popup.open();
    opener.setAttribute("aria-expanded", "true");
    items.at(at)?.focus();
  };
  const close = () => {
    popup.close();
    opener.focus();
  };
  const pick = whileBusy(opener, async (option) => {
    close();
    if (OPENS.test(option.url ?? "")) window.open(option.url, "_blank", "noopener");
    await act(parts, "choose", { input: option.value });
  });
  opener.addEventListener("click", () => (popup.isOpen ? close() : open(0)));
  opener.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    event.preventDefault();
    open(event.key === "ArrowDown" ? 0 : -1);
  });
  menu.addEventListener("keydown", (event) => {
    const at = items.indexOf(document.activeElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key];
    if (to !== undefined) {
      event.preventDefault();
      items.at(to % items.length)?.focus();
    } else if (event.key === "Escape") {
      event.preventDefault();
      close();
    } else if (event.key === "Tab") popup.close();
  });
  menu.addEventListener("focusout", (event) => {
    if (event.relatedTarget && !menu.contains(event.relatedTarget)) popup.close();
  });
  return h("span", { class: "bk-overflow-box" }, opener, menu);
}
