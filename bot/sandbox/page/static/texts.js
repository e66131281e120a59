// Text objects.

import { withEmoji } from "./emoji.js";
import { mrkdwn } from "./mrkdwn.js";

/** Return the words of a plain_text object (or of a bare text) with emoji names as emoji. */
export function plain(object) {
  if (object === null || object === undefined) return "";
  if (typeof object === "string") return withEmoji(object);
  const text = String(object.text ?? "");
  return object.emoji === false ? text : withEmoji(text);
}

/** Return what a text object of either type, or a bare text, shows. */
export function textNode(object, ctx) {
  if (object?.type === "mrkdwn") return mrkdwn(String(object.text ?? ""), ctx, { verbatim: object.verbatim });
  return document.createTextNode(plain(object));
}
