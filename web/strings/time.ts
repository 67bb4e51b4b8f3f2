/** Dates and durations in the reader's own format, in the language of the strings. */
import { t } from "./index.ts";

/** The reader's regional variant of the language the page speaks: "en-IN" for English in India. */
function localeOf(languages: readonly string[]): string {
  return languages.find((language) => language.split("-")[0] === t.locale) ?? t.locale;
}

const locale = localeOf(typeof navigator === "undefined" ? [] : navigator.languages);

const clock = new Intl.DateTimeFormat(locale, { hour: "numeric", minute: "2-digit" });
const weekday = new Intl.DateTimeFormat(locale, { weekday: "long" });
const dayOfYear = new Intl.DateTimeFormat(locale, { weekday: "short", day: "numeric", month: "long" });
const fullDay = new Intl.DateTimeFormat(locale, { day: "numeric", month: "long", year: "numeric" });
const precise = new Intl.DateTimeFormat(locale, { dateStyle: "full", timeStyle: "short" });
const relative = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Midnight of the day, local time: two times are of one day when theirs are equal. */
export function dayOf(time: number): number {
  return new Date(time).setHours(0, 0, 0, 0);
}

export function formatClock(time: number): string {
  return clock.format(time);
}

export function formatPrecise(time: number): string {
  return precise.format(time);
}

/** "today", "yesterday", "Monday", "Mon, 3 March" or "3 March 2024", whichever is clear enough. */
export function formatDay(time: number, now: number): string {
  // Rounded, because a day with a clock change has 23 or 25 hours.
  const days = Math.round((dayOf(now) - dayOf(time)) / DAY);
  if (days === 0 || days === 1) return capitalise(relative.format(-days, "day"));
  if (days > 1 && days < 7) return weekday.format(time);
  return new Date(time).getFullYear() === new Date(now).getFullYear() ? dayOfYear.format(time) : fullDay.format(time);
}

/** How long ago, in the largest whole unit. */
export function formatAgo(time: number, now: number): string {
  const ago = Math.max(0, now - time);
  if (ago < MINUTE) return t.chat.justNow;
  if (ago < HOUR) return relative.format(-Math.floor(ago / MINUTE), "minute");
  if (ago < DAY) return relative.format(-Math.floor(ago / HOUR), "hour");
  return relative.format(-Math.floor(ago / DAY), "day");
}

function capitalise(text: string): string {
  return text.charAt(0).toLocaleUpperCase(locale) + text.slice(1);
}
