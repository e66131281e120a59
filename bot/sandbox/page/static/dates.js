// Moments as Slack words them, and wall-clock times in the zone of the person who looks.

const made = new Map();

function fields(at, zone) {
  if (!made.has(zone)) {
    const options = { weekday: "long", year: "numeric", month: "long", day: "numeric" };
    const clock = { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" };
    made.set(zone, new Intl.DateTimeFormat("en-US", { timeZone: zone, ...options, ...clock }));
  }
  return Object.fromEntries(made.get(zone).formatToParts(at).map((part) => [part.type, part.value]));
}

const MONTHS =
  "January February March April May June July August September October November December".split(" ");

function ordinal(day) {
  const tail = day % 100 >= 11 && day % 100 <= 13 ? 0 : day % 10;
  return `${day}${["th", "st", "nd", "rd"][tail] ?? "th"}`;
}

const two = (number) => String(number).padStart(2, "0");

function dayNumber(parts) {
  return Date.UTC(Number(parts.year), MONTHS.indexOf(parts.month), Number(parts.day)) / 86_400_000;
}

function near(at, ctx) {
  const apart = dayNumber(fields(at, ctx.zone)) - dayNumber(fields(ctx.now(), ctx.zone));
  return { "-1": "yesterday", 0: "today", 1: "tomorrow" }[apart] ?? null;
}

function ago(at, ctx) {
  const seconds = Math.round((at - ctx.now()) / 1000);
  const units = { day: 86_400, hour: 3600, minute: 60 };
  const [unit, size] = Object.entries(units).find(([, length]) => Math.abs(seconds) >= length) ?? ["second", 1];
  return new Intl.RelativeTimeFormat("en").format(Math.trunc(seconds / size), unit);
}

const WORDS = {
  date_num: ({ year, month, day }) => `${year}-${two(MONTHS.indexOf(month) + 1)}-${two(day)}`,
  date_slash: ({ year, month, day }) => `${two(day)}/${two(MONTHS.indexOf(month) + 1)}/${year}`,
  date: ({ year, month, day }) => `${month} ${ordinal(Number(day))}, ${year}`,
  date_short: ({ year, month, day }) => `${month.slice(0, 3)} ${day}, ${year}`,
  date_long: ({ year, month, day, weekday }) => `${weekday}, ${month} ${ordinal(Number(day))}, ${year}`,
  date_long_full: ({ year, month, day }) => `${month} ${day}, ${year}`,
  time: ({ hour, minute }) => `${hour}:${minute}`,
  time_secs: ({ hour, minute, second }) => `${hour}:${minute}:${second}`,
};

function word(token, at, ctx) {
  if (token === "ago") return ago(at, ctx);
  if (token === "day_divider_pretty") {
    const long = WORDS.date_long(fields(at, ctx.zone));
    const thisYear = fields(ctx.now(), ctx.zone).year;
    return near(at, ctx) ?? (long.endsWith(`, ${thisYear}`) ? long.slice(0, -thisYear.length - 2) : long);
  }
  const pretty = token.endsWith("_pretty");
  const write = WORDS[pretty ? token.slice(0, -"_pretty".length) : token];
  if (!write) return null;
  return (pretty ? near(at, ctx) : null) ?? write(fields(at, ctx.zone));
}

/**
 * Return a moment (Unix seconds) in Slack's date format ("{date_short_pretty} at {time}"), in the reader's zone; null
 * when it is no moment or names a token Slack does not have, which is when Slack shows the fallback.
 */
export function slackDate(epoch, format, ctx) {
  const at = new Date(Number(epoch) * 1000);
  if (!/^-?\d+$/.test(String(epoch)) || Number.isNaN(at.getTime())) return null;
  let known = true;
  const text = format.replace(/\{(\w+)\}/g, (whole, token) => {
    const shown = word(token, at, ctx);
    known &&= shown !== null;
    return shown ?? whole;
  });
  return known ? text : null;
}

/** Return "2026-11-24T09:30", as a datetime-local field wants it, for Unix seconds. */
export function wallText(epoch, zone) {
  const { year, month, day, hour, minute } = fields(new Date(epoch * 1000), zone);
  return `${year}-${two(MONTHS.indexOf(month) + 1)}-${two(day)}T${hour}:${minute}`;
}

/** Return the Unix seconds at which clocks in that zone show "2026-11-24T09:30". */
export function epochOf(wall, zone) {
  const wanted = Date.parse(`${wall}Z`) / 1000;
  // What the clocks show at a guess tells how far it is off; twice, since the offset may differ there.
  let guess = wanted;
  for (let turn = 0; turn < 2; turn += 1) guess += wanted - Date.parse(`${wallText(guess, zone)}Z`) / 1000;
  return guess;
}
