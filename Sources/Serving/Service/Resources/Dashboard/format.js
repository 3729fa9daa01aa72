/** Numbers, times and durations, as text. */

const whole = new Intl.NumberFormat("en");
const compact = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });
const withClock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const calendar = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric" });

/** `12,345`, or a dash where it is of too few people to be told. */
export const count = (number) => number === null ? "–" : whole.format(number);

/** `12.3K`, where there is little room. */
export const shortCount = (number) => compact.format(number);

/** A number with a fixed number of digits, or a dash where there is none. */
export function decimal(number, digits = 2) {
  if (!Number.isFinite(number)) return "–";
  const text = Math.abs(number).toFixed(digits);
  return number < 0 && Number(text) !== 0 ? `−${text}` : text;
}

/** `12.3 %` */
export const percent = (share, digits = 1) => `${decimal(100 * share, digits)} %`;

/** A rating as people write it: `4`, `4.5`. */
export const rating = (value) => String(Number(value.toFixed(2)));

/** The number that a model gives a film of its list: `4.21 stars` where it predicts ratings, else its score. */
export const listed = (item) =>
  item.predicted_rating === null ? decimal(item.score) : `${decimal(item.predicted_rating)} stars`;

/** `1 film`, `2 films`, or `few films` where too few people are counted to tell. */
export const counted = (number, one, many = `${one}s`) =>
  number === null ? `few ${many}` : `${count(number)} ${number === 1 ? one : many}`;

/** `14:05`, of seconds since 1970. */
export const minute = (seconds) => clock.format(1000 * seconds);

/** The time for today, the date for any other day; of seconds since 1970 or null. */
export function moment(seconds) {
  if (seconds === null || seconds === undefined) return "–";
  const date = new Date(1000 * seconds);
  const isToday = date.toDateString() === new Date().toDateString();
  return (isToday ? withClock : calendar).format(date);
}

/** `45 s`, `12 min`, `3 h`, `2 d` */
export function duration(seconds) {
  const steps = [[86_400, "d"], [3_600, "h"], [60, "min"]];
  const [length, unit] = steps.find(([length]) => seconds >= 2 * length) ?? [1, "s"];
  return `${Math.floor(seconds / length)} ${unit}`;
}
