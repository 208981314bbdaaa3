// Charts over time, by uPlot. Lines differ by colour and dash; the legend of a chart
// tells its values under the pointer or, without one, at the moment.

const dashes = [[], [7, 3], [2, 3], [9, 3, 2, 3]];
const chartHeight = (width) => (width < 500 ? 132 : 150);

function drawCharts(view, moments) {
  const { data } = moments;
  for (const chart of data.charts) {
    if (chart.series.length > 0) new TimeChart(view, moments, chart);
  }
  if (data.bands.length + data.marks.length > 0) view.append(bandLegend(data));
}

function bandLegend(data) {
  const legend = make("ul", { class: "legend bands" });
  const entry = (kind, text) => legend.append(make("li", {}, make("span", { class: `swatch ${kind}` }), text));
  if (data.bands.some((band) => band.kind === "fault")) entry("fault", "fault");
  for (const kind of new Set(data.bands.map((band) => band.kind))) {
    if (kind !== "fault") entry("change", kind);
  }
  if (data.marks.length > 0) entry("mark", "a step of yours");
  return legend;
}

class TimeChart {
  constructor(view, moments, chart) {
    this.moments = moments;
    this.chart = chart;
    this.values = chart.series.map((series) => make("b", {}));
    const legend = make("ul", { class: "legend" }, ...chart.series.map((series, i) =>
      make("li", {}, lineSwatch(i), `${series.name} `, this.values[i])));
    this.host = make("div", { class: "plot", tabindex: 0, role: "slider", "aria-label": `${chart.title} over time`, "aria-valuemin": 0, "aria-valuemax": Math.round(moments.end) });
    const caption = make("figcaption", {}, make("strong", {}, chart.title), chart.help ? ` ${chart.help}` : "");
    this.figure = make("figure", { class: "one-chart" }, caption, legend, this.host);
    view.append(this.figure);
    this.build();
    this.host.addEventListener("keydown", (event) => this.key(event));
    this.host.addEventListener("blur", () => hideTip(this));
    new ResizeObserver(() => this.resize()).observe(this.host);
    onTheme(() => this.restyle());
    moments.listen((changed) => this.update(changed));
    this.tellValues();
  }

  build() {
    const { data } = this.moments;
    const stepped = this.chart.unit === "share" ? undefined : uPlot.paths.stepped({ align: 1 });
    const axis = { stroke: () => colour("--quiet"), font: fontOf(11), ticks: { show: false } };
    const options = {
      width: Math.max(120, this.host.clientWidth),
      height: chartHeight(this.host.clientWidth),
      padding: [6, 8, 0, 0],
      legend: { show: false },
      cursor: { show: false },
      scales: { x: { time: false, range: () => [this.moments.from, this.moments.until] }, y: { range: (u, least, most) => this.range(least, most) } },
      axes: [
        { ...axis, size: 22, gap: 4, grid: { show: false }, ticks: { show: true, stroke: () => colour("--line"), width: 1, size: 4 },
          splits: (u) => timeTicks(this.moments.from, this.moments.until, Math.max(2, u.width / 80)),
          values: (u, ticks) => ticks.map(tickLabel) },
        { ...axis, size: 46, gap: 6, grid: { stroke: () => colour("--faint"), width: 1 }, space: 26, incrs: this.increments(),
          values: (u, ticks) => ticks.map((tick) => this.tick(tick)) },
      ],
      series: [{}, ...this.chart.series.map((series, i) => ({
        stroke: () => colour(`--c${i % 12}`), width: i === 0 ? 1.75 : 1.5, dash: dashes[Math.min(i, 3)], points: { show: false }, paths: stepped,
      }))],
      hooks: { drawClear: [(u) => this.background(u)] },
    };
    this.plot = new uPlot(options, [data.times, ...this.chart.series.map((series) => series.values)], this.host);
    this.plot.root.setAttribute("aria-hidden", "true");
    this.pane = new Pane(this.moments, this.plot.over, { onPoint: (event) => this.point(event), onLeave: () => hideTip(this) });
  }

  /** What is told of a moment, with the steps that lie up to so many pixels off. */
  lines(at, reach) {
    const { data, from, until } = this.moments;
    const sample = lastUpTo(data.times, at + 1e-6);
    const slack = (reach / Math.max(1, this.pane.width)) * (until - from);
    return [clock(at),
      ...this.chart.series.map((series) => `${series.name}: ${amount(series.values[sample], this.chart.unit)}`),
      ...bandsAt(data, at).slice(0, 3).map((band) => `${band.kind}: ${brief(band.text)}`),
      ...marksNear(data, at - slack, at + slack).map((mark) => `${clock(mark.at)}: ${mark.text}`)];
  }

  point(event) {
    showTip(this, this.lines(this.pane.time(event.clientX), 5), event.clientX, event.clientY);
  }

  key(event) {
    if (event.key === "Escape") hideTip(this);
    else if (momentKey(this.moments, event) && !this.moments.playing) this.tellSelected();
  }

  focused() {
    return this.host.matches(":focus-visible");
  }

  tellSelected() {
    const box = this.plot.over.getBoundingClientRect();
    showTip(this, this.lines(this.moments.at, 5), box.left + this.pane.x(this.moments.at), box.top + box.height / 3);
  }

  /** Things that are counted have no halves. */
  increments() {
    return /^(pods|nodes|containers)$/.test(this.chart.unit) ? [1, 2, 5].flatMap((n) => Array.from({ length: 12 }, (_, i) => n * 10 ** i)).sort((a, b) => a - b) : undefined;
  }

  tick(value) {
    if (this.chart.unit === "share") return `${Math.round(value * 100)}%`;
    if (Math.abs(value) < 10000) return count(value);
    return value < 1e6 ? `${count(value / 1000)}k` : `${count(value / 1e6)}M`;
  }

  range(least, most) {
    const low = Math.min(0, least ?? 0);
    if (this.chart.unit === "share") return [low, most > 1 ? most * 1.05 : 1];
    return [low, most > 0 ? Math.max(1, most * 1.08) : 1];
  }

  background(u) {
    const density = uPlot.pxRatio;
    const context = u.ctx;
    const { left, top, width, height } = u.bbox;
    context.save();
    context.scale(density, density);
    const box = { left: left / density, top: top / density, width: width / density, height: height / density, strip: 3, tinted: true };
    const x = (at) => u.valToPos(at, "x") + box.left;
    drawBands(context, this.moments.data, x, box);
    drawMarks(context, this.moments.data, x, box);
    context.restore();
  }

  resize() {
    const width = this.host.clientWidth;
    if (width > 0 && width !== this.plot.width) this.plot.setSize({ width, height: chartHeight(width) });
  }

  restyle() {
    this.resize();
    this.plot.redraw(false, true);
  }

  update(changed) {
    if (changed.has("from") || changed.has("until")) {
      this.plot.setScale("x", { min: this.moments.from, max: this.moments.until });
    }
    if (changed.has("at") || changed.has("hover")) this.tellValues();
  }

  tellValues() {
    const { data, hover, at } = this.moments;
    const moment = hover ?? at;
    const sample = lastUpTo(data.times, moment + 1e-6);
    const words = this.chart.series.map((series, i) => {
      const value = amount(series.values[sample], this.chart.unit);
      this.values[i].textContent = value;
      return `${series.name} ${value}`;
    });
    this.host.setAttribute("aria-valuenow", Math.round(moment));
    this.host.setAttribute("aria-valuetext", `${clock(moment)}: ${words.join(", ")}`);
  }
}

/** A short piece of a line, as the chart draws it. */
function lineSwatch(i) {
  const svg = icon("");
  svg.setAttribute("viewBox", "0 0 18 8");
  svg.setAttribute("width", "18");
  svg.setAttribute("height", "8");
  const path = svg.firstChild;
  path.setAttribute("d", "M0 4h18");
  path.setAttribute("class", `s${i % 12}`);
  path.setAttribute("stroke-width", "2");
  path.setAttribute("stroke-dasharray", dashes[Math.min(i, 3)].join(" "));
  return svg;
}
