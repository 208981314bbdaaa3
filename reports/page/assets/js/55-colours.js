// What the colours of heat map and playback mean: one meaning at a time for both.

const meanings = { cpu: "CPU", memory: "memory", pods: "pods", owner: "owner", state: "state" };
const stateColours = ["--ready", "--cordoned", "--unready", "--down"];
const shades = 9;

/** Colours by byte, as red, green and blue, of what colours mean now. */
function colourTable(moments) {
  const table = new Array(256).fill(null);
  if (moments.colour === "owner") {
    for (let owner = 0; owner < moments.data.owners.length; owner++) table[owner] = ownerColour(moments, owner);
    table[noOwner] = components("--faint");
  } else if (moments.colour === "state") {
    stateColours.forEach((name, state) => { table[state] = components(name); });
  } else {
    const stops = Array.from({ length: shades }, (_, i) => components(`--q${i}`));
    for (let byte = 0; byte <= fullShare; byte++) {
      const at = share(byte) * (shades - 1);
      const low = Math.min(shades - 2, Math.floor(at));
      table[byte] = stops[low].map((part, i) => part + (stops[low + 1][i] - part) * (at - low));
    }
  }
  return table;
}

/** "others" are last, and grey. */
function ownerColourName(moments, owner) {
  const last = moments.data.owners.length - 1;
  return owner === last && moments.data.owners[last] === "others" ? "--c12" : `--c${owner % 12}`;
}

function ownerColour(moments, owner) {
  const own = components(ownerColourName(moments, owner));
  if (moments.owner === null || moments.owner === owner) return own;
  const ground = components("--paper");
  return own.map((part, i) => ground[i] + (part - ground[i]) * 0.16);
}

/** Colours that states have over what colours mean, or nothing. */
function troubleColours(moments) {
  if (moments.colour === "state") return [];
  return moments.colour === "owner" ? [null, null, "--quiet", "--ink"] : [null, null, "--unready", "--down"];
}

/** The choice of what colours mean; every view has one, and all agree. */
function colourChoice(moments, id) {
  const group = make("div", { class: "segments controls", role: "radiogroup", "aria-label": "Colour nodes by" });
  const inputs = Object.entries(meanings).map(([name, label]) => {
    const input = make("input", { type: "radio", name: `colour-${id}`, value: name, checked: moments.colour === name });
    input.addEventListener("change", () => moments.set("colour", name));
    group.append(make("label", {}, input, make("span", {}, label)));
    return input;
  });
  moments.listen((changed) => {
    if (changed.has("colour")) for (const input of inputs) input.checked = input.value === moments.colour;
  });
  return group;
}

/** The legend of what colours mean now, and of the shapes of states where they have some. */
function colourLegend(moments, shaped = false) {
  const legend = make("ul", { class: "legend key" });
  const fill = () => legend.replaceChildren(...legendEntries(moments, shaped));
  moments.listen((changed) => {
    if (changed.has("colour")) fill();
    if (changed.has("owner")) markOwner(legend, moments);
  });
  fill();
  return legend;
}

function markOwner(legend, moments) {
  for (const entry of legend.querySelectorAll("button")) {
    entry.setAttribute("aria-pressed", String(Number(entry.dataset.owner) === moments.owner));
  }
}

const swatched = (name, ...content) => {
  const swatch = make("span", { class: "swatch" });
  swatch.style.background = `var(${name})`;
  return make("li", {}, swatch, ...content);
};

function legendEntries(moments, shaped) {
  const none = make("li", {}, make("span", { class: "swatch none" }), "no such node");
  if (moments.colour === "state") return [...stateColours.map((name, i) => swatched(name, states[i])), none];
  const names = troubleColours(moments).map((name, state) => name ?? stateColours[state]);
  const trouble = names.map((name, state) => shapedState(name, state, shaped)).slice(shaped ? 1 : 2);
  if (moments.colour === "owner") {
    const height = shaped ? [make("li", {}, "height: CPU requested")] : [swatched("--faint", "no pods")];
    return [...moments.data.owners.map((name, owner) => ownerEntry(moments, name, owner)), ...height, ...trouble, none];
  }
  const scale = make("span", { class: "scale" }, ...Array.from({ length: shades }, (_, i) => make("i", { class: `shade${i}` })));
  const of = moments.colour === "pods" ? "the most it held" : "allocatable";
  return [make("li", {}, "0 ", scale, ` 100% of ${of}`), ...trouble, none];
}

function shapedState(name, state, shaped) {
  const entry = swatched(name, states[state]);
  if (shaped) entry.firstChild.classList.add("shaped", states[state]);
  return entry;
}

function ownerEntry(moments, name, owner) {
  const swatch = make("span", { class: "swatch" });
  swatch.style.background = `var(${ownerColourName(moments, owner)})`;
  const entry = make("button", { type: "button", "aria-pressed": String(moments.owner === owner), "data-owner": owner, title: `Set off ${name}` }, swatch, make("bdi", {}, name));
  entry.addEventListener("click", () => moments.set("owner", moments.owner === owner ? null : owner));
  return make("li", {}, entry);
}
