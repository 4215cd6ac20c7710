// Chooses the page by the fragment of the address: "" is the overview, "#person=ID" a person.

const root = document.documentElement;
const main = document.getElementById("main");
const who = document.getElementById("who");
let data = null;
let turn = 0;

function hashOf(person) {
  return `#person=${encodeURIComponent(person.id)}`;
}

function personOfHash() {
  if (!location.hash.startsWith("#person=")) return null;
  let id;
  try {
    id = decodeURIComponent(location.hash.slice("#person=".length));
  } catch {
    return { id: location.hash, missing: true };
  }
  return data.people.find(p => p.id === id) ?? (IS_SERVED ? { id, index: -1, hasPage: true } : { id, missing: true });
}

function showMessage(text, isBad) {
  forgetCharts();
  if (isBad) root.dataset.ready = "message";
  main.replaceChildren(el("p", { class: isBad ? "state bad" : "state", role: isBad ? "alert" : "status" }, text));
}

async function show() {
  const mine = ++turn;
  // A report of one person begins with that person.
  const isAlone = data.people.length === 1 && data.total === 1 && data.people[0].hasPage;
  const person = personOfHash() ?? (isAlone && location.hash !== "#overview" ? data.people[0] : null);
  if (person?.missing) return showMessage(`This report has nobody with the id ${person.id}.`, true);
  if (person && !person.hasPage) return showMessage(`This file has no page of ${person.id}: it has pages of the people with the most days. A report with --user shows this person.`, true);
  let block = null;
  try {
    block = person ? await loadPerson(person) : null;
  } catch (error) {
    return showMessage(error.message, true);
  }
  if (mine !== turn) return;
  forgetCharts();
  const parts = person ? personPage(data, person, block) : overviewPage(data);
  main.replaceChildren(...parts.filter(Boolean));
  document.title = person ? `${block.profile.name ?? block.id} · Health report` : "Health report";
  root.dataset.ready = person ? "person" : "overview";
  scrollTo(0, 0);
}

function fillSearch() {
  const options = data.people.filter(p => p.hasPage).slice(0, 2000).map(p => el("option", { value: p.id }, p.name ?? ""));
  document.getElementById("people").replaceChildren(...options);
  document.getElementById("find").hidden = data.people.length < 2;
}

function find(text) {
  const wanted = text.trim().toLowerCase();
  if (!wanted) return null;
  return data.people.find(p => p.id === text)
    ?? data.people.find(p => p.id.toLowerCase() === wanted || (p.name ?? "").toLowerCase() === wanted)
    ?? data.people.find(p => p.id.toLowerCase().startsWith(wanted) || (p.name ?? "").toLowerCase().startsWith(wanted))
    ?? data.people.find(p => p.id.toLowerCase().includes(wanted) || (p.name ?? "").toLowerCase().includes(wanted));
}

// The theme: that of the system, until the switch is used.
const systemIsDark = matchMedia("(prefers-color-scheme: dark)");

function stored(value) {
  try {
    if (value === undefined) return localStorage.getItem("theme");
    localStorage.setItem("theme", value);
  } catch {
    // A file from disk may have no storage.
  }
  return null;
}

function setTheme(theme) {
  root.dataset.theme = theme;
  redrawCharts();
}

setTheme(stored() ?? (systemIsDark.matches ? "dark" : "light"));
systemIsDark.addEventListener("change", () => { if (!stored()) setTheme(systemIsDark.matches ? "dark" : "light"); });
document.getElementById("theme").addEventListener("click", () => {
  const theme = root.dataset.theme === "dark" ? "light" : "dark";
  stored(theme);
  setTheme(theme);
});

// Paper is white, and its charts are those of the light theme.
let themeOfScreen = null;
addEventListener("beforeprint", () => { themeOfScreen = root.dataset.theme; setTheme("light"); });
addEventListener("afterprint", () => { if (themeOfScreen) setTheme(themeOfScreen); });

document.getElementById("find").addEventListener("submit", event => {
  event.preventDefault();
  const person = find(who.value);
  who.setCustomValidity(person ? "" : "Nobody has this id or name.");
  if (!person) return who.reportValidity();
  who.value = "";
  who.blur();
  location.hash = hashOf(person);
});
who.addEventListener("input", () => who.setCustomValidity(""));
// A choice from the list goes there at once.
who.addEventListener("change", () => { if (data?.people.some(p => p.id === who.value)) document.getElementById("find").requestSubmit(); });
addEventListener("hashchange", () => { show().then(() => main.focus({ preventScroll: true })); });

async function start() {
  try {
    if (typeof DecompressionStream === "undefined") throw new Error("This browser is too old for this report: use one from 2023 or later.");
    data = await loadOverview();
    fillSearch();
    const foot = document.getElementById("foot");
    foot.replaceChildren(
      el("p", {}, `${data.source} · ${IS_SERVED ? "read" : "made"} ${data.made.slice(0, 16).replace("T", " ")} UTC${data.since !== undefined || data.until !== undefined ? ` · days ${data.since === undefined ? "" : `from ${isoDay(data.since - EPOCH)} `}${data.until === undefined ? "" : `to ${isoDay(data.until - EPOCH)}`}` : ""}`),
      el("p", {}, IS_SERVED ? "Health data are private: close this page when you are done." : "This file holds health data and sends nothing anywhere. Keep it as private as the database."));
    await show();
  } catch (error) {
    showMessage(`The report cannot be shown: ${error.message}`, true);
    throw error;
  }
}

start();
