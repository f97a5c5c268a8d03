// Draws the charts of a page. A place for one is
//   <div class="chart" data-chart="ID"></div>  with its figures in  <script type="application/json" id="ID">
// or <div class="chart" data-url="/where/its/figures/are"></div>.
// The figures are made by tael.web.look.chart: {"at": [seconds], "currency", "decimals", "lines":
// [{"name", "kind": "line" | "area" | "bars" | "step", "tone", "values": [number or null]}]}.
"use strict";

(() => {
  const drawn = new Map();
  const language = document.documentElement.lang || "en";
  const TONES = { good: "--color-success", bad: "--color-error", quiet: "--muted", plain: "--color-primary" };
  const ORDER = ["--color-primary", "--color-accent", "--color-secondary", "--color-error", "--muted"];

  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const day = new Intl.DateTimeFormat(language, { timeZone: "UTC", month: "short", day: "numeric" });
  const date = new Intl.DateTimeFormat(language, { timeZone: "UTC", dateStyle: "medium" });
  const faded = (text) => `color-mix(in oklab, ${text} 14%, transparent)`;

  const paths = (line) => {
    if (line.kind === "bars") return uPlot.paths.bars({ size: [0.62, 28], radius: 0.15 });
    if (line.kind === "step") return uPlot.paths.stepped({ align: 1 });
    return uPlot.paths.linear();
  };

  const canvasColour = (text) => {
    // the canvas wants a colour that it knows by itself; the style sheet has mixed ones
    const probe = document.createElement("canvas").getContext("2d");
    probe.fillStyle = "#000";
    probe.fillStyle = text;
    return probe.fillStyle;
  };

  const options = (place, figures) => {
    const exact = new Intl.NumberFormat(language, {
      minimumFractionDigits: figures.decimals,
      maximumFractionDigits: figures.decimals,
    });
    const short = new Intl.NumberFormat(language, { notation: "compact", maximumFractionDigits: 1 });
    const unit = figures.currency ? ` ${figures.currency}` : "";
    const muted = canvasColour(colour("--muted"));
    const grid = { stroke: canvasColour(colour("--color-base-300")), width: 1 };
    const font = `11px ${getComputedStyle(document.body).fontFamily}`;
    const bars = figures.lines.some((line) => line.kind === "bars");
    return {
      width: Math.max(place.clientWidth, 200),
      height: 240,
      tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), "UTC"),
      cursor: { points: { size: 7 }, drag: { x: false, y: false } },
      scales: {
        x: {
          time: true,
          range: (_, first, last) => (bars ? [first - 43200, last + 43200] : [first, last]),
        },
        y: { range: (_, low, high) => uPlot.rangeNum(Math.min(0, low), Math.max(0, high) || 1, 0.08, true) },
      },
      series: [
        { label: place.dataset.when || "", value: (_, at) => (at == null ? "–" : date.format(at * 1000)) },
        ...figures.lines.map((line, index) => {
          const stroke = canvasColour(colour(TONES[line.tone] || ORDER[index % ORDER.length]));
          const filled = line.kind === "bars" ? stroke : line.kind === "area" ? faded(stroke) : undefined;
          return {
            label: line.name,
            stroke,
            fill: filled,
            width: line.kind === "bars" ? 0 : 2,
            paths: paths(line),
            points: { show: line.kind !== "bars" && figures.at.length < 2 },
            spanGaps: false,
            value: (_, value) => (value == null ? "–" : exact.format(value) + unit),
          };
        }),
      ],
      axes: [
        {
          stroke: muted,
          font,
          grid: { show: false },
          ticks: { show: false },
          space: 64,
          size: 28,
          incrs: [1, 2, 7, 14, 30, 61, 91, 182, 365].map((days) => days * 86400),
          values: (_, ticks) => ticks.map((at) => day.format(at * 1000)),
        },
        { stroke: muted, font, grid, ticks: { show: false }, size: 56, values: (_, ticks) => ticks.map(short.format) },
      ],
    };
  };

  const draw = (place, figures) => {
    drawn.get(place)?.chart.destroy();
    const columns = [figures.at, ...figures.lines.map((line) => line.values)];
    drawn.set(place, { figures, chart: new uPlot(options(place, figures), columns, place) });
  };

  const read = async (place) => {
    if (place.dataset.url) {
      const answer = await fetch(place.dataset.url, { headers: { Accept: "application/json" } });
      return answer.ok ? answer.json() : null;
    }
    const element = document.getElementById(place.dataset.chart);
    return element ? JSON.parse(element.textContent) : null;
  };

  const drawAll = async (root) => {
    for (const place of root.querySelectorAll("[data-chart], .chart[data-url]")) {
      if (drawn.has(place)) continue;
      const figures = await read(place);
      if (figures && figures.at.length) draw(place, figures);
    }
  };

  const again = () => {
    for (const [place, { figures }] of drawn) {
      if (place.isConnected) draw(place, figures);
      else drawn.delete(place);
    }
  };

  let waiting = 0;
  addEventListener("resize", () => {
    clearTimeout(waiting);
    waiting = setTimeout(again, 150);
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", again);
  document.addEventListener("htmx:afterSettle", (event) => drawAll(event.target));
  drawAll(document);
})();
