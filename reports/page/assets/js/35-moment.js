// What all views share: the moment that is shown, the moment under the pointer, the
// stretch of time on the axes, the row that is selected, what colours mean, and
// whether time runs. Views listen, and change it; none knows another.

/** Where to begin: at the first sample in a fault, in any other band, or with most pods. */
function firstSight(data) {
  const within = ({ from, until }) => data.times.find((time) => time >= from - 1e-6 && time < (until ?? Infinity));
  const seen = (bands) => bands.map(within).find((time) => time !== undefined);
  const struck = seen(data.bands.filter((band) => band.kind === "fault")) ?? seen(data.bands);
  if (struck !== undefined) return struck;
  const all = data.charts.find((chart) => chart.id === "pods")?.series ?? [];
  const pods = data.times.map((_, i) => all.reduce((sum, series) => sum + (series.values[i] ?? 0), 0));
  return data.times[pods.indexOf(Math.max(...pods))] ?? 0;
}

class Moments {
  constructor(data) {
    this.data = data;
    this.end = Math.max(data.end, data.times.at(-1) ?? 0, 1e-3);
    this.from = 0;
    this.until = this.end;
    this.at = firstSight(data);
    this.hover = null;
    this.row = null; // selected
    this.owner = null; // set off from the others
    this.colour = "cpu";
    this.playing = false;
    this.speed = this.end / 40; // virtual seconds a second
    this.listeners = [];
    this.changed = new Set();
    this.tell = onceAFrame(() => {
      const changed = this.changed;
      this.changed = new Set();
      for (const listener of this.listeners) listener(changed);
    });
  }

  /** Calls a listener with the names of what has changed, once a frame at most. */
  listen(listener) {
    this.listeners.push(listener);
  }

  set(name, value) {
    if (this[name] === value) return;
    this[name] = value;
    this.touch(name);
  }

  /** Has it told that something has changed. */
  touch(name) {
    this.changed.add(name);
    this.tell();
  }

  get sample() {
    return lastUpTo(this.data.times, this.at + 1e-6);
  }

  go(at) {
    const moment = clamp(at, 0, this.end);
    this.set("at", moment);
    if (moment < this.from || moment > this.until) this.stretch(moment - (this.until - this.from) / 2, this.until - this.from);
  }

  /** Goes a number of samples on or back. */
  step(samples) {
    const { times } = this.data;
    const here = this.sample;
    const back = samples < 0 && this.at > times[here] + 1e-6 ? 1 : 0;
    this.go(times[clamp(here + samples + back, 0, times.length - 1)]);
  }

  /** Shows a stretch of time that begins at a moment. */
  stretch(from, length) {
    const span = clamp(length, Math.min(this.end, Math.max(1, this.end / 2000)), this.end);
    const begin = clamp(from, 0, this.end - span);
    this.set("from", begin);
    this.set("until", begin + span);
  }

  /** Makes the stretch longer or shorter by a factor, with a moment staying where it is. */
  zoom(factor, around = this.at) {
    const span = this.until - this.from;
    const longer = clamp(span * factor, 0, this.end);
    this.stretch(around - ((around - this.from) / span) * longer, longer);
  }

  showAll() {
    this.stretch(0, this.end);
  }

  play() {
    if (this.playing) return;
    if (this.at >= this.end) this.set("at", 0);
    this.set("playing", true);
    let last = performance.now();
    let owed = 0;
    const frame = (now) => {
      if (!this.playing) return;
      owed += (Math.min(now - last, 250) / 1000) * this.speed;
      last = now;
      // Whoever asked for less motion gets steps, not a flow.
      if (!calm.matches || owed >= this.speed / 2) {
        this.go(this.at + owed);
        owed = 0;
      }
      if (this.at >= this.end) this.pause();
      else requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  }

  pause() {
    this.set("playing", false);
  }

  toggle() {
    if (this.playing) this.pause();
    else this.play();
  }
}

/** Acts on the keys that all views have in common; says whether it did. */
function momentKey(moments, event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return false;
  const acts = {
    " ": () => moments.toggle(),
    ArrowLeft: () => moments.step(event.shiftKey ? -10 : -1),
    ArrowRight: () => moments.step(event.shiftKey ? 10 : 1),
    PageUp: () => moments.step(-10),
    PageDown: () => moments.step(10),
    Home: () => moments.go(0),
    End: () => moments.go(moments.end),
    "+": () => moments.zoom(0.5),
    "=": () => moments.zoom(0.5),
    "-": () => moments.zoom(2),
    0: () => moments.showAll(),
  };
  if (!Object.hasOwn(acts, event.key)) return false;
  event.preventDefault();
  if (event.key !== " " && !"+-=0".includes(event.key)) moments.pause();
  acts[event.key]();
  return true;
}

/** Acts on the keys of a view of rows: those of moments, and those that select a row. */
function rowKey(view, event) {
  const { moments, grid } = view;
  const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  const last = grid.order.length - 1;
  if (step !== undefined && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    const first = step > 0 ? 0 : last;
    const place = moments.row === null ? first : grid.place[moments.row] + step * (event.shiftKey ? 10 : 1);
    moments.set("row", grid.order[clamp(place, 0, last)]);
  } else if (event.key === "Escape") {
    moments.set("row", null);
    hideTip(view);
    return;
  } else if (!momentKey(moments, event)) return;
  view.tellSelected();
}
