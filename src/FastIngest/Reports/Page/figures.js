// The measures of a day: how the page calls them, and how it shows them. Names are those of the columns of the database.

const MEASURES = {
  activity_steps: { title: "Steps", unit: "steps", decimals: 0 },
  activity_km: { title: "Distance", unit: "km", decimals: 2 },
  activity_kcal: { title: "Energy of activities", unit: "kcal", decimals: 0 },
  activity_minutes: { title: "Activity", unit: "min", decimals: 0 },
  workout_count: { title: "Workouts", unit: "", decimals: 0 },
  workout_minutes: { title: "Workout time", unit: "min", decimals: 0 },
  meal_count: { title: "Meals", unit: "", decimals: 0 },
  meal_kcal: { title: "Energy of meals", unit: "kcal", decimals: 0 },
  protein_g: { title: "Protein", unit: "g", decimals: 1 },
  carbs_g: { title: "Carbohydrates", unit: "g", decimals: 1 },
  fat_g: { title: "Fat", unit: "g", decimals: 1 },
  sleep_hours: { title: "Sleep", unit: "h", decimals: 1 },
  deep_sleep_hours: { title: "Deep sleep", unit: "h", decimals: 1 },
  rem_sleep_hours: { title: "REM sleep", unit: "h", decimals: 1 },
  resting_hr: { title: "Resting heart rate", unit: "bpm", decimals: 0 },
  hr_min: { title: "Lowest heart rate", unit: "bpm", decimals: 0 },
  hr_mean: { title: "Mean heart rate", unit: "bpm", decimals: 1 },
  hr_max: { title: "Highest heart rate", unit: "bpm", decimals: 0 },
  weight: { title: "Weight", unit: "kg", decimals: 1 },
};

function withUnit(name, value) {
  const { unit, decimals } = MEASURES[name];
  return `${number(value, decimals)}${unit ? ` ${unit}` : ""}`;
}

function hasValues(values) {
  return values.some(value => value !== null);
}

// A card with a chart, a sentence that says the same in words, and the table behind it.
function figure({ title, note, chart: drawn, columns, days, caption }) {
  const rows = () => days.map((day, i) => i).reverse();
  return el("figure", { class: "card" },
    el("figcaption", { class: "head" }, el("div", {}, el("h2", {}, title), note ? el("p", { class: "note" }, note) : null)),
    drawn,
    tableBehind(caption ?? title, [{ title: "Day", left: true, cell: i => isoDay(days[i]) }, ...columns.map(c => ({ title: c.title, cell: i => number(c.values[i], c.decimals) }))], rows));
}
