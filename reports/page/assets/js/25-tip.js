// One tip for the whole page: what an element says of itself (data-tip), or what a
// canvas has under the pointer or under the keyboard's selection.

const tip = make("div", { class: "tip", role: "tooltip", id: "podsim-tip", hidden: true });
let tipOf = null;

/** Shows lines next to a point of the window; "key: value" is set as a pair. */
function showTip(owner, lines, x, y) {
  if (!tip.isConnected) document.body.append(tip);
  tip.replaceChildren(...lines.map(tipLine));
  tip.hidden = false;
  tipOf = owner;
  const box = tip.getBoundingClientRect();
  const gap = 14;
  const left = x + gap + box.width > innerWidth - 4 ? x - gap - box.width : x + gap;
  const top = y + gap + box.height > innerHeight - 4 ? y - gap - box.height : y + gap;
  tip.style.left = `${clamp(left, 4, Math.max(4, innerWidth - box.width - 4))}px`;
  tip.style.top = `${clamp(top, 4, Math.max(4, innerHeight - box.height - 4))}px`;
}

function tipLine(line, i) {
  const cut = i > 0 ? line.indexOf(": ") : -1;
  if (i === 0) return make("p", { class: "tip-title" }, line);
  if (cut < 0) return make("p", {}, line);
  return make("p", { class: "tip-pair" }, make("span", {}, line.slice(0, cut)), make("b", {}, line.slice(cut + 2)));
}

/** Hides the tip, or only the tip of one owner. */
function hideTip(owner) {
  if (owner && tipOf !== owner) return;
  tip.hidden = true;
  tipOf?.removeAttribute?.("aria-describedby");
  tipOf = null;
}

function tipElement(target) {
  return target instanceof Element ? target.closest("[data-tip]") : null;
}

function showTipOf(element, x, y) {
  const lines = element.getAttribute("data-tip").split("\n").filter((line) => line !== "");
  if (lines.length === 0) return;
  if (tipOf !== element) hideTip();
  showTip(element, lines, x, y);
  element.setAttribute("aria-describedby", tip.id);
}

function listenForTips() {
  document.addEventListener("pointermove", (event) => {
    const element = tipElement(event.target);
    if (element) showTipOf(element, event.clientX, event.clientY);
    else if (tipOf instanceof Element && tipOf.hasAttribute("data-tip") && document.activeElement !== tipOf) hideTip();
  });
  // Before what is pressed shows a tip of its own.
  document.addEventListener("pointerdown", (event) => {
    hideTip();
    const element = tipElement(event.target);
    if (element) showTipOf(element, event.clientX, event.clientY);
  }, { capture: true });
  document.addEventListener("focusin", (event) => {
    const element = tipElement(event.target);
    if (!element || !element.matches(":focus-visible")) return;
    const box = element.getBoundingClientRect();
    showTipOf(element, box.left + box.width / 2, box.bottom - 8);
  });
  document.addEventListener("focusout", (event) => hideTip(tipElement(event.target)));
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") hideTip();
  });
  // What the keyboard selected moves along; what a pointer was over does not.
  addEventListener("scroll", () => {
    if (tipOf?.focused?.()) tipOf.tellSelected();
    else hideTip();
  }, { passive: true, capture: true });
}
