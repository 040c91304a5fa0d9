import { useEffect, useRef, useState } from "preact/hooks";
import uPlot from "uplot";
import { formatNumber } from "../../../src/views/observation-summary.ts";
import { useTheme } from "./use-theme.ts";

export interface PlotLine {
  readonly name: string;
  readonly colour: string;
  readonly values: readonly (number | null)[];
}

/** Lines over one axis that may grow for hours: uPlot on a canvas, with a cursor that reads the values. */
export function LinePlot(props: {
  readonly x: readonly number[];
  readonly xName: string;
  readonly isTime?: boolean;
  readonly lines: readonly PlotLine[];
  readonly height?: number;
  readonly label: string;
}) {
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
          { ...axis, label: xName, labelSize: 18, size: 34 },
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
      <p class="readings">
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
      </p>
      <div ref={place} role="img" aria-label={`${props.label}. ${words}.`} />
    </div>
  );
}
