// Elements. Texts of the data become text nodes or attribute values, never HTML.

function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || (value === false && !name.startsWith("aria-"))) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true && !name.startsWith("aria-") ? "" : String(value));
  }
  node.append(...children.filter(child => child !== null && child !== undefined));
  return node;
}

function svg(tag, attributes = {}, ...children) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, String(value));
  node.append(...children);
  return node;
}

function color(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

function tile(label, value, unit = "", below = "") {
  return el("div", { class: "tile" }, el("dt", {}, label), el("dd", {}, value, unit ? el("small", {}, ` ${unit}`) : ""), below ? el("dd", { class: "sub" }, below) : null);
}

function card(title, note, tools, ...children) {
  return el("section", { class: "card" },
    el("div", { class: "head" }, el("div", {}, el("h2", {}, title), note ? el("p", { class: "note" }, note) : null), tools), ...children);
}

function choice(label, options, selected, onchange) {
  const id = `choice-${choice.count = (choice.count ?? 0) + 1}`;
  const select = el("select", { id, onchange: event => onchange(event.target.value) },
    ...options.map(([value, text]) => el("option", { value, selected: value === selected }, text)));
  return el("span", {}, el("label", { class: "hidden", for: id }, label), select);
}

// A table of texts. Columns: { title, left, cell(row) }.
function table(caption, columns, rows) {
  return el("table", {}, el("caption", { class: "hidden" }, caption),
    el("thead", {}, el("tr", {}, ...columns.map(c => el("th", { scope: "col", class: c.left ? "t" : null }, c.title)))),
    el("tbody", {}, ...rows.map(row => el("tr", {}, ...columns.map((c, i) =>
      i === 0 ? el("th", { scope: "row", class: c.left ? "t" : null }, c.cell(row)) : el("td", { class: c.left ? "t" : null }, c.cell(row)))))));
}

// The table behind a chart, made when it is opened first.
function tableBehind(caption, columns, rows) {
  const details = el("details", {}, el("summary", {}, "Show as a table"));
  details.addEventListener("toggle", () => {
    if (details.open && details.childElementCount === 1) {
      details.append(el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": caption }, table(caption, columns, rows())));
    }
  });
  return details;
}

function empty(text) {
  return el("p", { class: "empty" }, text);
}
