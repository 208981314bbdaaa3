// The cluster at a moment: a square a row of the grid, in blocks of zone and group.
// A square fills from below with its share, so that its colour is not all that tells.

const blockGap = 18;
const zoneHead = 20;
const groupHead = 17;
const namedSize = 64; // pixels
const mostBands = 5; // told of in words

async function drawPlayback(view, moments, grid) {
  await grid.loadAll(["state", "cpu", moments.colour]);
  new Playback(view, moments, grid);
}

class Playback {
  constructor(view, moments, grid) {
    this.moments = moments;
    this.grid = grid;
    this.zones = zonesOf(grid);
    this.host = make("div", {
      class: "plot", tabindex: 0, "data-keep": "playback", role: "application", "aria-roledescription": "cluster",
      "aria-label": `The cluster at a moment, ${plural(grid.rows.length, "square")} by zone. Space plays, left and right step, up and down select a square.`,
    });
    this.readout = new Readout(moments, grid);
    this.said = make("p", { class: "visually-hidden", "aria-live": "polite" });
    view.append(
      make("div", { class: "bar" }, colourChoice(moments, "playback"), colourLegend(moments, true)),
      make("div", { class: "stage" }, this.host, this.readout.element, this.readout.selected), this.said);
    onTheme(() => { this.table = null; }); // before the sheet draws again
    this.sheet = new Sheet(this.host, (width) => this.layOut(width), (context) => this.paint(context));
    this.host.addEventListener("pointermove", (event) => this.point(event));
    this.host.addEventListener("pointerdown", (event) => this.select(event));
    this.host.addEventListener("pointerleave", (event) => {
      if (event.pointerType !== "touch") hideTip(this);
    });
    this.host.addEventListener("keydown", (event) => rowKey(this, event));
    this.host.addEventListener("blur", () => hideTip(this));
    moments.listen((changed) => this.update(changed));
    this.sheet.draw();
  }

  /** Finds the largest squares with which all blocks fit, and places them. */
  layOut(width) {
    const tallest = width < 560 ? 420 : 460;
    const abreast = this.abreast(width);
    const column = Math.floor((width - blockGap * (abreast - 1)) / abreast);
    let height = 0;
    const { length } = this.grid.rows;
    const least = length > 300 ? 5 : 14;
    for (this.size = length > 24 ? 56 : 84; ; this.size--) {
      height = this.place(column, abreast);
      if (height <= tallest || this.size === least) return height + 2;
    }
  }

  /** How many zones stand side by side: all, or as many as there is room for. */
  abreast(width) {
    const fit = Math.floor((width + blockGap) / (130 + blockGap));
    const { length } = this.zones;
    return fit >= length ? length : length > 4 ? Math.max(1, fit) : 1;
  }

  place(column, abreast) {
    const gap = this.size >= 14 ? 3 : this.size >= 8 ? 2 : 1;
    const pitch = this.size + gap;
    const across = Math.max(1, Math.floor((column + gap) / pitch));
    this.cells = new Array(this.grid.rows.length);
    this.across = across;
    let tallest = 0;
    let start = 0;
    this.zones.forEach((zone, i) => {
      const left = (i % abreast) * (column + blockGap);
      if (i > 0 && i % abreast === 0) start = tallest + 8;
      let top = start;
      zone.at = { left, top, width: column };
      if (zone.name) top += zoneHead;
      for (const group of zone.groups) {
        group.at = { left, top, width: column };
        if (group.name && zone.groups.length > 1) top += groupHead;
        group.rows.forEach((row, n) => {
          this.cells[row] = { x: left + (n % across) * pitch, y: top + Math.floor(n / across) * pitch };
        });
        top += Math.ceil(group.rows.length / across) * pitch + 5;
      }
      tallest = Math.max(tallest, top);
    });
    return tallest;
  }

  paint(context) {
    this.table ??= colourTable(this.moments);
    const { sample } = this.moments;
    context.textBaseline = "top";
    context.textAlign = "left";
    for (const zone of this.zones) {
      if (zone.name) this.head(context, zone, 600, "--ink");
      if (zone.groups.length > 1) for (const group of zone.groups) this.head(context, group, 400, "--quiet");
    }
    for (let row = 0; row < this.cells.length; row++) this.paintCell(context, row, sample);
    this.painted = sample;
    this.paintSelected(context);
  }

  head(context, { name, at, nodes }, weight, ink) {
    context.font = fontOf(weight === 600 ? 12.5 : 11.5, weight);
    context.fillStyle = colour(ink);
    const label = fit(context, weight === 600 ? zoneName(name) : name || "no group", at.width - 60);
    context.fillText(label, at.left, at.top);
    const wide = context.measureText(`${label} `).width;
    context.font = fontOf(11.5);
    context.fillStyle = colour("--quiet");
    context.fillText(count(nodes), at.left + wide + 3, at.top + (weight === 600 ? 1 : 0));
  }

  paintCell(context, row, sample) {
    const { x, y } = this.cells[row];
    const { size, grid, moments } = this;
    const state = grid.at("state", row, sample);
    if (state === absent) {
      context.strokeStyle = colour("--faint");
      if (size > 6) context.strokeRect(x + 0.5, y + 0.5, size - 1, size - 1);
      return;
    }
    const byte = grid.at(moments.colour, row, sample);
    const rgb = this.table[byte];
    const fill = rgb ? `rgb(${rgb.map(Math.round).join(" ")})` : colour("--faint");
    const level = this.level(row, sample, byte);
    if (level !== null) {
      context.fillStyle = colour("--faint");
      context.fillRect(x, y, size, size);
      const height = level > 0 ? Math.max(1, Math.round(level * size)) : 0;
      context.fillStyle = fill;
      context.fillRect(x, y + size - height, size, height);
    } else {
      context.fillStyle = fill;
      context.fillRect(x, y, size, size);
    }
    if (state > 0) this.paintTrouble(context, x, y, state);
    if (size >= namedSize) this.paintName(context, row, level ?? 1, fill);
  }

  /** Large squares carry their names, on what is filled or on what is not. */
  paintName(context, row, level, fill) {
    const { x, y } = this.cells[row];
    const [red, green, blue] = fill.match(/[\d.]+/g).map(Number);
    const bright = 0.3 * red + 0.59 * green + 0.11 * blue > 140;
    context.font = fontOf(10.5);
    context.fillStyle = level > 0.75 ? (bright ? "#111" : "#fff") : colour("--ink");
    context.fillText(fit(context, this.grid.rows[row].name, this.size - 8), x + 4, y + 5);
  }

  /** How high a square is filled, as a share; owners show how much cpu is requested. */
  level(row, sample, byte) {
    const { moments, grid, size } = this;
    if (moments.colour === "state" || size < 9) return null;
    const told = moments.colour === "owner" ? grid.at("cpu", row, sample) : byte;
    return told <= fullShare ? share(told) : null;
  }

  /** States have a shape of their own: a stroke, a frame, a cross. */
  paintTrouble(context, x, y, state) {
    const { size } = this;
    const own = this.moments.colour === "state";
    const inset = size >= 12 ? 3 : 1.5;
    const name = troubleColours(this.moments)[state] ?? stateColours[state] ?? "--down";
    if (size < 7) {
      context.fillStyle = colour(name);
      context.fillRect(x, y, size, size);
      return;
    }
    if (state >= 3 && !own) {
      context.fillStyle = colour("--faint");
      context.fillRect(x, y, size, size);
    }
    const wide = size >= 12 ? 2 : 1.5;
    context.beginPath();
    if (state === 2) context.rect(x + 1, y + 1, size - 2, size - 2);
    if (state !== 2) {
      context.moveTo(x + inset, y + size - inset);
      context.lineTo(x + size - inset, y + inset);
    }
    if (state >= 3) {
      context.moveTo(x + inset, y + inset);
      context.lineTo(x + size - inset, y + size - inset);
    }
    for (const [width, ink] of own ? [[wide, "--paper"]] : [[wide + 2, "--paper"], [wide, name]]) {
      context.lineWidth = width;
      context.strokeStyle = colour(ink);
      context.stroke();
    }
    context.lineWidth = 1;
  }

  paintSelected(context) {
    const { row } = this.moments;
    if (row === null || !this.cells[row]) return;
    const { x, y } = this.cells[row];
    context.strokeStyle = colour("--ink");
    context.lineWidth = 2;
    context.strokeRect(x - 2, y - 2, this.size + 4, this.size + 4);
    context.lineWidth = 1;
  }

  update(changed) {
    if (changed.has("colour")) {
      this.grid.load(this.moments.colour).then(() => {
        this.table = null;
        this.sheet.draw();
      });
    }
    if (changed.has("owner")) this.table = null;
    if (changed.has("owner") || changed.has("row") || this.moments.sample !== this.painted) this.sheet.draw();
  }

  rowAt(event) {
    const box = this.sheet.canvas.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    const reach = this.size + 2;
    return this.cells?.findIndex((cell) => x >= cell.x && x < cell.x + reach && y >= cell.y && y < cell.y + reach) ?? -1;
  }

  point(event) {
    const row = this.rowAt(event);
    if (row < 0) return hideTip(this);
    const { moments } = this;
    return showTip(this, momentLines(moments, this.grid, row, moments.sample, moments.at), event.clientX, event.clientY);
  }

  select(event) {
    const row = this.rowAt(event);
    this.moments.set("row", row < 0 || row === this.moments.row ? null : row);
    this.point(event);
  }

  focused() {
    return this.host.matches(":focus-visible");
  }

  tellSelected() {
    const { moments } = this;
    if (moments.row === null || moments.playing) return;
    const lines = momentLines(moments, this.grid, moments.row, moments.sample, moments.at);
    const box = this.sheet.canvas.getBoundingClientRect();
    const cell = this.cells[moments.row];
    showTip(this, lines, box.left + cell.x + this.size / 2, box.top + cell.y + this.size / 2);
    this.said.textContent = lines.join(", ");
  }
}

/** Zones with their groups, in the order of the grid. */
function zonesOf(grid) {
  const zones = [];
  for (const row of grid.order) {
    const { zone = "", group = "", nodes } = grid.rows[row];
    if (zones.at(-1)?.name !== zone) zones.push({ name: zone, groups: [], nodes: 0 });
    const { groups } = zones.at(-1);
    if (groups.at(-1)?.name !== group) groups.push({ name: group, rows: [], nodes: 0 });
    groups.at(-1).rows.push(row);
    groups.at(-1).nodes += nodes;
    zones.at(-1).nodes += nodes;
  }
  if (zones.length > 1) for (const zone of zones) zone.name ||= "no zone";
  return zones;
}

/** What holds at the moment, in words and numbers. */
class Readout {
  constructor(moments, grid) {
    this.moments = moments;
    this.grid = grid;
    this.time = make("p", { class: "clock" });
    this.date = make("p", { class: "note" });
    this.values = make("dl", {});
    this.now = make("ul", { class: "happening" });
    this.selected = make("div", { class: "selected" });
    this.element = make("div", { class: "readout" }, this.time, this.date, this.now, this.values);
    moments.listen((changed) => {
      if (changed.has("at") || changed.has("row")) this.tell();
    });
    this.tell();
  }

  tell() {
    const { moments, grid } = this;
    const { data, at, sample } = moments;
    this.time.textContent = clock(at);
    this.date.textContent = date(data.start, at);
    const groups = data.charts.map((chart) => [chart.title, chart.series.map((series) => [series.name, amount(series.values[sample], chart.unit)])]);
    if (!data.charts.some((chart) => chart.unit === "nodes")) groups.unshift(["Nodes", this.nodes(sample)]);
    this.values.replaceChildren(...groups.flatMap(([title, values]) => [make("dt", {}, title),
      make("dd", {}, ...values.map(([name, value]) => make("span", {}, `${name} `, make("b", {}, value))))]));
    const bands = bandsAt(data, at);
    const rest = bands.length - mostBands;
    this.now.replaceChildren(...bands.slice(0, mostBands).map((band) =>
      make("li", {}, make("span", { class: `swatch ${band.kind === "fault" ? "fault" : "change"}` }), bands.length > 1 ? brief(band.text) : band.text)),
    rest > 0 ? make("li", {}, `and ${count(rest)} more`) : "",
    ...marksNear(data, data.times[sample], data.times[sample + 1] ?? at).map((mark) =>
      make("li", {}, make("span", { class: "swatch mark" }), mark.text)));
    this.tellSelected(grid, sample);
  }

  nodes(sample) {
    const { grid } = this;
    const counts = [0, 0, 0, 0];
    grid.rows.forEach((row, i) => {
      const state = grid.at("state", i, sample);
      if (state < counts.length) counts[state] += row.nodes;
    });
    return counts.map((n, state) => [states[state], count(n)]).filter(([, n], state) => state === 0 || n !== "0");
  }

  tellSelected(grid, sample) {
    const { row, data } = this.moments;
    if (row === null) {
      this.selected.replaceChildren(make("p", { class: "note" }, "Select a square to follow it over time."));
      return;
    }
    const [title, ...lines] = rowLines(data, grid, row, sample);
    this.selected.replaceChildren(make("p", { class: "tip-title" }, title), ...lines.map((line, i) => tipLine(line, i + 1)));
  }
}
