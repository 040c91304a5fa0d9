import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
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
        axes: [
          { ...axis, label: xName, labelSize: 18, size: 34 },
          { ...axis, size: 56 },
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

  const last = lines.map((line) => `${line.name} ${line.values.at(-1) ?? "unknown"}`).join(", ");
  return (
    <div class="plot" ref={place} role="img" aria-label={`${props.label}. Latest: ${last}.`} />
  );
}
