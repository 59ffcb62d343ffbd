// The statistics of bench/harness/stats.py. The page draws no random number: data.resamples has what stats.estimates() draws, so an
// interval here has the same digits as one of the printed table.

// A text like that of Python's format(): an exact half goes to the even digit, where toFixed() goes up.
function fixed(value, digits) {
  const exact = Math.abs(value).toFixed(Math.min(100, digits + 60));
  const cut = exact.length - 60;
  let text = Math.abs(value).toFixed(digits);
  if (/^50*$/.test(exact.slice(cut)) && Number(exact[cut - 1 - (digits ? 0 : 1)]) % 2 === 0) {
    text = exact.slice(0, digits ? cut : cut - 1);
  }
  const [whole, part] = text.split(".");
  const sign = value < 0 && Number(text) !== 0 ? "-" : "";
  return sign + whole.replace(/\B(?=(\d{3})+$)/g, ",") + (part ? "." + part : "");
}

function intervalText(estimate) {
  const median = fixed(estimate.median, 2);
  return estimate.low === null ? median : `${median} [${fixed(estimate.low, 2)}, ${fixed(estimate.high, 2)}]`;
}

// The median, with the percentile bootstrap interval of stats.estimates().
function estimateOf(values, resamples) {
  const sorted = [...values].sort((a, b) => a - b);
  const count = sorted.length;
  const median = (sorted[(count - 1) >> 1] + sorted[count >> 1]) / 2;
  if (count === 1) return {median, low: null, high: null, count};
  const medians = resamples.drawn[count].map(([lower, upper, times]) => [(sorted[lower] + sorted[upper]) / 2, times]);
  medians.sort((a, b) => a[0] - b[0]);
  const [low, high] = resamples.quantiles.map(([place, share]) => between(at(medians, place), at(medians, place + 1), share));
  return {median, low, high, count};
}

function at(medians, place) {
  let seen = 0;
  for (const [value, times] of medians) {
    seen += times;
    if (place < seen) return value;
  }
  return medians[medians.length - 1][0];
}

// As numpy does it, so that the last digit agrees.
function between(a, b, share) {
  return share >= 0.5 ? b - (b - a) * (1 - share) : a + (b - a) * share;
}

// The ratio per round, above 1 where the first cell is better; a reason in place of it if there is none.
function ratioOf(figure, first, second, resamples) {
  const [a, b] = [first, second].map((cell) => cell.values[figure.field] || []);
  const pairs = a.map((value, round) => [value, b[round]]).filter((pair) => pair.every((value) => typeof value === "number"));
  if (!pairs.length) return {why: "no round has a result of both"};
  const ratios = pairs.map(([x, y]) => (figure.more_is_better ? x / y : y / x));
  if (!ratios.every(Number.isFinite)) return {why: "a value is 0, so there is no ratio"};
  return estimateOf(ratios, resamples);
}

// How far the ratio of one server against itself (A/A) is from 1, under the loads of these cells; null if that was not measured, and
// Infinity if it was and no round has a result of both.
function noiseOf(figure, modes, cells, resamples) {
  const widths = [];
  for (const again of cells.filter((cell) => cell.again_of !== null && modes.includes(cell.mode))) {
    const once = cells.find((cell) => cell.key === again.again_of);
    const found = once && ratioOf(figure, once, again, resamples);
    if (found && found.why) widths.push(Infinity);
    if (found && found.low) widths.push(Math.max(Math.abs(found.low - 1), Math.abs(found.high - 1)));
  }
  return widths.length ? Math.max(...widths) : null;
}

// {ratio, meaning, kind}: two texts, and "clear", "tie" or "none".
function compare(figure, first, second, cells, resamples) {
  const none = (ratio, meaning) => ({ratio, meaning, kind: "none"});
  if (figure.exact) return compareCounts(figure, first, second);
  if (figure.field === "requests_per_s" && (first.scheduled || second.scheduled)) return none("-", "the schedule sets the rate");
  if (figure.field === "requests_per_s" && first.limit === "client" && second.limit === "client") {
    return none("client-bound", "the client was the limit of both, so this is no result about the servers");
  }
  if (figure.field.startsWith("latency_") && (first.void || second.void)) {
    return none("void", "the client did not see a part of the waiting time (Little's law)");
  }
  const found = ratioOf(figure, first, second, resamples);
  if (found.why) return none("-", found.why);
  const ratio = intervalText(found);
  if (first.again_of === second.key || second.again_of === first.key) {
    return {ratio, meaning: "one server against itself (A/A): this is noise", kind: "tie"};
  }
  const tie = (why) => ({ratio: "~ " + ratio, meaning: "a tie: " + why, kind: "tie"});
  if (found.count < resamples.rounds_to_claim) return tie(`at least ${resamples.rounds_to_claim} rounds are needed`);
  if (found.low <= 1 && 1 <= found.high) return tie("the interval contains 1");
  const noise = noiseOf(figure, [first.mode, second.mode], cells, resamples);
  if (noise === Infinity) return tie("one server against itself (A/A) has no result");
  if (noise !== null && Math.abs(found.median - 1) <= noise) return tie("one server against itself (A/A) differs as much");
  return {ratio, meaning: `${(found.median > 1 ? first : second).title} is better`, kind: "clear"};
}

function compareCounts(figure, first, second) {
  const [a, b] = [first, second].map((cell) => cell.exact[figure.field]);
  if (a === undefined || b === undefined) return {ratio: "-", meaning: "not counted for both", kind: "none"};
  if (a === b) return {ratio: "equal", meaning: "the same count", kind: "tie"};
  const better = `${(a < b ? first : second).title} is better`;
  if (Math.min(a, b) === 0) return {ratio: "-", meaning: `${better}: it needs none`, kind: "clear"};
  return {ratio: fixed(b / a, 2), meaning: better, kind: "clear"};
}
