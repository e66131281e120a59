// Emoji: a name between colons becomes a picture; a name nobody knows stays as it is written.

import { EMOJI } from "./emoji-names.js";

const NAME = /:([a-z0-9_+'-]+):(?::skin-tone-([2-6]):)?/g;
const LIGHTEST_SKIN = 0x1f3fb;

function picture(name, tone) {
  const found = EMOJI.get(name);
  if (!found || !tone) return found;
  return found.replace("\ufe0f", "") + String.fromCodePoint(LIGHTEST_SKIN + Number(tone) - 2);
}

/** Return the picture of an emoji, such as of a reaction, or its name between colons. */
export function emoji(name) {
  const [base, tone] = name.split("::skin-tone-");
  return picture(base, tone) ?? `:${name}:`;
}

/** Return a text with the emoji names in it shown as pictures. */
export function withEmoji(text) {
  return text.replace(NAME, (whole, name, tone) => picture(name, tone) ?? whole);
}

/** Return the names of the emoji that stand between colons in a text, each once, in order. */
export function emojiNames(text) {
  return [...new Set([...text.matchAll(NAME)].map((match) => match[1]).filter((name) => EMOJI.has(name)))];
}

/** Return [text, name or null] for each stretch of a text: what stands between emoji names, and their pictures. */
export function emojiParts(text) {
  const parts = [];
  let from = 0;
  for (const match of text.matchAll(NAME)) {
    const shown = picture(match[1], match[2]);
    if (!shown) continue;
    if (match.index > from) parts.push([text.slice(from, match.index), null]);
    parts.push([shown, match[1]]);
    from = match.index + match[0].length;
  }
  if (from < text.length) parts.push([text.slice(from), null]);
  return parts;
}
