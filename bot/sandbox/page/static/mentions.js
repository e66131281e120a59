// Names chosen by completion, and the tokens Slack puts in their place.

/**
 * Return where chosen names stand in a text: [{start, end, token}], in order.
 * `picked`: label as written ("@Bob") → token ("<@U…>").
 */
export function mentionsIn(text, picked) {
  const found = [];
  for (const [label, token] of picked ?? []) {
    for (let at = text.indexOf(label); at >= 0; at = text.indexOf(label, at + label.length)) {
      const end = at + label.length;
      const goesOn = /[\p{L}\p{N}_-]/u.test(text.charAt(end));
      const taken = found.some((one) => at < one.end && end > one.start);
      if (!goesOn && !taken) found.push({ start: at, end, token });
    }
  }
  return found.sort((one, two) => one.start - two.start);
}

/** Return the text as Slack sends it, with tokens for the chosen names. */
export function withTokens(text, picked) {
  let [line, at] = ["", 0];
  for (const { start, end, token } of mentionsIn(text, picked)) {
    line += text.slice(at, start) + token;
    at = end;
  }
  return line + text.slice(at);
}
