// Small menus that open at a button; at phone width they are sheets.

import { closeLayer, openLayer } from "./dialogs.js";
import { h } from "./dom.js";

const GAP_PX = 6;
const EDGE_PX = 8;

/**
 * Open a menu at `anchor`.
 * `items`: {label, hint?, icon?, checked?, node?, run()} or {heading}; `row` lays them side by side.
 */
export function openMenu(anchor, items, { label, row = false, className = "" }) {
  const list = h("div", {
    class: `menu ${row ? "menu-row" : ""} ${className}`,
    role: "menu",
    "aria-label": label,
    tabindex: "-1",
    "data-testid": "menu",
  });
  const choose = (run) => {
    close();
    run();
  };
  for (const item of items) {
    if (item.heading) {
      list.append(h("div", { class: "menu-heading", role: "presentation", text: item.heading }));
      continue;
    }
    const radio = item.checked !== undefined;
    list.append(
      h(
        "button",
        {
          type: "button",
          class: "menu-item",
          role: radio ? "menuitemradio" : "menuitem",
          "aria-checked": radio ? String(item.checked) : null,
          "aria-label": item.name ?? null,
          "data-key": item.key ?? null,
          tabindex: "-1",
          on: { click: () => choose(item.run) },
        },
        item.node ?? [
          item.icon,
          h("span", { class: "menu-label" }, item.label, item.hint ? h("small", { text: item.hint }) : null),
        ],
      ),
    );
  }
  anchor.setAttribute("aria-expanded", "true");
  const close = () => {
    window.removeEventListener("resize", close);
    closeLayer(layer);
    // Only now: a button that shows only while its menu is open could not take the focus back.
    anchor.setAttribute("aria-expanded", "false");
  };
  const layer = openLayer(list, { modal: false, onEscape: close, onOutside: close });
  layer.returnTo = anchor;
  layer.scrim.classList.add("menu-layer");
  window.addEventListener("resize", close);
  list.addEventListener("keydown", (event) => walk(event, list, row, close));
  place(list, anchor);
  (list.querySelector('[aria-checked="true"]') ?? list.querySelector(".menu-item"))?.focus();
}

function walk(event, list, row, close) {
  const all = [...list.querySelectorAll(".menu-item")];
  const at = all.indexOf(document.activeElement);
  const [before, after] = row ? ["ArrowLeft", "ArrowRight"] : ["ArrowUp", "ArrowDown"];
  const to = { [before]: at - 1, [after]: at + 1, Home: 0, End: all.length - 1 }[event.key];
  if (event.key === "Tab") {
    event.preventDefault();
    close();
  } else if (to !== undefined) {
    event.preventDefault();
    all[(to + all.length) % all.length].focus();
  }
}

function place(list, anchor) {
  // As a sheet the style sheet places it.
  if (matchMedia("(max-width: 640px)").matches) return;
  const from = anchor.getBoundingClientRect();
  const size = list.getBoundingClientRect();
  const below = from.bottom + GAP_PX + size.height <= innerHeight - EDGE_PX;
  const top = below ? from.bottom + GAP_PX : Math.max(EDGE_PX, from.top - GAP_PX - size.height);
  const left = Math.min(from.left, innerWidth - size.width - EDGE_PX);
  list.style.top = `${top}px`;
  list.style.left = `${Math.max(EDGE_PX, left)}px`;
}
