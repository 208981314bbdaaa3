// A pane is a box whose width is the time axis. It carries the lines of the moment
// and of the pointer, which move without anything being drawn again, and turns
// pointers into moments: the same for mouse, pen and finger.

const dragStart = 6; // pixels before a finger scrubs rather than taps

class Pane {
  constructor(moments, box, { onPoint = () => {}, onLeave = () => {} } = {}) {
    this.moments = moments;
    this.box = box;
    this.onPoint = onPoint;
    this.onLeave = onLeave;
    box.classList.add("pane");
    this.now = box.appendChild(make("div", { class: "line now" }));
    this.under = box.appendChild(make("div", { class: "line under" }));
    this.range = box.appendChild(make("div", { class: "range", hidden: true }));
    this.width = 0;
    new ResizeObserver(() => this.place()).observe(box);
    onTheme(() => queueMicrotask(() => this.place())); // paper does not wait for observers
    moments.listen((changed) => {
      if (["at", "hover", "from", "until"].some((name) => changed.has(name))) this.place();
    });
    this.listen();
    this.place();
  }

  /** Where a moment lies, in pixels from the left of the box. */
  x(at) {
    const { from, until } = this.moments;
    return ((at - from) / (until - from)) * this.width;
  }

  time(clientX) {
    const box = this.box.getBoundingClientRect();
    const { from, until } = this.moments;
    return from + clamp((clientX - box.left) / box.width, 0, 1) * (until - from);
  }

  place() {
    this.width = this.box.clientWidth;
    this.line(this.now, this.moments.at);
    this.line(this.under, this.moments.hover);
  }

  line(element, at) {
    const x = at === null ? -1 : this.x(at);
    element.hidden = x < -0.5 || x > this.width + 0.5;
    element.style.transform = `translateX(${Math.round(x)}px)`;
  }

  listen() {
    const { box, moments } = this;
    box.addEventListener("pointerdown", (event) => this.press(event));
    box.addEventListener("pointermove", (event) => this.move(event));
    box.addEventListener("pointerup", (event) => this.release(event, true));
    box.addEventListener("pointercancel", (event) => this.release(event, false));
    box.addEventListener("pointerleave", (event) => {
      if (this.pressed || event.pointerType === "touch") return; // a finger is lifted after each touch
      moments.set("hover", null);
      this.onLeave();
    });
    box.addEventListener("dblclick", () => moments.showAll());
    box.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
  }

  press(event) {
    if (event.button !== 0) return;
    this.pressed = { x: event.clientX, touch: event.pointerType === "touch", range: event.shiftKey, moved: false };
    this.box.setPointerCapture(event.pointerId);
    if (this.pressed.touch || this.pressed.range) return;
    this.scrub(event);
    this.onPoint(event);
  }

  move(event) {
    const { pressed, moments } = this;
    if (pressed) {
      pressed.moved ||= Math.abs(event.clientX - pressed.x) > dragStart;
      if (pressed.range) this.showRange(event);
      else if (!pressed.touch || pressed.moved) this.scrub(event);
    }
    moments.set("hover", this.time(event.clientX));
    this.onPoint(event);
  }

  release(event, done) {
    const { pressed, moments } = this;
    this.pressed = null;
    this.range.hidden = true;
    if (!pressed) return;
    if (done && pressed.range && pressed.moved) {
      const [from, until] = [this.time(pressed.x), this.time(event.clientX)].sort((a, b) => a - b);
      moments.stretch(from, until - from);
    } else if (done && pressed.touch) {
      this.scrub(event);
      this.onPoint(event);
    }
    if (pressed.touch) moments.set("hover", null);
  }

  scrub(event) {
    this.moments.pause();
    this.moments.go(this.time(event.clientX));
  }

  showRange(event) {
    const [left, right] = [this.x(this.time(this.pressed.x)), this.x(this.time(event.clientX))].sort((a, b) => a - b);
    this.range.hidden = false;
    this.range.style.left = `${left}px`;
    this.range.style.width = `${right - left}px`;
  }

  /** Pinching on a touchpad comes as a wheel with Ctrl. */
  wheel(event) {
    const { moments } = this;
    const sideways = Math.abs(event.deltaX) > Math.abs(event.deltaY);
    if (event.ctrlKey) moments.zoom(Math.exp(event.deltaY / 120), this.time(event.clientX));
    else if (sideways && moments.until - moments.from < moments.end) {
      moments.stretch(moments.from + (event.deltaX / this.width) * (moments.until - moments.from), moments.until - moments.from);
    } else return;
    event.preventDefault();
  }
}
