// Reads the blocks of data. A block is raw deflate of a header in JSON and columns of numbers; see DataBlock and NumberColumn in
// the sources of the program.

function fromBase64(text) {
  const binary = atob(text);
  const data = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) data[i] = binary.charCodeAt(i);
  return data;
}

async function inflate(data) {
  const stream = new Blob([data]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

function readColumn(data, rows, decimals) {
  const values = new Array(rows);
  const scale = 10 ** decimals;
  let at = 0, last = 0;
  for (let row = 0; row < rows; row++) {
    // Not with shifts: they have 32 bits.
    let value = 0, factor = 1, byte;
    do {
      byte = data[at++];
      value += (byte & 0x7f) * factor;
      factor *= 128;
    } while (byte >= 0x80);
    if (value === 0) {
      values[row] = null;
      continue;
    }
    value -= 1;
    last += value % 2 ? -(value + 1) / 2 : value / 2;
    values[row] = last / scale;
  }
  return values;
}

async function readBlock(compressed) {
  const data = await inflate(compressed);
  const headerBytes = new DataView(data.buffer).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(data.subarray(4, 4 + headerBytes)));
  const columns = new Map();
  let at = 4 + headerBytes;
  for (const { name, decimals, rows, bytes: length } of header.columns) {
    columns.set(name, readColumn(data.subarray(at, at + length), rows, decimals));
    at += length;
  }
  return { header, columns };
}

// Where the data come from: elements of this file, or the server that delivered the page.
const IS_SERVED = document.documentElement.dataset.source === "served";

async function request(path) {
  const response = await fetch(path, { credentials: "same-origin" });
  if (!response.ok) throw new Error(response.status === 404 ? "There are no data of this person." : `The server responded with ${response.status}.`);
  return new Uint8Array(await response.arrayBuffer());
}

async function loadOverview() {
  const block = await readBlock(IS_SERVED ? await request("data/overview") : fromBase64(document.getElementById("overview").textContent));
  const { header, columns } = block;
  const pages = new Set(header.pages);
  const people = header.listed.map(([id, name, days, first, last, steps, sleep, restingHr, kcal, weight], index) => ({
    index, id, name, days, first: first - EPOCH, last: last - EPOCH, steps, sleep, restingHr, kcal, weight, hasPage: IS_SERVED || pages.has(index),
  }));
  for (const name of ["coverage_day", "bucket_day"]) columns.set(name, columns.get(name).map(day => day - EPOCH));
  return { ...header, people, total: header.people, columns };
}

async function loadPerson(person) {
  const query = location.search.startsWith("?") ? "&" + location.search.slice(1) : "";
  const block = await readBlock(IS_SERVED
    ? await request(`data/person?user=${encodeURIComponent(person.id)}${query}`)
    : fromBase64(document.getElementById(`person-${person.index}`).textContent));
  const days = block.columns.get("day").map(day => day - EPOCH);
  return { id: block.header.id, profile: block.header.profile ?? {}, days, column: name => block.columns.get(name) };
}
