import { useEffect, useRef, useState } from "preact/hooks";
import uPlot from "uplot";
import { toCsv } from "../../../src/views/export-text.ts";
import { formatNumber } from "../../../src/views/observation-summary.ts";
import { drawChart } from "../../../src/views/pictures/chart.ts";
import { LIGHT } from "../../../src/views/pictures/theme.ts";
import { Downloads } from "./picture.tsx";
import { useTheme } from "./use-theme.ts";

export interface PlotLine {
  readonly name: string;
  readonly colour: string;
  readonly values: readonly (number | null)[];
}

export interface LinePlotProps {
  readonly x: readonly number[];
  readonly xName: string;
  readonly isTime?: boolean;
  readonly lines: readonly PlotLine[];
  readonly height?: number;
  readonly label: string;
  /** Of its files. */
  readonly name: string;
}

/** Lines over one axis that may grow for hours: uPlot on a canvas, with a cursor that reads the values. */
export function LinePlot(props: LinePlotProps) {
  const theme = useTheme();
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>();
  const { x, lines, xName, isTime = false, height = 190 } = props;
  const [pointed, setPointed] = useState<number>();
  const shape = `${theme.name}/${xName}/${lines.map((line) => `${line.name}${line.colour}`).join(",")}`;
  const data: uPlot.AlignedData = [
    isTime ? x.map((ms) => ms / 1000) : [...x],
    ...lines.map((line) => [...line.values]),
  ];

  useEffect(() => {
    const element = place.current;
    if (element === null) return;
    const axis = {
      stroke: theme.quiet,
      grid: { stroke: theme.grid, width: 1 },
      ticks: { show: false },
    };
    const made = new uPlot(
      {
        width: element.clientWidth || 400,
        height,
        scales: { x: { time: isTime } },
        cursor: { y: false },
        legend: { show: false },
        hooks: { setCursor: [(self) => setPointed(self.cursor.idx ?? undefined)] },
        axes: [
          {
            ...{ ...axis, label: xName, labelSize: 18, size: 34 },
            // Results are counted: no tick between two of them.
            ...(isTime
              ? { values: clockLabels, space: 70 }
              : { incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000] }),
          },
          { ...axis, size: 56, space: 24 },
        ],
        series: [
          { label: xName },
          ...lines.map((line) => ({
            label: line.name,
            stroke: line.colour,
            width: 2,
            points: { show: false },
          })),
        ],
      },
      data,
      element,
    );
    plot.current = made;
    const watcher = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height }));
    watcher.observe(element);
    return () => {
      watcher.disconnect();
      made.destroy();
      plot.current = undefined;
    };
  }, [shape]);
  useEffect(() => plot.current?.setData(data), [x, lines]);

  const at = pointed !== undefined && pointed < x.length ? pointed : x.length - 1;
  const readings = lines.map((line) => ({ ...line, value: line.values[at] }));
  const words = readings.map(({ name, value }) => `${name} ${value ?? "unknown"}`).join(", ");
  return (
    <div class="plot">
      <div class="readings">
        {readings.map(({ name, colour, value }) => (
          <span key={name}>
            <svg viewBox="0 0 14 4" aria-hidden="true">
              <rect width="14" height="4" fill={colour} />
            </svg>
            {name} <strong>{typeof value === "number" ? formatNumber(value) : "–"}</strong>
          </span>
        ))}
        {isTime || xName === "" ? null : (
          <span class="quiet">
            {x[at] ?? 0} {xName}
          </span>
        )}
        <Downloads
          name={props.name}
          svg={() => asSvg(props)}
          csv={() =>
            toCsv(
              x.map((value, k) => ({
                [isTime ? "time_ms" : xName]: value,
                ...Object.fromEntries(lines.map((line) => [line.name, line.values[k] ?? ""])),
              })),
            )
          }
        />
      </div>
      <div ref={place} role="img" aria-label={`${props.label}. ${words}.`} />
    </div>
  );
}

const DAY_s = 86_400;

/** Times of day; over more than a day, the day too. */
function clockLabels(_: uPlot, splits: number[]): string[] {
  const spread = (splits.at(-1) ?? 0) - (splits[0] ?? 0);
  const isShort = splits.length > 1 && (splits[1] ?? 0) - (splits[0] ?? 0) < 60;
  return splits.map((time_s) =>
    new Date(time_s * 1000).toLocaleString("en-GB", {
      ...(spread > DAY_s ? { day: "numeric", month: "short" } : {}),
      ...{ hour: "2-digit", minute: "2-digit" },
      ...(isShort ? { second: "2-digit" } : {}),
    }),
  );
}

/** The same lines as a drawing; time as minutes since the first value. */
function asSvg({ x, xName, isTime = false, lines, label }: LinePlotProps): string {
  const start_ms = x[0] ?? 0;
  const places = isTime ? x.map((ms) => (ms - start_ms) / 60_000) : x;
  return drawChart(
    lines.map(({ name, colour, values }) => ({
      ...{ name, colour, kind: "line", x: places },
      y: values.map((value) => value ?? Number.NaN),
    })),
    {
      ...{ title: label, description: label, width: 700, height: 320, theme: LIGHT },
      xName: isTime ? "minutes" : xName,
      yName: "",
    },
  );
}
