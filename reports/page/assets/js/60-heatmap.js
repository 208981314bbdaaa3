// Nodes over time: one line a row of the grid, one column a sample. The bytes become
// an image of one pixel each, which is stretched over the plot column by column.

const stripHeight = 5;
const axisHeight = 24;
const mostEdges = 16; // bands of which begin and end are drawn over the cells

async function drawHeatmap(view, moments, grid) {
  await grid.loadAll(["state", moments.colour]);
  new Heatmap(view, moments, grid);
}

class Heatmap {
  constructor(view, moments, grid) {
    this.moments = moments;
    this.grid = grid;
    this.image = make("canvas", { width: grid.samples, height: grid.rows.length });
    this.host = make("div", { class: "plot", tabindex: 0, "data-keep": "heatmap", role: "application", "aria-roledescription": "heat map", "aria-label": this.label() });
    this.said = make("p", { class: "visually-hidden", "aria-live": "polite" });
    view.append(make("div", { class: "bar" }, colourChoice(moments, "heatmap"), colourLegend(moments)), this.host, this.said);
    onTheme(() => { this.stale = true; }); // before the sheet draws again
    this.sheet = new Sheet(this.host, (width, density) => this.measure(width, density), (context, width) => this.paint(context, width));
    this.over = this.host.appendChild(make("div", { class: "over" }));
    this.cursor = this.over.appendChild(make("div", { class: "row-cursor", hidden: true }));
    this.pane = new Pane(moments, this.over, { onPoint: (event) => this.point(event), onLeave: () => hideTip(this) });
    this.host.addEventListener("keydown", (event) => rowKey(this, event));
    this.host.addEventListener("blur", () => hideTip(this));
    moments.listen((changed) => this.update(changed));
    this.stale = true;
    this.sheet.draw();
  }

  label() {
    return `Heat map of ${plural(this.grid.rows.length, "row")} over time. Up and down select a row, left and right move the moment.`;
  }

  measure(width, density) {
    const rows = this.grid.rows.length;
    const tallest = Math.max(1 / density, Math.min(16, (paper ? 420 : 540) / rows));
    this.pitch = Math.max(1, Math.floor(tallest * density)) / density;
    this.gutter = gutterOf(width);
    this.tall = rows * this.pitch;
    return stripHeight + this.tall + axisHeight;
  }

  /** Colours the image; dear only where there are many rows: 0.4 million pixels. */
  colourImage() {
    const { grid, moments } = this;
    const pixels = new ImageData(grid.samples, grid.rows.length);
    const words = new Uint32Array(pixels.data.buffer);
    const pack = (rgb) => (rgb ? (255 << 24 | Math.round(rgb[2]) << 16 | Math.round(rgb[1]) << 8 | Math.round(rgb[0])) >>> 0 : 0);
    const table = Uint32Array.from(colourTable(moments), pack);
    const trouble = Uint32Array.from({ length: 256 }, (_, state) => {
      const name = troubleColours(moments)[state];
      return name ? pack(components(name)) : 0;
    });
    const plane = grid[moments.colour];
    let to = 0;
    for (const row of grid.order) {
      const start = row * grid.samples;
      for (let i = start; i < start + grid.samples; i++) words[to++] = trouble[grid.state[i]] || table[plane[i]];
    }
    this.image.getContext("2d").putImageData(pixels, 0, 0);
    this.stale = false;
  }

  paint(context, width) {
    if (this.stale) this.colourImage();
    const { moments, grid } = this;
    const { times, end } = moments.data;
    const box = { left: this.gutter, top: stripHeight, width: width - this.gutter, height: this.tall, strip: stripHeight };
    const x = (at) => box.left + ((at - moments.from) / (moments.until - moments.from)) * box.width;
    context.fillStyle = colour("--sunken");
    context.fillRect(box.left, box.top, box.width, box.height);
    context.save();
    context.beginPath();
    context.rect(box.left, box.top, box.width, box.height);
    context.clip();
    context.imageSmoothingEnabled = false;
    const snap = (at) => Math.round(x(at) * this.sheet.density) / this.sheet.density;
    for (let i = lastUpTo(times, moments.from); i < grid.samples && times[i] <= moments.until; i++) {
      const left = snap(times[i]);
      const right = snap(times[i + 1] ?? end);
      if (right > left) context.drawImage(this.image, i, 0, 1, grid.rows.length, left, box.top, right - left, box.height);
    }
    context.restore();
    drawBands(context, moments.data, x, { ...box, tinted: false });
    this.drawEdges(context, x, box);
    this.drawLabels(context, box);
    drawTimeAxis(context, moments, { ...box, top: box.top + box.height });
    this.over.style.left = `${box.left}px`;
    this.over.style.top = `${box.top - stripHeight}px`;
    this.over.style.height = `${box.height + stripHeight}px`;
    this.placeCursor();
  }

  /** Where bands begin and end, as lines that leave what is under them to be seen. */
  drawEdges(context, x, box) {
    if (this.moments.data.bands.length > mostEdges) return;
    context.save();
    context.setLineDash([3, 3]);
    for (const band of this.moments.data.bands) {
      context.strokeStyle = colour(bandColours(band.kind)[0]);
      for (const at of [band.from, band.until]) {
        if (at === null || x(at) < box.left || x(at) > box.left + box.width) continue;
        const edge = Math.round(x(at)) + 0.5;
        context.beginPath();
        context.moveTo(edge, box.top);
        context.lineTo(edge, box.top + box.height);
        context.stroke();
      }
    }
    context.restore();
  }

  /** Names of rows where there is room; zones and groups otherwise. */
  drawLabels(context, box) {
    const { grid, pitch } = this;
    const named = pitch >= 10;
    const keyOf = (row) => [zoneName(row.zone ?? ""), row.group].filter(Boolean).join(" · ");
    context.textBaseline = "middle";
    context.textAlign = "right";
    let begin = 0;
    grid.order.forEach((row, i) => {
      const key = keyOf(grid.rows[row]);
      const next = i + 1 < grid.order.length ? keyOf(grid.rows[grid.order[i + 1]]) : null;
      if (named) {
        context.font = fontOf(11);
        context.fillStyle = colour("--quiet");
        context.fillText(fit(context, grid.rows[row].name, this.gutter - 12), box.left - 8, box.top + (i + 0.5) * pitch);
      }
      if (key === next) return;
      if (!named) this.drawGroup(context, box, key, begin, i + 1);
      else if (next !== null) this.drawRule(context, box, i + 1);
      begin = i + 1;
    });
  }

  drawRule(context, box, at) {
    context.fillStyle = colour("--paper");
    context.fillRect(box.left, Math.round(box.top + at * this.pitch) - 0.5, box.width, 1);
    context.fillStyle = colour("--line");
    context.fillRect(0, Math.round(box.top + at * this.pitch) - 0.5, box.left, 1);
  }

  drawGroup(context, box, key, begin, end) {
    const [top, bottom] = [box.top + begin * this.pitch, box.top + end * this.pitch];
    if (end < this.grid.rows.length) this.drawRule(context, box, end);
    context.font = fontOf(11);
    context.fillStyle = colour("--quiet");
    if (bottom - top < 12) return;
    const middle = (top + bottom) / 2;
    const lines = bottom - top > 26 && this.gutter < 100 ? key.split(" · ") : [key];
    lines.forEach((line, i) => context.fillText(fit(context, line, this.gutter - 12), box.left - 8, middle + (i - (lines.length - 1) / 2) * 13));
  }

  update(changed) {
    if (changed.has("colour")) {
      this.grid.load(this.moments.colour).then(() => {
        this.stale = true;
        this.sheet.draw();
      });
    }
    if (changed.has("owner") && this.moments.colour === "owner") {
      this.stale = true;
      this.sheet.draw();
    }
    if (changed.has("from") || changed.has("until")) this.sheet.draw();
    if (changed.has("row")) this.placeCursor();
  }

  placeCursor() {
    const { row } = this.moments;
    this.cursor.hidden = row === null;
    if (row === null) return;
    const height = Math.max(3, this.pitch);
    const top = stripHeight + (this.grid.place[row] + 0.5) * this.pitch - height / 2;
    this.cursor.style.top = `${top}px`;
    this.cursor.style.height = `${height}px`;
  }

  point(event) {
    const box = this.over.getBoundingClientRect();
    const line = Math.floor((event.clientY - box.top - stripHeight) / this.pitch);
    if (line < 0 || line >= this.grid.rows.length) return hideTip(this);
    const row = this.grid.order[line];
    if (event.type === "pointerup" || event.buttons === 1) this.moments.set("row", row);
    const at = this.pane.time(event.clientX);
    const sample = lastUpTo(this.moments.data.times, at);
    return showTip(this, momentLines(this.moments, this.grid, row, sample, at), event.clientX, event.clientY);
  }

  focused() {
    return this.host.matches(":focus-visible");
  }

  /** Tells of the selected row at the moment, where the two lines cross. */
  tellSelected() {
    const { moments, grid } = this;
    if (moments.row === null) return;
    const lines = momentLines(moments, grid, moments.row, moments.sample, moments.at);
    const box = this.over.getBoundingClientRect();
    const y = box.top + stripHeight + (grid.place[moments.row] + 0.5) * this.pitch;
    showTip(this, lines, box.left + this.pane.x(moments.at), y);
    this.said.textContent = lines.join(", ");
  }
}

/** What a tip tells of a row at a moment. */
function momentLines(moments, grid, row, sample, at) {
  const lines = rowLines(moments.data, grid, row, sample);
  return [lines[0], `at: ${clock(at)}`, ...lines.slice(1), ...bandsAt(moments.data, at).slice(0, 3).map((band) => `${band.kind}: ${brief(band.text)}`)];
}
