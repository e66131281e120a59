// Elements: made from data, put in order without touching those that stay, and walked with the keyboard.

/** Return a new element. `attributes`: class, text, on {event: listener}, and plain attributes; null, undefined and false leave one out. */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "class") element.className = value;
    else if (name === "text") element.textContent = value;
    else if (name === "on")
      for (const [event, listener] of Object.entries(value)) element.addEventListener(event, listener);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(
    ...children.flat().filter((child) => child !== null && child !== undefined && child !== false),
  );
  return element;
}

/** Set the text only when it differs, so that selections and live regions are left alone. */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** Set or remove an attribute only when it differs. */
export function setAttribute(element, name, value) {
  if (value === null || value === undefined || value === false) element.removeAttribute(name);
  else if (element.getAttribute(name) !== String(value === true ? "" : value))
    element.setAttribute(name, value === true ? "" : value);
}

/** Make `nodes` the children of `parent`, in that order; a node that stays in place is not moved, so it keeps focus and scroll. */
export function arrange(parent, nodes) {
  const wanted = new Set(nodes);
  for (const child of [...parent.childNodes]) if (!wanted.has(child)) child.remove();
  let at = parent.firstChild;
  for (const node of nodes) {
    if (node === at) at = at.nextSibling;
    else parent.insertBefore(node, at);
  }
}

const FOCUSABLE =
  'a[href], button:not([disabled]), input:not([disabled]):not([type="hidden"]), select:not([disabled]), textarea:not([disabled]), summary, [tabindex]:not([tabindex="-1"]), [contenteditable="true"]';

/** Return what can be reached with Tab inside `root`, in order. */
export function focusables(root) {
  return [...root.querySelectorAll(FOCUSABLE)].filter(
    (one) => one.tabIndex >= 0 && one.getClientRects().length > 0,
  );
}

/** Make the items matching `selector` one Tab stop that the arrow keys walk; call `refresh` after the items change. */
export function roving(
  root,
  selector,
  { keys = ["ArrowUp", "ArrowDown"], last = false, onEnter = null } = {},
) {
  const items = () => [...root.querySelectorAll(selector)].filter((one) => !one.hidden);
  const rest = (current) => {
    for (const one of items()) one.tabIndex = one === current ? 0 : -1;
  };
  root.addEventListener("focusin", (event) => {
    const item = event.target.closest(selector);
    if (item && root.contains(item)) rest(item);
  });
  root.addEventListener("keydown", (event) => {
    const all = items();
    const at = all.indexOf(event.target);
    if (at < 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Enter" && onEnter) {
      event.preventDefault();
      onEnter(event.target);
      return;
    }
    const to = { [keys[0]]: at - 1, [keys[1]]: at + 1, Home: 0, End: all.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    all[Math.max(0, Math.min(all.length - 1, to))].focus();
  });
  return {
    refresh() {
      const all = items();
      // A list that grows at its end is entered there, unless somebody walks in it.
      const outside = last && !root.contains(document.activeElement);
      if (outside || !all.some((one) => one.tabIndex === 0)) rest(last ? all[all.length - 1] : all[0]);
      else rest(all.find((one) => one.tabIndex === 0));
    },
  };
}
