// The page of a run that goes on is loaded anew every few seconds. What its reader
// chose stays: the moment, the stretch of time, colours, the selected row, what
// elements with data-keep hold, the focus, and the place on the page.

const keepUnder = `podsim ${location.pathname}`;
const kept = () => [...document.querySelectorAll("[data-keep]")];
const soon = 10000; // milliseconds after which a page is a new visit

function keepChoices(moments) {
  addEventListener("pagehide", () => {
    const whole = moments.until - moments.from >= moments.end;
    const state = {
      left: Date.now(),
      at: moments.at >= moments.end ? null : moments.at, // at the end: stays there, wherever that will be
      stretch: whole ? null : [moments.from, moments.until - moments.from],
      colour: moments.colour,
      row: moments.row === null ? null : moments.data.rows[moments.row].name,
      playing: moments.playing,
      fields: Object.fromEntries(kept().map((element) => [element.dataset.keep, element.value ?? element.scrollTop])),
      focus: document.activeElement?.dataset.keep ?? null,
      scroll: scrollY,
    };
    try {
      sessionStorage.setItem(keepUnder, JSON.stringify(state));
    } catch {
      // Nothing is kept where nothing may be kept.
    }
  });
}

function keptState() {
  try {
    const state = JSON.parse(sessionStorage.getItem(keepUnder));
    return state && Date.now() - state.left < soon ? state : null;
  } catch {
    return null;
  }
}

/** Before the views are drawn. */
function restoreMoments(moments, state) {
  moments.at = state.at === null ? moments.end : clamp(state.at, 0, moments.end);
  if (state.stretch) moments.stretch(...state.stretch);
  if (Object.hasOwn(meanings, state.colour)) moments.colour = state.colour;
  const row = moments.data.rows.findIndex(({ name }) => name === state.row);
  moments.row = row < 0 ? null : row;
}

/** Once they are. */
function restoreFields(moments, state) {
  for (const element of kept()) {
    const value = state.fields[element.dataset.keep];
    if (value === undefined || (element.matches("select") && ![...element.options].some((option) => option.value === value))) continue;
    if ("value" in element) {
      element.value = value;
      element.dispatchEvent(new Event(element.matches("select") ? "change" : "input"));
    } else element.scrollTop = value;
    if (element.dataset.keep === state.focus) element.focus({ preventScroll: true });
  }
  scrollTo({ top: state.scroll, behavior: "instant" });
  if (state.playing) moments.play();
}
