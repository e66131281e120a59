// Layers above the page: what lies beneath is inert, Tab stays inside, Escape closes the topmost.

import { mrkdwn, plain } from "./blocks.js";
import { focusables, h } from "./dom.js";

const layers = [];

/** Put `element` (role dialog or menu) on top. `onEscape` decides what Escape and a press beside it do. */
export function openLayer(element, { onEscape, modal = true, onOutside = null }) {
  const holder = document.getElementById("overlays");
  const scrim = h("div", { class: modal ? "layer modal-layer" : "layer" }, element);
  const layer = { element, scrim, modal, onEscape, returnTo: document.activeElement };
  scrim.addEventListener("pointerdown", (event) => {
    if (event.target === scrim) (onOutside ?? (() => {}))();
  });
  scrim.addEventListener("keydown", (event) => {
    if (event.key === "Tab") keepInside(event, element);
  });
  layers.push(layer);
  holder.append(scrim);
  settleInert();
  return layer;
}

/** Take a layer away and give focus back to where it was, if that is still there. */
export function closeLayer(layer, { focus = true } = {}) {
  const at = layers.indexOf(layer);
  if (at < 0) return;
  layers.splice(at, 1);
  layer.scrim.remove();
  settleInert();
  if (!focus) return;
  if (layer.returnTo?.isConnected && !layer.returnTo.closest("[inert]"))
    layer.returnTo.focus({ preventScroll: true });
  else layers.at(-1)?.element.focus();
}

/** Say whether anything covers the page. */
export function hasLayers() {
  return layers.some((layer) => layer.modal);
}

function settleInert() {
  const lastModal = layers.findLastIndex((layer) => layer.modal);
  document.getElementById("app").toggleAttribute("inert", lastModal >= 0);
  layers.forEach((layer, at) => {
    layer.scrim.toggleAttribute("inert", at < lastModal);
    layer.scrim.classList.toggle("beneath", at < lastModal);
  });
}

function keepInside(event, element) {
  // Lists that hang from a field are drawn at the end of the page: Tab there is theirs.
  if (!element.contains(document.activeElement)) return;
  const stops = focusables(element);
  if (stops.length === 0) {
    event.preventDefault();
    return;
  }
  const [first, last] = [stops[0], stops.at(-1)];
  if (event.shiftKey && (document.activeElement === first || document.activeElement === element)) {
    event.preventDefault();
    last.focus();
  } else if (!event.shiftKey && document.activeElement === last) {
    event.preventDefault();
    first.focus();
  }
}

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.defaultPrevented || event.isComposing) return;
  const top = layers.at(-1);
  if (!top) return;
  event.preventDefault();
  top.onEscape();
});

/** Ask with Slack's confirm object before something is sent; resolves to true when it was confirmed. */
export function confirmDialog(confirm, context) {
  return new Promise((resolve) => {
    const finish = (answer) => {
      closeLayer(layer);
      resolve(answer);
    };
    const text = confirm.text?.type === "mrkdwn" ? mrkdwn(confirm.text.text, context) : plain(confirm.text);
    const yes = h("button", {
      type: "button",
      class: `button ${confirm.style === "danger" ? "danger" : "primary"}`,
      text: plain(confirm.confirm) || "Yes",
      "data-testid": "confirm-yes",
      on: { click: () => finish(true) },
    });
    const no = h("button", {
      type: "button",
      class: "button",
      text: plain(confirm.deny) || "Cancel",
      "data-testid": "confirm-no",
      on: { click: () => finish(false) },
    });
    const element = h(
      "div",
      {
        class: "dialog small",
        role: "alertdialog",
        "aria-modal": "true",
        "aria-labelledby": "confirm-title",
        "aria-describedby": "confirm-text",
        tabindex: "-1",
        "data-testid": "confirm",
      },
      h("h2", { id: "confirm-title", class: "dialog-title", text: plain(confirm.title) || "Are you sure?" }),
      h("div", { id: "confirm-text", class: "dialog-text" }, text),
      h("div", { class: "dialog-actions" }, no, yes),
    );
    const layer = openLayer(element, { onEscape: () => finish(false), onOutside: () => finish(false) });
    no.focus();
  });
}
