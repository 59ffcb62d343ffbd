// Draws the charts of bench/harness/report/charts.py with D3, in the width that their place has. Colours other than those of the servers
// are in page.css, so a change of the theme needs no new drawing.

const ROW = 42, BAR = 12, EDGE = 8, LABEL_PX = 6.6, BOX = 20;
const PLAIN = d3.format(",");
const AXIS_TEXT = (value) => (value >= 1e6 ? PLAIN(value / 1e6) + " M" : value >= 1e4 ? PLAIN(value / 1e3) + " k" : PLAIN(value));
const DRAW = {bars: drawBars, percentiles: drawPercentiles, lines: drawLines, flames: drawFlames};

function drawChart(place, chart) {
  place.textContent = "";
  // The number of panels decides about their width, so all are there before the first one is drawn.
  const boxes = chart.panels.map(() => d3.select(place).append("div").attr("class", "panel " + chart.kind));
  chart.panels.forEach((panel, number) => {
    if (panel.title) boxes[number].append("h4").text(panel.title);
    DRAW[chart.kind](boxes[number], panel, [chart.title, panel.title].filter(Boolean).join(", "));
  });
}

function canvas(box, height, label) {
  const width = Math.max(240, Math.floor(box.node().clientWidth));
  const svg = box.append("svg").attr("viewBox", `0 0 ${width} ${height}`).attr("width", width).attr("height", height);
  svg.attr("role", "img").attr("aria-label", `${label}. The table below the plot has its figures.`);
  return {svg, width};
}

function legend(box, curves, marks) {
  const list = box.append("ul").attr("class", "legend");
  for (const curve of curves) {
    const item = list.append("li");
    const line = item.append("svg").attr("width", 28).attr("height", 10).attr("aria-hidden", "true").append("line");
    line.attr({x1: 0, x2: 28, y1: 5, y2: 5, class: "curve", stroke: curve.colour, "stroke-dasharray": curve.dash || null});
    item.append("span").text(curve.label);
  }
  for (const mark of marks) list.append("li").append("span").text(mark);
}

function drawBars(box, panel, label) {
  const height = panel.rows.length * ROW + 26;
  const {svg, width} = canvas(box, height, label);
  const top = d3.max(panel.rows, (row) => Math.max(row.median, row.high || 0, ...row.runs)) || 1;
  const x = d3.scale.linear().domain([0, top]).range([0, width - 2 * EDGE]);
  axis(svg, d3.svg.axis().scale(x).orient("bottom").ticks(Math.max(2, Math.floor(width / 110))).tickSize(-(height - 26)).tickFormat(AXIS_TEXT),
       EDGE, height - 24);
  panel.rows.forEach((row, number) => {
    const line = svg.append("g").attr("transform", `translate(${EDGE},${number * ROW})`);
    line.append("text").attr({class: "label", x: 0, y: 14}).text(row.label);
    line.append("text").attr({class: "value", x: width - 2 * EDGE, y: 14, "text-anchor": "end"}).text(row.text);
    line.append("rect").attr({class: "bar", x: 0, y: 20, height: BAR, width: x(row.median), fill: row.colour});
    for (const run of row.runs) line.append("circle").attr({class: "run", cx: x(run), cy: 20 + BAR / 2, r: 2.5});
    if (row.low !== null) {
      line.append("path").attr({class: "interval", d: `M${x(row.low)},${18}v${BAR + 4}M${x(row.high)},18v${BAR + 4}M${x(row.low)},${20 + BAR / 2}H${x(row.high)}`});
    }
  });
}

function axis(svg, drawn, left, top, name) {
  const group = svg.append("g").attr("class", "axis").attr("transform", `translate(${left},${top})`).call(drawn);
  if (name) group.append("text").attr({class: "name", x: name.x, y: name.y, "text-anchor": name.anchor}).text(name.text);
  return group;
}

function frame(box, label, height) {
  const drawn = canvas(box, height, label);
  const edge = {left: 58, right: 30, top: 12, bottom: 40};
  return {...drawn, edge, x: [edge.left, drawn.width - edge.right], y: [height - edge.bottom, edge.top], height};
}

// 1, 2, 5, 10, 20 ... inside the domain; only the powers of ten if these are too many.
function logTicks([low, high], most) {
  const ticks = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power++) {
    for (const digit of [1, 2, 5]) ticks.push(Number(`${digit}e${power}`));
  }
  const inside = ticks.filter((tick) => tick >= low * 0.999 && tick <= high * 1.001);
  const powers = inside.filter((tick) => Number.isInteger(Math.round(Math.log10(tick) * 1e6) / 1e6));
  return inside.length <= most || powers.length < 2 ? inside : powers;
}

function axes(at, x, y, xAxis, yAxis, xName) {
  axis(at.svg, xAxis.scale(x).orient("bottom").tickSize(-(at.y[0] - at.y[1])), 0, at.y[0], {
    text: xName, x: at.x[1], y: 34, anchor: "end"});
  axis(at.svg, yAxis.scale(y).orient("left").tickSize(-(at.x[1] - at.x[0])), at.x[0], 0);
}

function curve(svg, one, path) {
  svg.append("path").attr({class: "curve", d: path(one.points), stroke: one.colour, "stroke-dasharray": one.dash || null})
    .append("title").text(one.label);
}

function drawPercentiles(box, panel, label) {
  legend(box, panel.curves, panel.marks.map((mark) => "◆ " + mark.label));
  const at = frame(box, label, 340);
  const points = [...panel.curves.flatMap((one) => one.points), ...panel.marks.map((mark) => mark.at)];
  const x = d3.scale.log().domain([1, d3.max(points, (point) => point[0])]).range(at.x);
  const y = d3.scale.log().domain([d3.min(points, (point) => point[1]) * 0.9, d3.max(points, (point) => point[1]) * 1.1]).range(at.y);
  const decades = d3.range(Math.floor(Math.log10(x.domain()[1])) + 1).map((power) => Number(`1e${power}`));
  axes(at, x, y, d3.svg.axis().tickValues(decades).tickFormat((value) => percentile(value)),
       d3.svg.axis().tickValues(logTicks(y.domain(), 14)).tickFormat(AXIS_TEXT), "percentile");
  const path = d3.svg.line().x((point) => x(point[0])).y((point) => y(point[1]));
  for (const one of panel.curves) curve(at.svg, one, path);
  for (const mark of panel.marks) {
    at.svg.append("text").attr({class: "mark", x: x(mark.at[0]), y: y(mark.at[1]) + 4, "text-anchor": "middle"}).text("◆")
      .append("title").text(mark.label);
  }
}

// 1: 0, 10: 90, 100: 99, 1000: 99.9 ...
function percentile(inverse) {
  const nines = Math.round(Math.log10(inverse));
  return nines === 0 ? "0" : nines === 1 ? "90" : "99" + (nines > 2 ? "." + "9".repeat(nines - 2) : "");
}

function drawLines(box, panel, label) {
  legend(box, panel.curves, [...(panel.curves.some((one) => one.star !== null) ? ["★ the knee"] : []), ...(panel.guide ? ["┆ " + panel.guide.label] : [])]);
  const at = frame(box, label, 280);
  const points = panel.curves.flatMap((one) => one.points);
  const [xs, ys] = [0, 1].map((place) => points.map((point) => point[place]));
  const most = Math.max(3, Math.floor((at.x[1] - at.x[0]) / 70));
  let x, y, ticks;
  if (panel.log) {
    x = d3.scale.log().domain([d3.min(xs) * 0.95, Math.max(d3.max(xs), panel.guide ? panel.guide.x : 0) * 1.05]).range(at.x);
    y = d3.scale.log().domain([d3.min(ys) * 0.9, d3.max(ys) * 1.1]).range(at.y);
    ticks = (scale, count) => d3.svg.axis().tickValues(logTicks(scale.domain(), count)).tickFormat(AXIS_TEXT);
  } else {
    x = d3.scale.linear().domain([0, d3.max(xs) || 1]).range(at.x);
    y = d3.scale.linear().domain([0, d3.max(ys) * 1.05 || 1]).range(at.y);
    ticks = (scale, count) => d3.svg.axis().ticks(count).tickFormat(AXIS_TEXT);
  }
  axes(at, x, y, ticks(x, most), ticks(y, 8), panel.x);
  if (panel.guide) at.svg.append("line").attr({class: "guide", x1: x(panel.guide.x), x2: x(panel.guide.x), y1: at.y[1], y2: at.y[0]});
  const path = d3.svg.line().x((point) => x(point[0])).y((point) => y(point[1]));
  for (const one of panel.curves) {
    curve(at.svg, one, path);
    for (const point of one.points) {
      const name = point[0] === one.star ? "★" : null;
      if (name) at.svg.append("text").attr({class: "star", x: x(point[0]), y: y(point[1]) + 6, "text-anchor": "middle", fill: one.colour}).text(name);
      else at.svg.append("circle").attr({cx: x(point[0]), cy: y(point[1]), r: 2.5, fill: one.colour}).append("title")
        .text(`${one.label}: ${PLAIN(point[0])}, ${PLAIN(Number(point[1].toPrecision(4)))}`);
    }
  }
}

// Without the namespaces that all functions of this project share, and without the paths of Go packages. The name in full appears beside the pointer, and in the table.
function shortName(name) {
  return name.replace(/^(duel::|github\.com\/.*\/)/, "").replaceAll("(anonymous namespace)::", "");
}

// A click on a box shows it in the full width, with its callers below it.
function drawFlames(box, panel, label) {
  box.append("p").attr("class", "total").text(panel.total);
  if (!panel.boxes.length) return;
  const [unit, scale] = panel.exact;
  const levels = d3.max(panel.boxes, (one) => one[0]) + 1;
  const {svg, width} = canvas(box, levels * BOX + 2, label);
  const whole = box.append("button").attr("type", "button").attr("class", "whole").property("hidden", true).text("Show all");
  function show(left, share) {
    svg.selectAll("g").remove();
    for (const [level, begin, size, name, value] of panel.boxes) {
      const [from, to] = [begin, begin + size].map((end) => Math.min(1, Math.max(0, (end - left) / share)) * width);
      if (to - from < 0.5) continue;
      const group = svg.append("g").attr("transform", `translate(${from},${(levels - 1 - level) * BOX + 1})`);
      group.append("title").text(`${name}: ${PLAIN(value / scale)} ${unit}`);
      group.append("rect").attr({class: panel.own.some((prefix) => name.startsWith(prefix)) ? "ours" : "theirs", width: Math.max(0.5, to - from - 1), height: BOX - 1});
      const room = Math.floor((to - from - 8) / LABEL_PX);
      const shown = shortName(name);
      if (room > 3) group.append("text").attr({x: 4, y: 14}).text(shown.length > room ? shown.slice(0, room - 1) + "…" : shown);
      group.on("click", () => show(begin, size));
    }
    whole.property("hidden", share === 1);
  }
  whole.on("click", () => show(0, 1));
  show(0, 1);
}
