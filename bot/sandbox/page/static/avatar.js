// The round sign that stands for a person or the bot.

import { h } from "./dom.js";
import { loopSign } from "./icons.js";
import { hueOf } from "./page.js";

/** Return an avatar: the bot's own sign, else the first letter; decoration only, the name stands beside it. */
export function avatar({ id, name, bot }, { small = false } = {}) {
  const size = small ? "small" : "";
  if (bot) return h("span", { class: `avatar bot ${size}`, "aria-hidden": "true" }, loopSign());
  return h("span", {
    class: `avatar hue-${hueOf(id)} ${size}`,
    "aria-hidden": "true",
    text: name.slice(0, 1).toUpperCase(),
  });
}
