// The theme follows the system until the reader chooses one. Canvases ask for the
// colours of the style sheet by name and are drawn again when these change.

const themes = ["auto", "light", "dark"];
const themeListeners = [];
const colours = new Map();
let paper = false; // a page is being printed

const probe = make("span", { hidden: true });
document.body.append(probe);

/** Returns a colour of the style sheet, such as "--ink", as the theme has it. */
function colour(name) {
  let value = colours.get(name);
  if (value === undefined) {
    probe.style.color = `var(${name})`;
    value = getComputedStyle(probe).color;
    colours.set(name, value);
  }
  return value;
}

/** Returns red, green and blue of a colour of the style sheet. */
function components(name) {
  return colour(name).match(/[\d.]+/g).slice(0, 3).map(Number);
}

function restyle() {
  colours.clear();
  for (const listener of themeListeners) listener();
}

const onTheme = (listener) => themeListeners.push(listener);

// A page from disk may be forbidden to remember.
function remembered() {
  try {
    return localStorage.getItem("podsim-theme");
  } catch {
    return null;
  }
}

function remember(theme) {
  try {
    localStorage.setItem("podsim-theme", theme);
  } catch {
    // The choice holds for this visit.
  }
}

function setTheme(theme) {
  if (theme === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  restyle();
}

function addThemeSwitch() {
  const place = document.querySelector("header.top .width");
  if (!place) return;
  let theme = themes.includes(remembered()) ? remembered() : "auto";
  const choice = make("div", { class: "segments controls", role: "radiogroup", "aria-label": "Theme" });
  for (const name of themes) {
    const input = make("input", { type: "radio", name: "podsim-theme", value: name, checked: name === theme });
    input.addEventListener("change", () => {
      theme = name;
      remember(name);
      setTheme(name);
    });
    choice.append(make("label", {}, input, make("span", {}, name)));
  }
  place.querySelector(".kind").after(choice);
  setTheme(theme);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", restyle);
  listenForPaper();
}

/** Paper is light, and as wide as its own text: what is drawn is drawn for it. */
function listenForPaper() {
  let before;
  addEventListener("beforeprint", () => {
    if (paper) return;
    before = document.documentElement.dataset.theme;
    paper = true;
    document.documentElement.classList.add("paper");
    setTheme("light");
  });
  addEventListener("afterprint", () => {
    paper = false;
    document.documentElement.classList.remove("paper");
    setTheme(before ?? "auto");
  });
}
