/** Plots as SVG, for the report. */
import { LineChart } from "echarts/charts";
import { GridComponent, LegendComponent, TitleComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import type { Plot } from "./figures.ts";

const SIZE = { width: 720, height: 400 };

use([LineChart, GridComponent, LegendComponent, TitleComponent, SVGRenderer]);

export function renderPlot({ title, x, y, lines }: Plot): string {
  const chart = init(null, null, { renderer: "svg", ssr: true, ...SIZE });
  chart.setOption({
    animation: false,
    // Readable on a dark page too.
    backgroundColor: "#ffffff",
    title: { text: title, left: "center", textStyle: { fontSize: 16 } },
    legend: { bottom: 0 },
    grid: { left: 80, right: 40, top: 50, bottom: 80 },
    xAxis: axis(x, 28),
    yAxis: axis(y, 60),
    series: lines.map(({ name, points }) => ({
      type: "line",
      name,
      symbolSize: 7,
      data: points.map(({ x, y }) => [x, y]),
    })),
  });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return svg;
}

function axis({ label, isLogarithmic }: Plot["x"], nameGap: number) {
  return { type: isLogarithmic ? "log" : "value", name: label, nameLocation: "middle", nameGap };
}
