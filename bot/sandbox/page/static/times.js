// Moments as words, in the zone of the person who looks.

const made = new Map();

function formatter(zone, options) {
  const key = JSON.stringify([zone, options]);
  if (!made.has(key)) made.set(key, new Intl.DateTimeFormat("en-GB", { timeZone: zone, ...options }));
  return made.get(key);
}

/** Return "14:05". */
export function clockTime(at, zone) {
  return formatter(zone, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(at);
}

/** Return "14:05:09", for moments that lie close together. */
export function clockTimeFine(at, zone) {
  return formatter(zone, { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" }).format(
    at,
  );
}

/** Return a text that is equal for moments of the same day in that zone, and sorts: "2026-11-24". */
export function dayKey(at, zone) {
  return formatter(zone, { year: "numeric", month: "2-digit", day: "2-digit" })
    .format(at)
    .split("/")
    .reverse()
    .join("-");
}

/** Return "Today", "Yesterday", "Tomorrow" or "Monday 23 November", with the year only when it is another one. */
export function dayName(at, zone, now) {
  const days = { "-1": "Yesterday", 0: "Today", 1: "Tomorrow" };
  const apart = Math.round((Date.parse(dayKey(at, zone)) - Date.parse(dayKey(now, zone))) / 86_400_000);
  if (apart in days) return days[apart];
  const sameYear = dayKey(at, zone).slice(0, 4) === dayKey(now, zone).slice(0, 4);
  const options = {
    weekday: "long",
    day: "numeric",
    month: "long",
    ...(sameYear ? {} : { year: "numeric" }),
  };
  return formatter(zone, options).format(at).replace(",", "");
}

/** Return "today 14:05" or "Mon 23 Nov 14:05". */
export function shortMoment(at, zone, now) {
  if (dayKey(at, zone) === dayKey(now, zone)) return `today ${clockTime(at, zone)}`;
  const day = formatter(zone, { weekday: "short", day: "numeric", month: "short" })
    .format(at)
    .replace(",", "");
  return `${day} ${clockTime(at, zone)}`;
}

/** Return "Tue 24 Nov". */
export function shortDay(at, zone) {
  return formatter(zone, { weekday: "short", day: "numeric", month: "short" }).format(at).replace(",", "");
}

/** Return the whole moment with its zone, for titles. */
export function fullMoment(at, zone) {
  const options = { weekday: "long", day: "numeric", month: "long", year: "numeric" };
  return `${formatter(zone, options).format(at)}, ${clockTimeFine(at, zone)} (${zone})`;
}

/** Return "in 5 min", "in 3 h" or "in 2 d"; "now" when it is past. */
export function untilWords(at, now) {
  const minutes = Math.ceil((at - now) / 60_000);
  if (minutes <= 0) return "now";
  if (minutes < 90) return `in ${minutes} min`;
  const hours = Math.round(minutes / 60);
  return hours < 36 ? `in ${hours} h` : `in ${Math.round(hours / 24)} d`;
}

/** Return a zone's place: "New York" for America/New_York. */
export function zoneCity(zone) {
  return (zone.split("/").pop() ?? zone).replaceAll("_", " ");
}
