// The transport runs time for all views: a bar that stays in sight next to them.

const shapes = {
  play: "M4 2.5v11l9.5-5.5z",
  pause: "M4 2.5h3v11H4zM9 2.5h3v11H9z",
  back: "M12 3v10L6 8zM3.5 3h1.75v10H3.5z",
  on: "M4 3v10l6-5zM10.75 3h1.75v10h-1.75z",
};
const paces = [160, 80, 40, 20, 10]; // seconds that the whole run takes, about

class Transport {
  constructor(region, moments) {
    this.moments = moments;
    this.events = eventsOf(moments.data);
    this.play = button("Play", icon(shapes.play), () => moments.toggle(), { class: "play" });
    this.clock = make("output", { class: "clock" });
    this.now = make("span", { class: "now-text" });
    this.slider = make("input", { type: "range", min: 0, max: moments.end, step: "any", value: 0, "aria-label": "Moment of virtual time" });
    this.track = make("div", { class: "track" }, this.slider);
    this.bands = new Sheet(this.track, () => 12, (context, width) => this.paintTrack(context, width));
    this.element = make("div", { class: "transport", role: "group", "aria-label": "Playback" },
      make("div", { class: "buttons" },
        button("Previous event", icon(shapes.back), () => this.jump(false)), this.play,
        button("Next event", icon(shapes.on), () => this.jump(true))),
      make("div", { class: "where" }, this.clock, this.now),
      this.track, this.speedChoice(), this.zoomButtons(), keysHelp());
    region.append(this.element);
    this.slider.addEventListener("input", () => {
      moments.pause();
      moments.go(Number(this.slider.value));
    });
    this.slider.addEventListener("keydown", (event) => this.key(event));
    moments.listen((changed) => this.update(changed));
    this.tell();
    this.bands.draw();
  }

  speedChoice() {
    const { moments } = this;
    const speeds = [...new Set(paces.map((pace) => roundSpeed(moments.end / pace)))];
    moments.speed = roundSpeed(moments.end / paces[2]);
    const select = make("select", { "aria-label": "Speed", "data-keep": "speed" }, ...speeds.map((speed) =>
      make("option", { value: speed, selected: speed === moments.speed }, `${duration(speed)}/s`)));
    select.addEventListener("change", () => moments.set("speed", Number(select.value)));
    return select;
  }

  zoomButtons() {
    const { moments } = this;
    this.all = button("Show the whole run", "all", () => moments.showAll());
    return make("div", { class: "buttons zoom" },
      button("Longer stretch of time", "−", () => moments.zoom(2)),
      button("Shorter stretch of time", "+", () => moments.zoom(0.5)), this.all);
  }

  key(event) {
    if (event.key === "[" || event.key === "]") this.jump(event.key === "]");
    else momentKey(this.moments, event);
  }

  jump(onward) {
    const { moments } = this;
    moments.pause();
    const next = onward ? this.events.find((at) => at > moments.at + 1e-3) : this.events.findLast((at) => at < moments.at - 1e-3);
    moments.go(next ?? (onward ? moments.end : 0));
  }

  paintTrack(context, width) {
    const { moments } = this;
    const inset = 8; // half of the slider's knob
    const x = (at) => inset + (at / moments.end) * (width - 2 * inset);
    context.fillStyle = colour("--line");
    context.fillRect(inset, 5, width - 2 * inset, 2);
    if (moments.until - moments.from < moments.end) {
      context.fillStyle = colour("--quiet");
      context.fillRect(x(moments.from), 4, Math.max(2, x(moments.until) - x(moments.from)), 4);
    }
    drawBands(context, moments.data, x, { left: inset, top: 12, width: width - 2 * inset, height: 0, strip: 4, tinted: false });
    context.fillStyle = colour("--quiet");
    for (const mark of moments.data.marks) context.fillRect(Math.round(x(mark.at)) - 0.5, 0, 1.5, 4);
  }

  update(changed) {
    if (changed.has("at") || changed.has("playing")) this.tell();
    if (changed.has("from") || changed.has("until")) {
      this.bands.draw();
      this.all.disabled = this.moments.until - this.moments.from >= this.moments.end;
    }
  }

  tell() {
    const { moments } = this;
    const label = moments.playing ? "Pause" : "Play";
    if (this.play.title !== label) {
      this.play.title = label;
      this.play.setAttribute("aria-label", label);
      this.play.replaceChildren(icon(moments.playing ? shapes.pause : shapes.play));
    }
    this.clock.textContent = clock(moments.at);
    this.slider.value = moments.at;
    const happening = happeningAt(moments.data, moments.at);
    this.now.textContent = happening;
    this.now.title = happening;
    this.slider.setAttribute("aria-valuetext", [clock(moments.at), happening].filter(Boolean).join(": "));
  }
}

const happeningAt = (data, at) => bandsAt(data, at).map((band) => brief(band.text)).join("; ");

/** Samples at which something that began, ended or was done can first be seen. */
function eventsOf(data) {
  const all = data.bands.flatMap((band) => [band.from, band.until]).concat(data.marks.map((mark) => mark.at));
  const seen = (at) => data.times.find((time) => time >= at - 1e-6) ?? at;
  return [...new Set(all.filter((at) => at !== null && at > 0).map(seen))].sort((a, b) => a - b);
}

/** A round speed near another one, in virtual seconds a second. */
function roundSpeed(speed) {
  const off = (s) => Math.abs(Math.log(s / speed));
  const round = [0.1, 0.2, 0.5, ...roundSteps, ...[1, 2, 5, 10, 20, 50].map((days) => days * 86400)];
  return round.reduce((best, s) => (off(s) < off(best) ? s : best));
}

function keysHelp() {
  const keys = [
    ["Space", "play, pause"], ["← →", "a sample back or on; with Shift ten"], ["Home End", "begin, end"],
    ["[ ]", "on the slider: previous, next event; on a pod: change in its life"], ["↑ ↓", "select a node or a pod"],
    ["+ − 0", "shorter or longer stretch of time, all of it"], ["Esc", "select nothing"],
    ["Shift and drag", "show that stretch of time"],
  ];
  return make("details", { class: "keys" }, make("summary", { title: "Keys", "aria-label": "Keys" }, "?"),
    make("dl", {}, ...keys.flatMap(([key, does]) => [make("dt", {}, make("kbd", {}, key)), make("dd", {}, does)])));
}
