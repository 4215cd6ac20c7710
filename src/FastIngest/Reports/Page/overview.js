// The first page: everybody together.

const PEOPLE_A_PAGE = 25;

function overviewPage(data, open) {
  const parts = [];
  const coverageDays = data.columns.get("coverage_day"), coverage = data.columns.get("coverage_people");
  parts.push(el("h1", {}, data.all ? "Overview" : "Overview of the chosen people"));
  parts.push(el("p", { class: "lead" }, data.total === 0 ? "There are no days."
    : `${counted(data.total, "person", "people")}, ${counted(data.days, "day", "days")}${coverageDays.length ? `, ${dayRange(coverageDays[0], coverageDays.at(-1))}` : ""}.`));
  if (data.total === 0) {
    parts.push(el("section", { class: "card" }, empty("This database has no daily summaries in this range. Load health data with health_ingestion first.")));
    parts.push(runsCard(data), rejectsCard(data));
    return parts;
  }

  const records = data.runs.reduce((sum, run) => sum + run.records, 0), rejected = data.runs.reduce((sum, run) => sum + run.rejected, 0);
  parts.push(el("dl", { class: "tiles" },
    tile("People", number(data.total)),
    tile("Days", number(data.days), "", data.total > 1 ? `${number(data.days / data.total, 0)} a person` : ""),
    tile("Records read", number(records), "", counted(data.runs.length, "run", "runs")),
    tile("Records rejected", number(rejected), "", records ? `${number(100 * rejected / records, 2)} %` : "")));

  parts.push(card("Coverage", "How many people have data on a day. The stronger the colour, the more people.", null,
    calendar({ label: "Coverage", days: coverageDays, values: coverage, text: value => counted(value, "person", "people") }),
    tableBehind("People with data by day", [{ title: "Day", left: true, cell: i => isoDay(coverageDays[i]) }, { title: "People", cell: i => number(coverage[i]) }], () => coverageDays.map((d, i) => i).reverse())));
  parts.push(quantilesCard(data));
  parts.push(peopleCard(data, open), runsCard(data), rejectsCard(data));
  return parts;
}

function quantilesCard(data) {
  const days = data.columns.get("bucket_day");
  const names = ["activity_steps", "sleep_hours", "resting_hr", "hr_mean", "meal_kcal", "weight"].filter(name => data.columns.get(`${name}_n`).some(n => n > 0));
  if (names.length === 0) return null;
  const place = el("div");
  const period = { 1: "day", 7: "week", 28: "four weeks", 364: "52 weeks" }[data.bucket_days] ?? `${data.bucket_days} days`;

  function show(name) {
    const { title, unit, decimals } = MEASURES[name];
    const column = part => data.columns.get(`${name}_${part}`);
    const kept = days.map((d, i) => i).filter(i => column("n")[i] > 0);
    const of = part => kept.map(i => column(part)[i]);
    const at = kept.map(i => days[i]);
    const old = place.firstChild;
    if (old) dropChart(old.querySelector(".chart"));
    place.replaceChildren(el("div", {},
      chart({
        label: `${title} of all people: the middle value of the days is ${withUnit(name, median(of("p50")))}.`,
        days: at, unit, decimals,
        series: [
          { label: "90 %", values: of("p90"), color: "steps", marker: "h1", kind: "edge" },
          { label: "75 %", values: of("p75"), color: "steps", marker: "h2", kind: "edge" },
          { label: "median", values: of("p50"), color: "mean", kind: "line" },
          { label: "25 %", values: of("p25"), color: "steps", marker: "h2", kind: "edge" },
          { label: "10 %", values: of("p10"), color: "steps", marker: "h1", kind: "edge" },
        ],
        bands: [{ series: [1, 5], color: "h1" }, { series: [2, 4], color: "h2" }],
      }),
      tableBehind(`Quantiles of ${title.toLowerCase()}`, [
        { title: "From", left: true, cell: i => isoDay(at[i]) },
        { title: "Values", cell: i => number(of("n")[i]) },
        ...["p10", "p25", "p50", "p75", "p90"].map(part => { const values = of(part); return { title: part === "p50" ? "median" : `${part.slice(1)} %`, cell: i => number(values[i], decimals) }; }),
      ], () => at.map((d, i) => i).reverse())));
  }

  show(names[0]);
  return card("Everybody, day by day", `The line is the median of all people for each ${period}; half of them are in the dark band, four fifths in the light one.`,
    choice("Measure", names.map(name => [name, MEASURES[name].title]), names[0], show), place);
}

function peopleCard(data, open) {
  const columns = [
    { key: "id", title: "Person", left: true, cell: p => p.hasPage ? el("a", { href: hashOf(p) }, p.id) : el("span", { class: "none", title: "The file has no page of this person" }, p.id) },
    { key: "name", title: "Name", left: true, cell: p => p.name ?? "–" },
    { key: "days", title: "Days", cell: p => number(p.days) },
    { key: "first", title: "First", cell: p => isoDay(p.first) },
    { key: "last", title: "Last", cell: p => isoDay(p.last) },
    { key: "steps", title: "Steps", cell: p => number(p.steps) },
    { key: "sleep", title: "Sleep, h", cell: p => number(p.sleep, 1) },
    { key: "restingHr", title: "Resting bpm", cell: p => number(p.restingHr) },
    { key: "kcal", title: "Meals, kcal", cell: p => number(p.kcal) },
    { key: "weight", title: "Weight, kg", cell: p => number(p.weight, 1) },
  ].filter(c => !["name", "steps", "sleep", "restingHr", "kcal", "weight"].includes(c.key) || data.people.some(p => p[c.key] !== null));
  const order = { key: "id", up: true };
  let at = 0, shown = data.people;
  const place = el("div"), pager = el("div", { class: "pager" });
  const filter = el("input", { type: "search", placeholder: "Filter by id or name …", "aria-label": "Filter people by id or name", maxlength: "400", oninput: () => { at = 0; sort(); } });

  function sort() {
    const wanted = filter.value.toLowerCase();
    shown = data.people.filter(p => !wanted || p.id.toLowerCase().includes(wanted) || (p.name ?? "").toLowerCase().includes(wanted));
    if (order.key !== "id" || !order.up) {
      const sign = order.up ? 1 : -1;
      shown.sort((a, b) => {
        const x = order.key === "id" ? a.index : a[order.key], y = order.key === "id" ? b.index : b[order.key];
        return x === y ? a.index - b.index : x === null ? 1 : y === null ? -1 : x < y ? -sign : sign;
      });
    }
    draw();
  }

  function draw() {
    const rows = shown.slice(at, at + PEOPLE_A_PAGE);
    const drawn = table("People", columns, rows);
    drawn.querySelectorAll("thead th").forEach((th, i) => {
      const { key, title } = columns[i];
      const isOrder = key === order.key;
      th.setAttribute("aria-sort", isOrder ? (order.up ? "ascending" : "descending") : "none");
      th.replaceChildren(el("button", { type: "button", onclick: () => { order.up = isOrder ? !order.up : key === "id" || key === "name"; order.key = key; at = 0; sort(); } }, `${title}${isOrder ? (order.up ? " ↑" : " ↓") : ""}`));
    });
    drawn.querySelectorAll("tbody tr").forEach((tr, i) => {
      for (const cell of [tr.children[0], ...(columns[1].key === "name" ? [tr.children[1]] : [])]) {
        cell.classList.add("name");
        cell.title = cell.textContent;
      }
    });
    place.replaceChildren(rows.length ? el("div", { class: "scroll wide", tabindex: "0", role: "region", "aria-label": "People" }, drawn) : empty("Nobody has this id or name."));
    const back = el("button", { type: "button", disabled: at === 0, onclick: () => { at -= PEOPLE_A_PAGE; draw(); } }, "Back");
    const on = el("button", { type: "button", disabled: at + PEOPLE_A_PAGE >= shown.length, onclick: () => { at += PEOPLE_A_PAGE; draw(); } }, "Next");
    pager.replaceChildren(el("span", { role: "status" }, shown.length ? `${number(at + 1)} to ${number(Math.min(at + PEOPLE_A_PAGE, shown.length))} of ${number(shown.length)}` : ""), back, on);
    pager.hidden = data.people.length <= PEOPLE_A_PAGE;
  }

  sort();
  const pages = data.people.filter(p => p.hasPage).length;
  const note = [
    data.people.length < data.total ? `The list has the ${number(data.people.length)} people with the most days.` : "",
    pages < data.people.length ? `${counted(pages, "person has a page", "people have a page")} in this file, those with the most days; a report with --user shows any other.` : "",
  ].filter(Boolean).join(" ");
  return card("People", note || "Means over all days; the weight is the latest.", data.people.length > 8 ? el("div", { class: "find" }, filter) : null, place, pager);
}

function runsCard(data) {
  if (data.runs.length === 0) return card("Runs", null, null, empty("The database has no record of a run."));
  const speed = run => run.seconds > 0 && run.bytes > 0 ? run.bytes / run.seconds : null;
  const rows = data.runs;
  return card("Runs", `The ${rows.length === 1 ? "run that wrote" : "runs that wrote"} to the database, the newest first. The speed is that of the whole run, with the database.`, null,
    el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Runs" }, table("Runs", [
      { title: "Started (UTC)", left: true, cell: run => run.started.slice(0, 16).replace("T", " ") },
      { title: "Time", cell: run => run.seconds === undefined ? "–" : seconds(run.seconds) },
      { title: "Files", cell: run => number(run.files) },
      { title: "Size", cell: run => bytes(run.bytes) },
      { title: "Speed", cell: run => speed(run) === null ? "–" : `${bytes(speed(run))}/s` },
      { title: "Records", cell: run => number(run.records) },
      { title: "Rejected", cell: run => number(run.rejected) },
      { title: "Rows", cell: run => number(run.rows) },
    ], rows)));
}

function rejectsCard(data) {
  const rejected = data.runs.reduce((sum, run) => sum + run.rejected, 0);
  if (!data.rejects) {
    return rejected === 0 ? null : card("Rejects", null, null, empty(`The runs rejected ${counted(rejected, "record", "records")}. The reasons are in the rejects file: make the report with --rejects FILE to see them here.`));
  }
  if (data.rejects.length === 0) return card("Rejects by reason", null, null, empty("The rejects file is empty."));
  const most = data.rejects[0][2], total = data.rejects.reduce((sum, r) => sum + r[2], 0);
  return card("Rejects by reason", `${counted(total, "record", "records")} in the rejects file.`, null,
    el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Rejects by reason" }, table("Rejects by reason", [
      { title: "Reason", left: true, cell: r => r[1] },
      { title: "Category", left: true, cell: r => r[0] },
      { title: "Records", cell: r => number(r[2]) },
      { title: "Share", left: true, cell: r => el("span", { class: "meter", title: `${number(100 * r[2] / total, 1)} %` }, svg("svg", { viewBox: "0 0 100 8", preserveAspectRatio: "none", "aria-hidden": "true" }, svg("rect", { width: 100 * r[2] / most, height: 8 }))) },
    ], data.rejects)));
}
