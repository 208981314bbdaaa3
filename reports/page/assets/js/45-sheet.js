// A canvas as wide as its host and as sharp as the screen, drawn again when its
// size or the theme changes; and what is drawn over time on more than one.

class Sheet {
  /** The painter is given the context, width and height in CSS pixels. */
  constructor(host, height, painter) {
    this.host = host;
    this.height = height;
    this.painter = painter;
    this.canvas = make("canvas", { "aria-hidden": "true" });
    host.append(this.canvas);
    this.context = this.canvas.getContext("2d");
    this.draw = onceAFrame(() => this.paint());
    new ResizeObserver(() => {
      if (host.clientWidth !== this.width) this.draw();
    }).observe(host);
    // Paper does not wait for a frame.
    onTheme(() => (paper ? this.paint() : this.draw()));
  }

  paint() {
    const width = this.host.clientWidth;
    if (width === 0) return;
    const density = paper ? 2 : Math.min(3, devicePixelRatio || 1);
    const height = this.height(width, density);
    const [across, down] = [Math.round(width * density), Math.round(height * density)];
    if (this.canvas.width !== across || this.canvas.height !== down) {
      this.canvas.width = across;
      this.canvas.height = down;
    }
    this.canvas.style.width = `${width}px`;
    this.canvas.style.height = `${height}px`;
    this.width = width;
    this.density = density;
    this.context.setTransform(density, 0, 0, density, 0, 0);
    this.context.clearRect(0, 0, width, height);
    this.painter(this.context, width, height, density);
  }
}

/** The room for names to the left of what is drawn over time, alike for all of it. */
const gutterOf = (width) => (width < 560 ? 84 : 168);

const fontOf = (size, weight = 400) => `${weight} ${size}px system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", "Liberation Sans", Arial, sans-serif`;

const bandColours = (kind) => (kind === "fault" ? ["--fault", "--fault-tint"] : ["--change", "--change-tint"]);

/** Draws the bands behind a plot: a tint over its height, and above it a strip that
 * is whole for faults and broken for anything else. */
function drawBands(context, data, x, { left, top, width, height, strip, tinted }) {
  context.save();
  context.beginPath();
  context.rect(left, top - strip, width, height + strip);
  context.clip();
  for (const band of data.bands) {
    const [strong, tint] = bandColours(band.kind);
    const from = x(band.from);
    const length = Math.max(1.5, x(band.until ?? data.end) - from);
    if (tinted) {
      context.fillStyle = colour(tint);
      context.fillRect(from, top, length, height);
    }
    context.fillStyle = colour(strong);
    if (band.kind === "fault") context.fillRect(from, top - strip, length, strip);
    else for (let at = 0; at < length; at += 6) context.fillRect(from + at, top - strip, Math.min(4, length - at), strip);
  }
  context.restore();
}

/** Draws the moments at which the user did something. */
function drawMarks(context, data, x, { left, top, width, height }) {
  context.save();
  context.strokeStyle = context.fillStyle = colour("--quiet");
  context.setLineDash([1, 3]);
  for (const mark of data.marks) {
    const at = Math.round(x(mark.at)) + 0.5;
    if (at < left || at > left + width) continue;
    context.beginPath();
    context.moveTo(at, top);
    context.lineTo(at, top + height);
    context.stroke();
    context.beginPath();
    context.moveTo(at - 4, top - 4);
    context.lineTo(at + 4, top - 4);
    context.lineTo(at, top + 2);
    context.fill();
  }
  context.restore();
}

/** Draws a time axis under a plot. */
function drawTimeAxis(context, moments, { left, top, width }) {
  const { from, until } = moments;
  context.font = fontOf(11);
  context.textBaseline = "top";
  context.textAlign = "center";
  context.fillStyle = colour("--quiet");
  context.strokeStyle = colour("--line");
  for (const at of timeTicks(from, until, Math.max(2, width / 70))) {
    const x = Math.round(left + ((at - from) / (until - from)) * width) + 0.5;
    context.beginPath();
    context.moveTo(x, top);
    context.lineTo(x, top + 4);
    context.stroke();
    const label = tickLabel(at);
    const half = context.measureText(label).width / 2;
    context.fillText(label, clamp(x, left + half - 6, left + width - half), top + 6);
  }
}

/** Cuts a text to a width, in its middle: the ends tell names apart. */
function fit(context, text, width) {
  if (context.measureText(text).width <= width) return text;
  let [low, high] = [0, text.length];
  const cut = (n) => `${text.slice(0, Math.floor(n / 2))}…${text.slice(text.length - Math.ceil(n / 2))}`;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (context.measureText(cut(middle)).width <= width) low = middle;
    else high = middle - 1;
  }
  return low < 2 ? "" : cut(low);
}
