// Axes: where a number lies, the steps beside it, and how they are written.

const WANTED_STEPS = 4;
const ROUND = [1, 2, 2.5, 5, 10];
const COMPACT_FROM = 1_000_000;

/** Return {low, high, ticks} of an axis in round steps that holds these numbers; `fromZero` includes zero. */
export function scaleOf(values, { fromZero }) {
  const all = fromZero ? [...values, 0] : values;
  let low = Math.min(...all);
  let high = Math.max(...all);
  if (all.length === 0) [low, high] = [0, 1];
  // One level has no range: take room around it, as far as numbers of that size can differ.
  if (high - low <= Math.abs(high) * 1e-9) {
    const room = Math.max(Math.abs(high) * 0.1, high === 0 ? 1 : 0);
    [low, high] = low === 0 ? [0, room] : [low - room, high + room];
  }
  const rough = (high - low) / WANTED_STEPS;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ROUND.map((one) => one * power).find((one) => one >= rough * 0.999) ?? rough;
  const [first, last] = [Math.floor(low / step + 1e-9), Math.ceil(high / step - 1e-9)];
  const ticks = [];
  for (let at = first; at <= last; at += 1) ticks.push(Number((at * step).toPrecision(12)));
  return { low: ticks[0], high: ticks.at(-1), ticks };
}

/** Return the ticks as words, all with the same number of decimals. */
export function tickWords(ticks) {
  const step = Math.abs(ticks[1] - ticks[0]);
  const largest = Math.max(...ticks.map(Math.abs));
  if (largest >= COMPACT_FROM || (largest > 0 && step < 1e-6)) {
    const options = largest >= COMPACT_FROM ? { notation: "compact" } : { notation: "scientific" };
    return ticks.map((tick) => new Intl.NumberFormat("en-US", { ...options, maximumSignificantDigits: 4 }).format(tick));
  }
  let decimals = 0;
  while (decimals < 8 && Math.abs(step * 10 ** decimals - Math.round(step * 10 ** decimals)) > 1e-6) decimals += 1;
  const format = new Intl.NumberFormat("en-GB", { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
  return ticks.map((tick) => format.format(tick));
}

/** Return a value with every digit it came with, thousands parted. */
export function valueWords(value) {
  return typeof value === "number" ? value.toLocaleString("en-GB", { maximumFractionDigits: 12 }) : String(value);
}
