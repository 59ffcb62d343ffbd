// Wires the page: charts, the comparison of two servers, the theme, downloads.

const data = JSON.parse(document.getElementById("data").textContent);

function drawAll() {
  for (const place of document.querySelectorAll("[data-chart]")) {
    const [session, name] = place.dataset.chart.split(":");
    const width = place.clientWidth;
    if (place.dataset.width === String(width)) continue;
    place.dataset.width = width;
    drawChart(place, data.sessions[session].charts.find((chart) => chart.name === name));
  }
}

function element(name, text, label) {
  const made = document.createElement(name);
  made.textContent = text;
  if (label) made.dataset.label = label;
  return made;
}

function showPair(form) {
  const {cells, figures} = data.sessions[form.dataset.session].pairs;
  const [first, second] = ["first", "second"].map((name) => cells.find((cell) => cell.key === form.elements[name].value));
  const table = form.querySelector("tbody");
  table.textContent = "";
  let clear = 0, ties = 0;
  for (const figure of figures) {
    const found = compare(figure, first, second, cells, data.resamples);
    const text = (cell) => (figure.exact ? (cell.exact[figure.field] === undefined ? "-" : fixed(cell.exact[figure.field] * figure.factor, figure.digits))
                                         : cell.texts[figure.field] || "-");
    const row = table.insertRow();
    row.className = found.kind;
    row.dataset.field = figure.field;
    const head = element("th", figure.label);
    head.scope = "row";
    row.append(head, element("td", text(first), first.title), element("td", text(second), second.title),
               element("td", found.ratio, figure.more_is_better ? "first / second" : "second / first"), element("td", found.meaning, "meaning"));
    clear += found.kind === "clear";
    ties += found.kind === "tie";
  }
  form.querySelector(".first").textContent = first.title;
  form.querySelector(".second").textContent = second.title;
  const same = first === second ? "Choose two different servers. " : "";
  form.querySelector("[role=status]").textContent = `${same}${first.title} and ${second.title}: ${clear} figures differ clearly, ${ties} are ties, ` +
    `${figures.length - clear - ties} have no ratio.`;
}

for (const form of document.querySelectorAll("form.pair")) {
  form.addEventListener("change", () => showPair(form));
  form.addEventListener("submit", (event) => event.preventDefault());
  form.querySelector("button").addEventListener("click", () => {
    [form.elements.first.value, form.elements.second.value] = [form.elements.second.value, form.elements.first.value];
    showPair(form);
  });
  showPair(form);
}

// The choice of the theme lasts as long as the page: a file has no place of its own to keep it.
const theme = document.getElementById("theme");
theme.addEventListener("change", () => {
  if (theme.value) document.documentElement.dataset.theme = theme.value;
  else delete document.documentElement.dataset.theme;
});

function offer(link, name, type, text) {
  link.addEventListener("click", () => {
    link.href = URL.createObjectURL(new Blob([text()], {type}));
    link.download = name;
  });
}

function csv(session) {
  const quoted = (value) => (value === null || value === undefined ? "" : /[",\n\r]/.test(value) ? `"${String(value).replaceAll('"', '""')}"` : value);
  return [session.columns, ...session.rows].map((row) => row.map(quoted).join(",")).join("\r\n") + "\r\n";
}

for (const link of document.querySelectorAll("[data-csv]")) {
  const session = data.sessions[link.dataset.csv];
  offer(link, `${session.scenario}.csv`, "text/csv", () => csv(session));
}
offer(document.getElementById("json"), "report.json", "application/json", () => JSON.stringify(data, null, 1));

// Paper shows what the reader may have closed.
window.addEventListener("beforeprint", () => document.querySelectorAll("details.on-paper").forEach((one) => { one.open = true; }));

let waiting = false;
window.addEventListener("resize", () => {
  if (waiting) return;
  waiting = true;
  requestAnimationFrame(() => { waiting = false; drawAll(); });
});
document.documentElement.classList.add("ready");
drawAll();
