// The files of this folder are put one after the other into one module script, in
// the order of their names. Names in the data come from users: they become text of
// elements or of a canvas, never markup.

document.documentElement.classList.add("scripted");

const svgNamespace = "http://www.w3.org/2000/svg";

/** Makes an element: attributes by name, children as nodes or texts. */
function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

/** Makes an icon of one path in a square of 16. */
function icon(path) {
  const svg = document.createElementNS(svgNamespace, "svg");
  for (const [name, value] of [["viewBox", "0 0 16 16"], ["width", "16"], ["height", "16"], ["aria-hidden", "true"]]) {
    svg.setAttribute(name, value);
  }
  const shape = document.createElementNS(svgNamespace, "path");
  shape.setAttribute("d", path);
  svg.append(shape);
  return svg;
}

function button(label, content, act, attributes = {}) {
  const element = make("button", { type: "button", "aria-label": label, title: label, ...attributes }, content);
  element.addEventListener("click", act);
  return element;
}

const clamp = (value, least, most) => Math.min(most, Math.max(least, value));

/** Index of the last of ascending values that is not above a value; 0 at least. */
function lastUpTo(ascending, value) {
  let low = 0;
  let high = ascending.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (ascending[middle] <= value) low = middle;
    else high = middle - 1;
  }
  return low;
}

const calm = matchMedia("(prefers-reduced-motion: reduce)");

/** Calls once a frame, however often it is asked to. */
function onceAFrame(draw) {
  let asked = false;
  return () => {
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => {
      asked = false;
      draw();
    });
  };
}
