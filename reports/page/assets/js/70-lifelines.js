// Lives of pods: one line a pod, thin while it waits, half as high while it starts,
// whole while it is ready; ends and evictions have signs. Only what is in sight is
// drawn.

const lineHeight = 17;
const phaseHeights = [3, 6, 8, 10, 6, 3, 3];
const phaseColours = phases.map((_, i) => `--phase${i}`);
const mostOnPaper = 48;

const orders = {
  given: { label: "what befell them", by: () => 0 }, // as the data has them
  created: { label: "creation", by: (a, b) => a.born - b.born },
  owner: { label: "owner", by: (a, b) => a.owner - b.owner || a.born - b.born },
  waited: { label: "time pending", by: (a, b) => b.waited - a.waited },
  node: { label: "node", by: (a, b) => a.place - b.place || a.born - b.born },
};

function drawLifelines(view, moments, grid) {
  if (moments.data.lifelines.pods.length > 0) new Lifelines(view, moments, grid);
  else view.append(make("p", {}, "No pod lived in this run."));
}

class Lifelines {
  constructor(view, moments, grid) {
    this.moments = moments;
    this.pods = moments.data.lifelines.pods.map((pod) => ({
      ...pod,
      marks: pod.marks ?? [],
      born: pod.spans[0]?.[1] ?? 0,
      place: pod.row === null || pod.row === undefined ? Infinity : grid?.place[pod.row] ?? pod.row,
      waited: pod.spans.reduce((sum, [phase, from, until]) => sum + (phase === 0 ? until - from : 0), 0),
    }));
    this.selected = null;
    this.axis = make("div", { class: "axis-head" });
    this.list = make("div", { class: "rows", tabindex: 0, "data-keep": "rows", role: "application", "aria-roledescription": "lives of pods", "aria-label": "Lives of pods. Up and down select a pod, left and right move the moment." });
    this.inner = this.list.appendChild(make("div", { class: "inner" }));
    this.said = make("p", { class: "visually-hidden", "aria-live": "polite" });
    this.rest = make("p", { class: "note on-paper" });
    view.append(this.controls(), this.legend(), this.rest, this.axis, this.list, this.said);
    this.head = new Sheet(this.axis, () => 28, (context, width) => this.paintAxis(context, width));
    this.window = this.inner.appendChild(make("div", { class: "window" }));
    this.sheet = new Sheet(this.window, () => this.visibleHeight(), (context, width, height) => this.paint(context, width, height));
    this.over = this.window.appendChild(make("div", { class: "over" }));
    this.pane = new Pane(moments, this.over, { onPoint: (event) => this.point(event), onLeave: () => hideTip(this) });
    this.list.addEventListener("scroll", () => this.sheet.draw(), { passive: true });
    this.list.addEventListener("keydown", (event) => this.key(event));
    this.list.addEventListener("blur", () => hideTip(this));
    moments.listen((changed) => {
      if (changed.has("from") || changed.has("until")) this.redraw();
      else if (changed.has("row")) this.sheet.draw();
    });
    this.arrange();
  }

  controls() {
    this.filter = make("input", { type: "search", "data-keep": "filter", placeholder: "part of a name", "aria-label": "Show pods whose name or owner has", autocomplete: "off", spellcheck: "false" });
    this.order = make("select", { "aria-label": "Order pods by", "data-keep": "order" }, ...Object.entries(orders).map(([name, { label }]) => make("option", { value: name }, label)));
    this.shown = make("span", { class: "note", role: "status" });
    this.filter.addEventListener("input", () => this.arrange());
    this.order.addEventListener("change", () => this.arrange());
    return make("div", { class: "bar controls" }, make("label", {}, "Filter ", this.filter), make("label", {}, "Order by ", this.order), this.shown);
  }

  legend() {
    return make("ul", { class: "legend key" }, ...phases.map((name, phase) => {
      const swatch = make("span", { class: `swatch phase phase${phase}` });
      swatch.style.background = `var(${phaseColours[phase]})`;
      return make("li", {}, swatch, name);
    }), make("li", {}, make("span", { class: "swatch diamond" }), "something befell it"));
  }

  arrange() {
    const wanted = this.filter.value.trim().toLowerCase();
    const owners = this.moments.data.owners;
    this.shownPods = this.pods
      .filter((pod) => wanted === "" || pod.name.toLowerCase().includes(wanted) || (owners[pod.owner] ?? "").toLowerCase().includes(wanted))
      .sort(orders[this.order.value].by);
    if (!this.shownPods.includes(this.selected)) this.selected = null;
    this.inner.style.height = `${Math.max(1, this.shownPods.length) * lineHeight}px`;
    this.shown.textContent = this.shownPods.length === this.pods.length ? "" : `${plural(this.shownPods.length, "pod")} of ${count(this.pods.length)}`;
    this.rest.textContent = this.shownPods.length > mostOnPaper ? `Here the first ${mostOnPaper} of ${plural(this.shownPods.length, "pod")} by ${orders[this.order.value].label}.` : "";
    this.redraw();
  }

  redraw() {
    this.head.draw();
    this.sheet.draw();
  }

  visibleHeight() {
    const all = Math.max(1, this.shownPods.length) * lineHeight;
    return paper ? Math.min(all, mostOnPaper * lineHeight) : Math.min(all, Math.max(lineHeight, this.list.clientHeight));
  }

  measure(width) {
    this.gutter = gutterOf(width);
    this.plotWidth = width - this.gutter;
  }

  x(at) {
    const { from, until } = this.moments;
    return this.gutter + ((at - from) / (until - from)) * this.plotWidth;
  }

  paintAxis(context, width) {
    this.measure(width);
    const box = { left: this.gutter, top: 4, width: this.plotWidth, height: 22, strip: 4 };
    drawBands(context, this.moments.data, (at) => this.x(at), { ...box, top: 28, height: 0 });
    drawTimeAxis(context, this.moments, { ...box, top: 2 });
  }

  paint(context, width, height) {
    this.measure(width);
    const top = paper ? 0 : this.list.scrollTop;
    const box = { left: this.gutter, top: 0, width: this.plotWidth, height, strip: 0, tinted: true };
    drawBands(context, this.moments.data, (at) => this.x(at), box);
    const first = Math.floor(top / lineHeight);
    for (let i = first; i < this.shownPods.length && i * lineHeight < top + height; i++) {
      this.paintPod(context, this.shownPods[i], i * lineHeight - top, width);
    }
    if (!paper) this.paintScroll(context, width, height);
    this.over.style.left = `${this.gutter}px`;
    this.over.style.height = `${height}px`;
  }

  /** Shows that there is more: a bar of the browser's own would take width from the axis. */
  paintScroll(context, width, height) {
    const all = this.shownPods.length * lineHeight;
    if (all <= height) return;
    context.fillStyle = colour("--quiet");
    context.globalAlpha = 0.5;
    context.fillRect(width - 4, (this.list.scrollTop / all) * height, 4, (height / all) * height);
    context.globalAlpha = 1;
  }

  paintPod(context, pod, y, width) {
    const { moments } = this;
    if (pod === this.selected || (moments.row !== null && pod.row === moments.row)) {
      context.fillStyle = colour("--raised");
      context.fillRect(0, y, this.gutter, lineHeight);
      context.fillStyle = colour("--accent");
      context.fillRect(0, y + 2, 2, lineHeight - 4);
    }
    const middle = y + lineHeight / 2;
    context.font = fontOf(11);
    context.textAlign = "left";
    context.textBaseline = "middle";
    context.fillStyle = colour(pod === this.selected ? "--ink" : "--quiet");
    const name = this.gutter < 100 ? pod.name.slice(pod.name.indexOf("/") + 1) : pod.name;
    context.fillText(fit(context, name, this.gutter - 12), 5, middle);
    context.fillStyle = colour("--faint");
    context.fillRect(this.gutter, y + lineHeight - 0.5, this.plotWidth, 0.5);
    context.save();
    context.beginPath();
    context.rect(this.gutter, y, width - this.gutter, lineHeight);
    context.clip();
    for (const [phase, from, until] of pod.spans) this.paintSpan(context, phase, from, until, middle);
    for (const [at] of pod.marks) paintDiamond(context, this.x(at), middle);
    context.restore();
  }

  paintSpan(context, phase, from, until, middle) {
    const left = this.x(from);
    const height = phaseHeights[phase] ?? 3;
    context.fillStyle = colour(phaseColours[phase] ?? "--quiet");
    context.fillRect(left, middle - height / 2, Math.max(1.25, this.x(until) - left), height);
    if (phase < 5) return;
    context.strokeStyle = context.fillStyle;
    context.lineWidth = 2;
    context.beginPath();
    if (phase === 5) context.arc(left + 3.5, middle, 3, 0, 7);
    else {
      context.moveTo(left, middle - 4);
      context.lineTo(left + 8, middle + 4);
      context.moveTo(left + 8, middle - 4);
      context.lineTo(left, middle + 4);
    }
    context.stroke();
    context.lineWidth = 1;
  }

  podAt(event) {
    const box = this.over.getBoundingClientRect();
    return this.shownPods[Math.floor((event.clientY - box.top + this.list.scrollTop) / lineHeight)];
  }

  point(event) {
    const pod = this.podAt(event);
    if (!pod) return hideTip(this);
    if ((event.type === "pointerup" || event.buttons === 1) && pod !== this.selected) {
      this.selected = pod;
      this.sheet.draw();
    }
    return showTip(this, this.lines(pod, this.pane.time(event.clientX), 6), event.clientX, event.clientY);
  }

  /** What is told of a pod at a moment; reach: how many pixels off a mark may be. */
  lines(pod, at, reach) {
    const { data } = this.moments;
    const lines = [pod.name, `owner: ${data.owners[pod.owner] ?? "unknown"}`];
    if (pod.why) lines.push(`shown: ${pod.why}`);
    lines.push(`at: ${clock(at)}`);
    const span = pod.spans.find(([, from, until]) => from <= at && at < until);
    if (span) {
      const [phase, from, until, row] = span;
      lines.push(`${phases[phase] ?? "unknown"}: for ${duration(until - from)} from ${clock(from)}`);
      if (row !== null && row !== undefined && data.rows[row]) lines.push(`on: ${data.rows[row].name}`);
    } else lines.push(at < pod.born ? "not created yet" : "gone");
    const slack = (reach / Math.max(1, this.plotWidth)) * (this.moments.until - this.moments.from);
    for (const [when, text] of pod.marks) {
      if (Math.abs(when - at) <= slack) lines.push(`${clock(when)}: ${text}`);
    }
    return lines;
  }

  key(event) {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (step !== undefined && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      const here = this.selected ? this.shownPods.indexOf(this.selected) : -Math.max(0, step);
      const next = clamp(here + step * (event.shiftKey ? 10 : 1), 0, this.shownPods.length - 1);
      this.selected = this.shownPods[next];
      const top = next * lineHeight;
      if (top < this.list.scrollTop) this.list.scrollTop = top;
      else if (top + lineHeight > this.list.scrollTop + this.list.clientHeight) this.list.scrollTop = top + lineHeight - this.list.clientHeight;
      this.sheet.draw();
    } else if (event.key === "Escape") {
      this.selected = null;
      hideTip(this);
      this.sheet.draw();
      return;
    } else if (event.key === "[" || event.key === "]") {
      this.hop(event.key === "]");
    } else if (!momentKey(this.moments, event)) return;
    // After the list has scrolled, which would hide the tip.
    requestAnimationFrame(() => requestAnimationFrame(() => this.tellSelected()));
  }

  /** Goes to the next or last change in the life of the selected pod. */
  hop(onward) {
    if (!this.selected) return;
    const { at } = this.moments;
    const changes = [...this.selected.spans.map(([, from]) => from), ...this.selected.marks.map(([when]) => when)].sort((a, b) => a - b);
    const next = onward ? changes.find((change) => change > at + 1e-3) : changes.findLast((change) => change < at - 1e-3);
    if (next !== undefined) this.moments.go(next);
  }

  focused() {
    return this.list.matches(":focus-visible");
  }

  tellSelected() {
    const { moments, selected } = this;
    if (!selected || moments.playing) return;
    const box = this.over.getBoundingClientRect();
    const lines = this.lines(selected, moments.at, 6);
    const y = box.top + (this.shownPods.indexOf(selected) + 0.5) * lineHeight - this.list.scrollTop;
    showTip(this, lines, box.left + this.pane.x(moments.at), y);
    this.said.textContent = lines.join(", ");
  }
}

function paintDiamond(context, x, middle) {
  context.fillStyle = colour("--ink");
  context.strokeStyle = colour("--paper");
  context.beginPath();
  context.moveTo(x, middle - 5);
  context.lineTo(x + 4, middle);
  context.lineTo(x, middle + 5);
  context.lineTo(x - 4, middle);
  context.closePath();
  context.fill();
  context.stroke();
}
