"use strict";

// Numbers and days as texts. A day is the number of days since 1970-01-01, in no time zone.

const DAY_SECONDS = 86400;
// Days in the data count from 0001-01-01.
const EPOCH = 719162;
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const WEEKDAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

const NUMBER_FORMATS = [0, 1, 2, 3].map(decimals => new Intl.NumberFormat("en-US", { minimumFractionDigits: decimals, maximumFractionDigits: decimals }));

function number(value, decimals = 0) {
  return value === null || value === undefined || Number.isNaN(value) ? "–" : NUMBER_FORMATS[decimals].format(value);
}

function counted(value, one, many) {
  return `${number(value)} ${value === 1 ? one : many}`;
}

function bytes(value) {
  const units = ["B", "kB", "MB", "GB", "TB", "PB"];
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${number(value, unit === 0 || value >= 100 ? 0 : value >= 10 ? 1 : 2)} ${units[unit]}`;
}

function seconds(value) {
  if (value < 60) return `${number(value, value < 10 ? 2 : 1)} s`;
  const minutes = Math.floor(value / 60);
  return minutes < 60 ? `${minutes} min ${Math.floor(value % 60)} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

function dateOf(day) {
  return new Date(day * DAY_SECONDS * 1000);
}

function isoDay(day) {
  const date = dateOf(day);
  const year = String(date.getUTCFullYear()).padStart(4, "0");
  return `${year}-${String(date.getUTCMonth() + 1).padStart(2, "0")}-${String(date.getUTCDate()).padStart(2, "0")}`;
}

function longDay(day) {
  const date = dateOf(day);
  return `${WEEKDAYS[weekday(day)]} ${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]} ${date.getUTCFullYear()}`;
}

function dayRange(first, last) {
  return first === last ? `on ${longDay(first)}` : `from ${longDay(first)} to ${longDay(last)}`;
}

// 0 is Monday; 1970-01-01 was a Thursday.
function weekday(day) {
  return (((day + 3) % 7) + 7) % 7;
}

function dayOfYearStart(year) {
  const date = new Date(0);
  date.setUTCFullYear(year, 0, 1);
  return Math.round(date.getTime() / 1000 / DAY_SECONDS);
}

function median(values) {
  const sorted = values.filter(v => v !== null).sort((a, b) => a - b);
  if (sorted.length === 0) return null;
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

function mean(values) {
  let sum = 0, count = 0;
  for (const value of values) {
    if (value !== null) {
      sum += value;
      count++;
    }
  }
  return count ? sum / count : null;
}
