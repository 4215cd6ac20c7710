// Charts, drawn by uPlot. All charts of a page share their range of days and the position of the cursor.

const CHART_HEIGHT = 240;
let charts = [];

function forgetCharts() {
  for (const chart of charts) chart.destroy();
  charts = [];
}

function dropChart(box) {
  const index = charts.findIndex(chart => chart.box === box);
  if (index >= 0) charts.splice(index, 1)[0].destroy();
}

function setRange(first, last) {
  for (const { plot } of charts) plot?.setScale("x", { min: first * DAY_SECONDS, max: last * DAY_SECONDS });
}

function redrawCharts() {
  for (const chart of charts) chart.make();
}

// Days on the axis: "3 Feb", with the year where it begins; months or years where a step is longer.
function axisDays(plot, splits, axisIndex, space, step) {
  let year = null;
  return splits.map(split => {
    const date = new Date(split * 1000);
    const isNewYear = date.getUTCFullYear() !== year;
    year = date.getUTCFullYear();
    if (step >= 360 * DAY_SECONDS) return String(year);
    const text = step >= 28 * DAY_SECONDS ? MONTHS[date.getUTCMonth()] : `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]}`;
    return isNewYear ? `${text}\n${year}` : text;
  });
}

const DAY_STEPS = [1, 2, 3, 4, 7, 14].map(d => d * DAY_SECONDS);
const MONTH_STEPS = [1, 2, 3, 4, 6, 12, 24, 60, 120, 240, 600, 1200, 2400].map(m => m * 30.4375 * DAY_SECONDS);

// Ticks at whole days, or at the first day of months.
function daySplits(plot, axisIndex, min, max, step) {
  const splits = [];
  if (step <= 14 * DAY_SECONDS) {
    // Weeks begin on Mondays; 1970-01-05 was one.
    const start = step >= 7 * DAY_SECONDS ? 4 * DAY_SECONDS : 0;
    for (let at = Math.ceil((min - start) / step) * step + start; at <= max; at += step) splits.push(at);
    return splits;
  }
  const months = Math.max(1, Math.round(step / 30.4375 / DAY_SECONDS));
  const start = new Date(min * 1000);
  for (let month = Math.floor((start.getUTCFullYear() * 12 + start.getUTCMonth()) / months) * months; ; month += months) {
    const date = new Date(0);
    date.setUTCFullYear(Math.floor(month / 12), month % 12, 1);
    const at = date.getTime() / 1000;
    if (at > max) return splits;
    if (at >= min) splits.push(at);
  }
}

const BARS = () => uPlot.paths.bars({ size: [0.78, 28] });
const STEPPED = () => uPlot.paths.stepped({ align: 1 });

// options: { label, days, unit, decimals, series: [{ label, values, color, kind, decimals, raw }], bands, zero }
// kind is "bars", "line", "stepped", "dots" or "edge" (the invisible edge of a band).
function chart(options) {
  const box = el("div", { class: "chart", role: "img", "aria-label": options.label });
  const x = options.days.map(day => day * DAY_SECONDS);
  const self = { box, plot: null, make, destroy };

  function seriesOf(series) {
    const stroke = color(series.color);
    // Of one day there is no line, so it is a point.
    const isSparse = series.values.filter(value => value !== null).length < 3;
    const common = {
      label: series.label,
      stroke,
      value: (plot, value, index, at) => at === null ? "" : number((series.raw ?? series.values)[at], series.decimals ?? options.decimals),
      points: { show: false },
    };
    switch (series.kind) {
      // Bars under a line are lighter, so that many of them do not hide it.
      case "bars": return { ...common, fill: series.isLight ? `${stroke}99` : stroke, width: 0, paths: BARS() };
      case "dots": return { ...common, paths: () => null, points: { show: true, size: 5, fill: stroke, width: 0 } };
      case "edge": return { ...common, width: 0, fill: undefined, points: { show: isSparse, size: 5, fill: stroke, width: 0 } };
      default: return { ...common, width: 2, paths: series.kind === "stepped" ? STEPPED() : undefined, dash: series.dash, spanGaps: true, points: { show: isSparse, size: 6, fill: stroke, width: 0 } };
    }
  }

  function make() {
    const old = self.plot ? { min: self.plot.scales.x.min, max: self.plot.scales.x.max } : null;
    self.plot?.destroy();
    const axis = { stroke: color("soft"), font: "12px system-ui, sans-serif", ticks: { show: false }, grid: { stroke: color("grid"), width: 1 } };
    const pad = DAY_SECONDS * 0.6;
    self.plot = new uPlot({
      width: Math.max(200, box.clientWidth),
      height: CHART_HEIGHT,
      padding: [10, 22, 0, 0],
      tzDate: stamp => uPlot.tzDate(new Date(stamp * 1000), "Etc/UTC"),
      cursor: { sync: { key: "days" }, points: { size: 6 }, y: false, drag: { x: true, y: false } },
      legend: { live: true, markers: { width: 0, fill: (plot, index) => color(options.series[index - 1].marker ?? options.series[index - 1].color) } },
      scales: {
        // One day alone stands in the middle of a week.
        x: { time: true, range: (plot, min, max) => x.length === 1 ? [x[0] - 3 * DAY_SECONDS - pad, x[0] + 3 * DAY_SECONDS + pad] : [min - pad, max + pad] },
        y: { range: (plot, min, max) => rangeOf(min, max, options.zero) },
      },
      axes: [
        { ...axis, grid: { show: false }, space: 64, incrs: [...DAY_STEPS, ...MONTH_STEPS], splits: daySplits, values: axisDays, size: 44 },
        { ...axis, size: 58, label: options.unit === "h" ? "hours" : options.unit, labelSize: 20, labelFont: "12px system-ui, sans-serif", values: (plot, splits, i, space, step) => splits.map(v => number(v, step < 1 ? 1 : 0)) },
      ],
      series: [{ label: "Day", value: (plot, value) => value === null ? "" : longDay(value / DAY_SECONDS) }, ...options.series.map(seriesOf)],
      bands: (options.bands ?? []).map(band => ({ series: band.series, fill: color(band.color) })),
    }, [x, ...options.series.map(s => s.values)], box);
    if (old && x.length > 1) self.plot.setScale("x", { min: old.min + pad, max: old.max - pad });
  }

  function destroy() {
    observer.disconnect();
    self.plot?.destroy();
    self.plot = null;
  }

  const observer = new ResizeObserver(() => {
    if (!box.clientWidth) return;
    if (!self.plot) make();
    else if (self.plot.width !== box.clientWidth) self.plot.setSize({ width: box.clientWidth, height: CHART_HEIGHT });
  });
  observer.observe(box);
  charts.push(self);
  return box;
}

function rangeOf(min, max, isFromZero) {
  if (min === null || max === null) return [0, 1];
  if (isFromZero) return [0, max <= 0 ? 1 : max * 1.08];
  const room = Math.max((max - min) * 0.12, Math.abs(max) * 0.01, 0.5);
  return [min - room, max + room];
}

// The mean of each week, Monday to Sunday, for every day of it.
function weeklyMeans(days, values) {
  const weeks = new Map();
  days.forEach((day, i) => {
    if (values[i] === null) return;
    const week = day - weekday(day), sums = weeks.get(week) ?? [0, 0];
    weeks.set(week, [sums[0] + values[i], sums[1] + 1]);
  });
  return days.map(day => {
    const sums = weeks.get(day - weekday(day));
    return sums ? sums[0] / sums[1] : null;
  });
}

// The straight line through the values with the least squares; null if they are too few or too near to each other to say anything.
function trendOf(days, values) {
  let n = 0, sumX = 0, sumY = 0, first = null, last = null;
  days.forEach((day, i) => {
    if (values[i] === null) return;
    n++;
    sumX += day;
    sumY += values[i];
    first ??= day;
    last = day;
  });
  if (n < 5 || last - first < 14) return null;
  const meanX = sumX / n, meanY = sumY / n;
  let xx = 0, xy = 0;
  days.forEach((day, i) => {
    if (values[i] === null) return;
    xx += (day - meanX) ** 2;
    xy += (day - meanX) * (values[i] - meanY);
  });
  const slope = xy / xx;
  return { perWeek: slope * 7, line: days.map(day => day < first || day > last ? null : meanY + slope * (day - meanX)) };
}
