// The page of one person.

const RANGES = [["all", "All", Infinity], ["365", "Year", 365], ["90", "90 days", 90], ["30", "30 days", 30]];

function personPage(data, person, block) {
  const days = block.days, column = block.column;
  const { profile } = block;
  const parts = [];
  const facts = [
    profile.name ? block.id : null,
    Number.isFinite(profile.age) ? `${number(profile.age)} years` : null,
    profile.gender, Number.isFinite(profile.height) ? `${number(profile.height)} cm` : null, profile.fitness_level,
  ].filter(Boolean);
  parts.push(el("h1", {}, profile.name ?? block.id));
  parts.push(el("p", { class: "lead" }, `${facts.length ? facts.join(" · ") + " · " : ""}${counted(days.length, "day", "days")}${days.length ? `, ${dayRange(days[0], days.at(-1))}` : ""}`));

  const neighbours = data.people.filter(p => p.hasPage);
  const place = neighbours.findIndex(p => p.index === person.index);
  const go = (text, to) => el("button", { type: "button", disabled: !to, onclick: () => { location.hash = hashOf(to); } }, text);
  const ranges = RANGES.map(([id, text, length]) => el("button", { type: "button", "aria-pressed": id === "all", onclick: event => {
    ranges.forEach(button => button.setAttribute("aria-pressed", String(button === event.currentTarget)));
    setRange(Math.max(days[0], days.at(-1) - length + 1), days.at(-1));
  } }, text));
  parts.push(el("div", { class: "tools" },
    ...(days.at(-1) - days[0] >= 30 ? [el("span", { class: "hidden" }, "Days in the charts:"), ...ranges] : []),
    el("span", { class: "grow" }),
    ...(neighbours.length > 1 ? [go("← Previous", neighbours[place - 1]), go("Next →", neighbours[place + 1])] : [])));

  parts.push(tilesOf(days, column));
  parts.push(calendarCard(days, column));
  const cards = [stepsFigure, sleepFigure, heartFigure, mealsFigure, weightFigure].map(make => make(days, column)).filter(Boolean);
  if (cards.length === 0) parts.push(el("section", { class: "card" }, empty("These days have no steps, sleep, heart rate, meals or weight.")));
  parts.push(el("div", { class: cards.length > 1 ? "two" : "" }, ...cards));
  return parts;
}

function tilesOf(days, column) {
  const tiles = [];
  const add = (name, label, value, below) => {
    if (value !== null) tiles.push(tile(label, number(value, MEASURES[name].decimals), MEASURES[name].unit, below));
  };
  for (const [name, label] of [["activity_steps", "Steps a day"], ["sleep_hours", "Sleep a night"], ["resting_hr", "Resting heart rate"], ["meal_kcal", "Meals a day"]]) {
    const values = column(name);
    const count = values.filter(v => v !== null).length;
    add(name, label, mean(values), `${counted(count, "day", "days")}${count > 2 ? `, median ${number(median(values), MEASURES[name].decimals)}` : ""}`);
  }
  const weights = column("weight").filter(v => v !== null);
  if (weights.length) {
    const change = weights.at(-1) - weights[0];
    add("weight", "Latest weight", weights.at(-1), weights.length > 1 ? `${change < 0 ? "−" : "+"}${number(Math.abs(change), 1)} kg since the first` : "one measurement");
  }
  return tiles.length ? el("dl", { class: "tiles" }, ...tiles) : null;
}

function calendarCard(days, column) {
  const names = Object.keys(MEASURES).filter(name => hasValues(column(name)));
  if (names.length === 0 || days.length === 0) return null;
  const first = names.includes("activity_steps") ? "activity_steps" : names[0];
  const place = el("div"), day = el("div", { "aria-live": "polite" });

  function pick(at) {
    const i = days.indexOf(at);
    const filled = i < 0 ? [] : names.filter(name => column(name)[i] !== null);
    day.replaceChildren(filled.length
      ? el("dl", { class: "day", "aria-label": longDay(at) }, ...filled.map(name => el("div", {}, el("dt", {}, MEASURES[name].title), el("dd", {}, withUnit(name, column(name)[i])))))
      : el("p", { class: "note" }, `${longDay(at)} has no data.`));
  }

  function show(name) {
    place.replaceChildren(calendar({ label: MEASURES[name].title, days, values: column(name), text: value => withUnit(name, value), onpick: pick }));
  }

  show(first);
  return card("Calendar", "The stronger the colour, the larger the value. Select a day for all of its values.",
    choice("Measure in the calendar", names.map(name => [name, MEASURES[name].title]), first, show), place, day);
}

function stepsFigure(days, column) {
  const steps = column("activity_steps");
  if (!hasValues(steps)) return null;
  const means = weeklyMeans(days, steps);
  return figure({
    title: "Steps", days, note: `${number(mean(steps))} steps a day on average.`,
    chart: chart({
      label: `Steps a day, ${number(mean(steps))} on average.`, days, unit: "steps", decimals: 0, zero: true,
      series: [{ label: "steps", values: steps, color: "steps", kind: "bars", isLight: true }, { label: "mean of the week", values: means, color: "mean", kind: "stepped" }],
    }),
    columns: [{ title: "Steps", values: steps, decimals: 0 }, { title: "Mean of the week", values: means, decimals: 0 }, { title: "km", values: column("activity_km"), decimals: 2 }, { title: "kcal", values: column("activity_kcal"), decimals: 0 }],
  });
}

function sleepFigure(days, column) {
  const total = column("sleep_hours"), deep = column("deep_sleep_hours"), rem = column("rem_sleep_hours");
  if (!hasValues(total)) return null;
  const hasStages = hasValues(deep) || hasValues(rem);
  const deepAndRem = total.map((t, i) => deep[i] === null && rem[i] === null ? null : (deep[i] ?? 0) + (rem[i] ?? 0));
  const other = total.map((t, i) => t === null ? null : Math.max(0, t - (deepAndRem[i] ?? 0)));
  return figure({
    title: "Sleep", days, note: `${number(mean(total), 1)} h a night on average${hasStages ? `, ${number(mean(deep), 1)} h of it deep and ${number(mean(rem), 1)} h REM` : ""}.`,
    chart: chart({
      label: `Hours of sleep a night, ${number(mean(total), 1)} on average.`, days, unit: "h", decimals: 1, zero: true,
      // The bars lie over each other: the whole night, then deep and REM, then deep.
      series: hasStages
        ? [{ label: "other", values: total, raw: other, color: "light", kind: "bars" }, { label: "REM", values: deepAndRem, raw: rem, color: "rem", kind: "bars" }, { label: "deep", values: deep, color: "deep", kind: "bars" }]
        : [{ label: "sleep", values: total, color: "rem", kind: "bars" }],
    }),
    columns: [{ title: "Sleep, h", values: total, decimals: 2 }, ...(hasStages ? [{ title: "Deep, h", values: deep, decimals: 2 }, { title: "REM, h", values: rem, decimals: 2 }, { title: "Other, h", values: other, decimals: 2 }] : [])],
  });
}

function heartFigure(days, column) {
  const least = column("hr_min"), most = column("hr_max"), middle = column("hr_mean"), resting = column("resting_hr");
  const hasBand = hasValues(least) && hasValues(most), hasResting = hasValues(resting);
  if (!hasBand && !hasResting) return null;
  const series = [], columns = [];
  if (hasBand) {
    series.push({ label: "highest", values: most, color: "heart", marker: "band", kind: "edge" }, { label: "lowest", values: least, color: "heart", marker: "band", kind: "edge" }, { label: "mean", values: middle, color: "heart", kind: "line", decimals: 1 });
    columns.push({ title: "Lowest", values: least, decimals: 0 }, { title: "Mean", values: middle, decimals: 1 }, { title: "Highest", values: most, decimals: 0 });
  }
  if (hasResting) {
    series.push({ label: "resting", values: resting, color: "rest", kind: "line" });
    columns.push({ title: "Resting", values: resting, decimals: 0 });
  }
  const note = [hasResting ? `Resting heart rate ${number(mean(resting))} bpm on average` : "", hasBand ? `${hasResting ? "the" : "The"} band goes from the lowest to the highest of the day` : ""].filter(Boolean).join("; ");
  return figure({
    title: "Heart rate", days, note: `${note}.`,
    chart: chart({ label: note, days, unit: "bpm", decimals: 0, series, bands: hasBand ? [{ series: [1, 2], color: "band" }] : [] }),
    columns,
  });
}

function mealsFigure(days, column) {
  const kcal = column("meal_kcal");
  if (!hasValues(kcal)) return null;
  const means = weeklyMeans(days, kcal);
  return figure({
    title: "Meals", days, note: `${number(mean(kcal))} kcal a day on average.`,
    chart: chart({
      label: `Energy of meals, ${number(mean(kcal))} kcal a day on average.`, days, unit: "kcal", decimals: 0, zero: true,
      series: [{ label: "kcal", values: kcal, color: "food", kind: "bars", isLight: true }, { label: "mean of the week", values: means, color: "mean", kind: "stepped" }],
    }),
    columns: [{ title: "kcal", values: kcal, decimals: 0 }, { title: "Mean of the week", values: means, decimals: 0 }, { title: "Protein, g", values: column("protein_g"), decimals: 1 }, { title: "Carbs, g", values: column("carbs_g"), decimals: 1 }, { title: "Fat, g", values: column("fat_g"), decimals: 1 }],
  });
}

function weightFigure(days, column) {
  const weight = column("weight");
  if (!hasValues(weight)) return null;
  const means = weeklyMeans(days, weight), trend = trendOf(days, weight);
  const series = [{ label: "mean of the week", values: means, color: "mean", kind: "stepped" }];
  if (trend) series.push({ label: "trend", values: trend.line, color: "trend", kind: "line", dash: [6, 4] });
  // The dots lie over the lines.
  series.push({ label: "weight", values: weight, color: "body", kind: "dots" });
  const words = !trend ? "Too few measurements for a trend" : `The trend is ${trend.perWeek < 0 ? "−" : "+"}${number(Math.abs(trend.perWeek), 2)} kg a week`;
  return figure({
    title: "Weight", days, note: `${words}.`,
    chart: chart({ label: `Weight in kg. ${words}.`, days, unit: "kg", decimals: 1, series }),
    columns: [{ title: "Weight, kg", values: weight, decimals: 1 }, { title: "Mean of the week", values: means, decimals: 1 }, ...(trend ? [{ title: "Trend", values: trend.line, decimals: 1 }] : [])],
  });
}
