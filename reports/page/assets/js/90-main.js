// Draws what the page has a place for, first what is in sight first.

/** Says in a view that it cannot be drawn; the rest of the page stands. */
function giveUp(view, error) {
  view.replaceChildren(make("p", { class: "note" }, `This cannot be drawn here: ${error.message}.`));
}

async function drawView(view, draw) {
  try {
    await draw(view);
  } catch (error) {
    giveUp(view, error);
  }
}

async function drawViews(data) {
  const views = Object.fromEntries([...document.querySelectorAll("[data-view]")].map((view) => [view.dataset.view, view]));
  const moments = new Moments(data);
  const state = keptState();
  if (state) restoreMoments(moments, state);
  const grid = data.grid && data.rows.length > 0 ? new Grid(data) : null;
  const region = document.querySelector("[data-views]");
  const draws = {
    charts: (view) => drawCharts(view, moments),
    playback: grid && ((view) => drawPlayback(view, moments, grid)),
    heatmap: grid && ((view) => drawHeatmap(view, moments, grid)),
    lifelines: data.lifelines && ((view) => drawLifelines(view, moments, grid)),
  };
  if (region) new Transport(region, moments);
  for (const [name, draw] of Object.entries(draws)) {
    if (views[name] && draw) await drawView(views[name], draw);
  }
  await new Promise((drawn) => { requestAnimationFrame(() => requestAnimationFrame(drawn)); });
  if (state) restoreFields(moments, state);
  keepChoices(moments);
  document.documentElement.dataset.drawn = "";
  // What tips tell of, and what colours may mean next.
  if (grid) {
    await grid.loadAll(Object.keys(meanings));
    moments.touch("row");
  }
}

/** Marks the section in sight in the list of sections. */
function followSections() {
  const links = new Map([...document.querySelectorAll("nav.sections a")].map((link) => [link.hash.slice(1), link]));
  if (links.size === 0) return;
  const sections = [...links.keys()].map((id) => document.getElementById(id)).filter(Boolean);
  const mark = onceAFrame(() => {
    const passed = sections.findLast((section) => section.getBoundingClientRect().top < innerHeight / 3);
    for (const [id, link] of links) {
      const current = id === passed?.id;
      if (current === link.hasAttribute("aria-current")) continue;
      if (!current) link.removeAttribute("aria-current");
      else {
        link.setAttribute("aria-current", "true");
        const list = link.closest("ul");
        list.scrollLeft = link.offsetLeft - list.offsetLeft - (list.clientWidth - link.offsetWidth) / 2;
      }
    }
  });
  addEventListener("scroll", mark, { passive: true });
  mark();
}

addThemeSwitch();
listenForTips();
followSections();
const data = readData();
if (data) drawViews(data);
