// What the page brings along to be drawn, and the bytes of its grid.

/** The states of a row, by number. */
const states = ["ready", "cordoned", "unready", "down"];
const absent = 255; // no such node then
const noOwner = 254;
const fullShare = 200; // a share of one, in a grid

const phases = ["pending", "starting", "running, not ready", "ready", "terminating", "succeeded", "failed"];

function readData() {
  const element = document.getElementById("podsim-data");
  return element ? JSON.parse(element.textContent) : null;
}

async function unpack(text) {
  const packed = atob(text);
  const bytes = new Uint8Array(packed.length);
  for (let i = 0; i < packed.length; i++) bytes[i] = packed.charCodeAt(i);
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** The grid of a run: its rows in the order in which they are shown, and planes of
 * one byte a row and sample, unpacked when they are first asked for. */
class Grid {
  constructor(data) {
    this.rows = data.rows;
    this.samples = data.times.length;
    this.packed = data.grid.bytes;
    this.planes = new Map();
    const natural = new Intl.Collator("en", { numeric: true });
    const by = (key) => (a, b) => natural.compare(this.rows[a][key] ?? "", this.rows[b][key] ?? "");
    const [zone, group, name] = [by("zone"), by("group"), by("name")];
    this.order = this.rows.map((_, i) => i).sort((a, b) => zone(a, b) || group(a, b) || name(a, b) || a - b);
    this.place = new Array(this.rows.length);
    this.order.forEach((row, i) => { this.place[row] = i; });
  }

  /** Promises a plane: cpu, memory, pods, state or owner. */
  load(name) {
    if (!this.planes.has(name)) {
      this.planes.set(name, unpack(this.packed[name]).then((bytes) => {
        if (bytes.length !== this.rows.length * this.samples) throw new Error(`the grid of ${name} has ${bytes.length} bytes`);
        this[name] = bytes;
        return bytes;
      }));
    }
    return this.planes.get(name);
  }

  loadAll(names) {
    return Promise.all(names.map((name) => this.load(name)));
  }

  at(plane, row, sample) {
    return this[plane] ? this[plane][row * this.samples + sample] : absent;
  }
}

const marksNear = (data, from, until) => data.marks.filter((mark) => mark.at >= from && mark.at <= until);

/** Zones are often called by a letter only. */
const zoneName = (zone) => (zone.length > 0 && zone.length < 3 ? `zone ${zone}` : zone);

/** The first of what is told of a band. */
const brief = (text) => text.split("; ", 1)[0];

const share = (byte) => byte / fullShare;

/** The bands that hold at a moment. */
const bandsAt = (data, at) => data.bands.filter((band) => band.from <= at && at < (band.until ?? Infinity));

/** What is told of a row at a sample, as lines of a tip. */
function rowLines(data, grid, row, sample) {
  const { name, nodes, group, zone, mostPods } = data.rows[row];
  const lines = [name];
  if (nodes > 1) lines.push(`nodes: ${count(nodes)}`);
  if (zone) lines.push(`zone: ${zone}`);
  if (group && group !== name) lines.push(`group: ${group}`);
  const state = grid.at("state", row, sample);
  if (state === absent) return [...lines, "not in the cluster at this moment"];
  lines.push(`${nodes > 1 ? "worst state" : "state"}: ${states[state] ?? "unknown"}`);
  for (const plane of ["cpu", "memory"]) {
    const byte = grid.at(plane, row, sample);
    if (byte !== absent) lines.push(`${plane} requested: ${percent(share(byte))}`);
  }
  const pods = grid.at("pods", row, sample);
  if (pods !== absent) lines.push(`pods: ${mostPods ? `${count(Math.round(share(pods) * mostPods))} of ${count(mostPods)} at most` : percent(share(pods))}`);
  const owner = grid.at("owner", row, sample);
  if (owner < noOwner) lines.push(`most cpu: ${data.owners[owner] ?? "unknown"}`);
  return lines;
}
