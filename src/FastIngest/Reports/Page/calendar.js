// A calendar of years, each day a square whose colour says how large its value is.

const MAX_YEARS = 40;

// Five limits that divide the values into equal shares; fewer if the values are few or alike.
function limitsOf(values) {
  const sorted = values.filter(v => v !== null).sort((a, b) => a - b);
  const limits = [];
  for (let i = 1; i < 5; i++) {
    const limit = sorted[Math.floor(sorted.length * i / 5)];
    if (limit !== undefined && limit > (limits.at(-1) ?? sorted[0])) limits.push(limit);
  }
  return limits;
}

function levelOf(value, limits) {
  if (value === null || value === undefined) return 0;
  // With fewer limits the darkest colour stays the largest value.
  return 5 - limits.length + limits.filter(limit => value >= limit).length;
}

// The periods that are drawn, one a row: years, or half years where there is little room.
function periodsOf(first, last, isNarrow) {
  const periods = [];
  const lastYear = dateOf(last).getUTCFullYear();
  const firstYear = Math.max(dateOf(first).getUTCFullYear(), lastYear - MAX_YEARS + 1);
  for (let year = firstYear; year <= lastYear; year++) {
    const start = dayOfYearStart(year), next = dayOfYearStart(year + 1);
    const middle = Math.round(new Date(Date.UTC(2000, 6, 1)).setUTCFullYear(year) / 1000 / DAY_SECONDS);
    if (!isNarrow) periods.push({ label: String(year), start, end: next });
    else periods.push({ label: `${year}, first half`, start, end: middle }, { label: `${year}, second half`, start: middle, end: next });
  }
  return periods.filter(p => p.end > first && p.start <= last);
}

// options: { label, days, values, text(value), onpick(day) }
function calendar(options) {
  const { days, values } = options;
  const limits = limitsOf(values);
  const byDay = new Map(days.map((day, i) => [day, values[i]]));
  const output = el("span", { "aria-live": "polite", class: "hint" }, "Point at a day, or use the arrow keys.");
  const box = el("div", { class: "calendar", tabindex: "0", role: "group", "aria-roledescription": "calendar", "aria-label": `${options.label}: ${counted(values.filter(v => v !== null).length, "day", "days")} with a value, ${dayRange(days[0], days.at(-1))}. Arrow keys go from day to day.` });
  let rects = new Map(), at = null, width = 0;

  function show(day) {
    rects.get(at)?.classList.remove("at");
    at = day;
    rects.get(at)?.classList.add("at");
    const value = byDay.get(day);
    output.textContent = `${longDay(day)}: ${value === null || value === undefined ? "no value" : options.text(value)}`;
  }

  function draw() {
    const isNarrow = box.clientWidth < 640;
    const cell = 14, gap = 3, left = 34, top = 34;
    const weeks = isNarrow ? 27 : 54;
    rects = new Map();
    const rows = periodsOf(days[0], days.at(-1), isNarrow).map(({ label, start, end }) => {
      const monday = start - weekday(start);
      const nodes = [svg("text", { class: "year", x: left, y: 12 }, label)];
      for (const [i, name] of [[0, "Mon"], [2, "Wed"], [4, "Fri"]]) nodes.push(svg("text", { x: 0, y: top + i * (cell + gap) + 11 }, name));
      for (let day = start; day < end; day++) {
        const x = left + Math.floor((day - monday) / 7) * (cell + gap), y = top + weekday(day) * (cell + gap);
        const date = dateOf(day);
        if (date.getUTCDate() === 1) nodes.push(svg("text", { x, y: 28 }, MONTHS[date.getUTCMonth()]));
        const rect = svg("rect", { class: `l${levelOf(byDay.get(day), limits)}`, x, y, width: cell, height: cell, "data-day": day });
        rects.set(day, rect);
        nodes.push(rect);
      }
      return svg("svg", { viewBox: `0 0 ${left + weeks * (cell + gap)} ${top + 7 * (cell + gap) + 8}`, "aria-hidden": "true" }, ...nodes);
    });
    box.replaceChildren(...rows);
    if (at !== null) rects.get(at)?.classList.add("at");
  }

  box.addEventListener("pointermove", event => {
    if (event.target.dataset?.day) show(Number(event.target.dataset.day));
  });
  box.addEventListener("click", event => {
    if (event.target.dataset?.day) {
      show(Number(event.target.dataset.day));
      options.onpick?.(at);
    }
  });
  box.addEventListener("keydown", event => {
    const step = { ArrowLeft: -7, ArrowRight: 7, ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (step) {
      const next = at === null ? days.at(-1) : at + step;
      if (rects.has(next)) show(next);
      event.preventDefault();
    } else if (event.key === "Enter" && at !== null) {
      options.onpick?.(at);
    }
  });
  new ResizeObserver(() => {
    if (box.clientWidth !== width) {
      width = box.clientWidth;
      draw();
    }
  }).observe(box);

  const least = values.reduce((a, v) => v === null ? a : Math.min(a, v), Infinity);
  const from = [least, ...limits];
  const scale = el("div", { class: "scale" }, output, el("span", { class: "steps" },
    el("span", {}, el("i", { class: "l0" }), "none"),
    ...(Number.isFinite(least) ? from.map((value, i) => el("span", {}, el("i", { class: `l${5 - limits.length + i}` }), from.length === 1 ? options.text(value) : `from ${options.text(value)}`)) : [])));
  return el("div", {}, box, scale);
}
