// Draws the tables of the charts. The tables stay in the page, one button away.

const hasChart = typeof Chart !== "undefined";
const dark = window.matchMedia("(prefers-color-scheme: dark)");
const drawn = [];

function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

/** Stripes: the flags can be told without colours. */
function stripes(foreground, background) {
  const tile = document.createElement("canvas");
  tile.width = tile.height = 6;
  const pen = tile.getContext("2d");
  pen.fillStyle = background;
  pen.fillRect(0, 0, 6, 6);
  pen.strokeStyle = foreground;
  pen.lineWidth = 1.6;
  pen.beginPath();
  for (const shift of [-6, 0, 6]) {
    pen.moveTo(shift - 1, 7);
    pen.lineTo(shift + 7, -1);
  }
  pen.stroke();
  return pen.createPattern(tile, "repeat");
}

function read(figure) {
  const rows = [...figure.querySelectorAll("tbody tr[data-drawn]")];
  const cells = (row) => [...row.querySelectorAll("td[data-value]")].map((cell) => Number(cell.dataset.value));
  return {
    labels: rows.map((row) => row.querySelector("th").textContent.trim()),
    days: rows.map((row) => row.querySelector("time")?.dateTime ?? ""),
    values: rows.map(cells),
    before: rows.map((row) => {
      const cell = row.querySelector("td[data-before]");
      return cell && cell.dataset.before !== "" ? Number(cell.dataset.before) : null;
    }),
  };
}

// The labels have a third of the width at most; what is longer would be cut off in front.
function short(text) {
  const most = innerWidth < 500 ? 18 : 28;
  return text.length > most ? text.slice(0, most - 1) + "…" : text;
}

function configuration(figure) {
  const isFeatures = figure.dataset.chart === "features";
  const table = read(figure);
  const surface = colour("--surface");
  const text = colour("--text-quiet");
  const line = colour("--line");
  const fills = [
    colour("--positive"),
    colour("--neutral"),
    stripes(surface, colour("--negative")),
  ];
  const datasets = ["Positive", "Neutral", "Negative"].map((label, place) => ({
    label,
    data: table.values.map((values) => values[place] ?? 0),
    backgroundColor: fills[place],
    borderColor: surface,
    borderWidth: isFeatures ? { right: 1 } : { top: 1 },
    stack: "uses",
    maxBarThickness: isFeatures ? 22 : 36,
    order: 2,
  }));
  if (!isFeatures && table.before.some((value) => value !== null)) {
    datasets.push({
      type: "line",
      label: "Period before, all flags",
      data: table.before,
      borderColor: text,
      borderDash: [5, 4],
      borderWidth: 1.5,
      pointRadius: 0,
      pointHitRadius: 8,
      tension: 0.25,
      fill: false,
      stack: "before",
      order: 1,
    });
  }
  const axis = { grid: { color: line, drawBorder: false }, ticks: { color: text } };
  const numbers = { ...axis, beginAtZero: true, stacked: true, ticks: { color: text, precision: 0, maxTicksLimit: 6 } };
  const names = {
    ...axis,
    stacked: true,
    grid: { display: false, drawBorder: false },
    ticks: {
      color: text,
      autoSkip: !isFeatures,
      maxRotation: 0,
      callback(value) { return short(this.getLabelForValue(value)); },
    },
  };
  return {
    type: "bar",
    data: { labels: table.labels, datasets },
    options: {
      indexAxis: isFeatures ? "y" : "x",
      responsive: true,
      maintainAspectRatio: false,
      animation: false,
      interaction: { mode: "index", axis: isFeatures ? "y" : "x", intersect: false },
      scales: isFeatures ? { x: numbers, y: names } : { x: names, y: numbers },
      plugins: {
        legend: { position: "bottom", labels: { color: text, boxWidth: 14, boxHeight: 14 } },
        tooltip: { callbacks: { title: (items) => items.length ? table.labels[items[0].dataIndex] : "" } },
      },
    },
  };
}

function draw(figure) {
  const box = figure.querySelector(".chart-box");
  const canvas = box.querySelector("canvas");
  const rows = figure.querySelectorAll("tbody tr[data-drawn]").length;
  box.hidden = false;
  box.classList.add(figure.dataset.chart === "features" ? `chart-rows-${Math.min(Math.max(rows, 1), 10)}` : "chart-time");
  drawn.push({ figure, chart: new Chart(canvas, configuration(figure)) });
}

function toggle(figure) {
  const button = figure.querySelector(".chart-toggle");
  const table = document.getElementById(button.getAttribute("aria-controls"));
  button.hidden = false;
  button.addEventListener("click", () => {
    const isOpen = table.classList.toggle("is-open");
    button.setAttribute("aria-expanded", String(isOpen));
    button.textContent = isOpen ? "Hide the table" : "Show as a table";
  });
}

for (const figure of document.querySelectorAll("figure[data-chart]")) {
  if (!hasChart) {
    // Without the library the tables are what there is.
    figure.classList.add("no-chart");
    continue;
  }
  Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
  draw(figure);
  toggle(figure);
}

dark.addEventListener("change", () => {
  for (const entry of drawn) {
    entry.chart.destroy();
    entry.chart = new Chart(entry.figure.querySelector("canvas"), configuration(entry.figure));
  }
});
