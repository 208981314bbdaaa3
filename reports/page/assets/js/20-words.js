// How numbers and times are written: as in the rest of podsim.

const two = (n) => String(n).padStart(2, "0");

/** 02h15m00s, or 1d02h15m00s from the second day on. */
function clock(at) {
  const seconds = Math.round(at);
  const days = Math.floor(seconds / 86400);
  const rest = seconds - days * 86400;
  const text = `${two(Math.floor(rest / 3600))}h${two(Math.floor(rest / 60) % 60)}m${two(rest % 60)}s`;
  return days > 0 ? `${days}d${text}` : text;
}

/** A duration with two units at most: 350ms, 4.2s, 11m42s, 3h05m, 2d04h. */
function duration(seconds) {
  if (seconds < 1) return `${Math.round(seconds * 1000)}ms`;
  if (seconds < 10 && Math.abs(seconds - Math.round(seconds)) >= 0.05) return `${seconds.toFixed(1)}s`;
  const s = Math.round(seconds);
  const pair = (big, unit, small, smallUnit) => `${big}${unit}${small ? two(small) + smallUnit : ""}`;
  if (s < 60) return `${s}s`;
  if (s < 3600) return pair(Math.floor(s / 60), "m", s % 60, "s");
  if (s < 172800) return pair(Math.floor(s / 3600), "h", Math.floor(s / 60) % 60, "m");
  return pair(Math.floor(s / 86400), "d", Math.floor(s / 3600) % 24, "h");
}

const dayName = new Intl.DateTimeFormat("en-GB", {
  weekday: "short", day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit", timeZone: "UTC",
});

/** The date that the virtual clock shows, or nothing if it was never set. */
function date(start, at) {
  const begin = Date.parse(start);
  return !(begin >= 0) ? "" : `${dayName.format(new Date(begin + at * 1000))} UTC`;
}

const whole = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });
const fine = new Intl.NumberFormat("en-US", { maximumSignificantDigits: 3 });

const count = (n) => (Math.abs(n) < 100 && n % 1 !== 0 ? fine.format(n) : whole.format(n));
const plural = (n, noun) => `${count(n)} ${noun}${n === 1 ? "" : "s"}`;

/** Per cent, with a decimal below ten of them. */
function percent(share) {
  const p = share * 100;
  return `${p !== 0 && Math.abs(p) < 9.95 ? p.toFixed(1) : Math.round(p)}%`;
}

/** A value of a chart with its unit. */
function amount(value, unit) {
  if (value === null || value === undefined) return "–";
  if (unit === "share") return percent(value);
  const rate = /per (minute|hour|day)$/.exec(unit);
  return rate ? `${count(value)}/${{ minute: "min", hour: "h", day: "d" }[rate[1]]}` : count(value);
}

const roundSteps = [1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 900, 1200, 1800, 3600, 7200, 10800, 14400, 21600, 43200];

/** Moments for a time axis: round ones, at most a number of them. */
function timeTicks(from, until, most) {
  const span = until - from;
  let step = roundSteps.find((s) => span / s <= most);
  if (step === undefined) {
    step = 86400;
    for (const factor of [1, 2, 5, 10, 20, 30, 50, 100, 200, 500, 1000, 10000, 100000]) {
      step = factor * 86400;
      if (span / step <= most) break;
    }
  }
  const ticks = [];
  for (let at = Math.ceil(from / step - 1e-9) * step; at <= until + 1e-9; at += step) ticks.push(at);
  return ticks;
}

/** The label of a tick: no finer than it must be. */
function tickLabel(at) {
  const s = Math.round(at);
  if (s === 0) return "0h";
  if (s % 86400 === 0) return `${s / 86400}d`;
  const day = s > 86400 ? `${Math.floor(s / 86400)}d` : "";
  const rest = s % 86400;
  const hours = Math.floor(rest / 3600);
  if (rest % 3600 === 0) return `${day}${hours}h`;
  const minutes = `${hours || day ? `${day}${hours}h` : ""}${hours || day ? two(Math.floor(rest / 60) % 60) : Math.floor(rest / 60)}m`;
  return rest % 60 === 0 ? minutes : `${rest < 60 && !day ? "" : minutes}${two(rest % 60)}s`;
}
