import { useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import type { LabelSource } from "../../../src/views/label-source.ts";
import type { MapData } from "../../../src/views/map-data.ts";
import { compositionAt } from "../../../src/views/map-plane.ts";
import { formatNumber } from "../../../src/views/observation-summary.ts";
import { describeMap } from "../../../src/views/pictures/describe-map.ts";
import { drawMapAxes, fitMapFrame, type MapFrame } from "../../../src/views/pictures/map-frame.ts";
import { element, pathOf } from "../../../src/views/pictures/svg.ts";
import { createMapCanvas, type MapCanvas, type MapLayers } from "./map-canvas.ts";
import { useTheme } from "./use-theme.ts";
import { percent } from "./words.ts";

/** Within this distance of the pointer a measured or proposed point is read instead of the cell, px. */
const REACH_px = 10;

/** One map on a canvas, with axes, a tool tip, and arrow keys that move from cell to cell and read each out. */
export function MapPane(props: {
  readonly data: MapData;
  readonly layers: MapLayers;
  readonly marked: string | undefined;
  readonly isSmall?: boolean;
  readonly sourceOf?: SourceOf;
  /** Called when the map stands. */
  readonly drawn?: (() => void) | undefined;
}) {
  const { data, layers, marked, isSmall = false, sourceOf, drawn } = props;
  const theme = useTheme();
  const box = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const painter = useRef<MapCanvas>();
  const [width, setWidth] = useState(0);
  const [pointer, setPointer] = useState<readonly [number, number]>();
  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return;
    const measure = (): void => setWidth(Math.floor(element.clientWidth));
    measure();
    const watcher = new ResizeObserver(measure);
    watcher.observe(element);
    return () => watcher.disconnect();
  }, []);
  const frame = useMemo(
    () => (width < 40 ? undefined : fitMapFrame(data.plane, data.cells, { width, bare: isSmall })),
    [width, data.plane, data.cells.count, isSmall],
  );
  useLayoutEffect(() => {
    if (canvas.current === null || frame === undefined) return;
    painter.current ??= createMapCanvas(canvas.current);
    const took_ms = painter.current.draw({ data, frame, theme, layers, marked });
    canvas.current.dataset["redrawMs"] = took_ms.toFixed(2);
    canvas.current.dataset["picked"] = layers.picked ?? "";
    canvas.current.dataset["measured"] = String(data.measured.length);
    drawn?.();
  }, [
    data,
    frame,
    theme,
    layers.cells,
    layers.names,
    layers.points,
    layers.ties,
    layers.picked,
    marked,
  ]);

  const words = useMemo(() => describeMap(data), [data.cells, data.measured.length]);
  const reading =
    pointer === undefined || frame === undefined
      ? undefined
      : readMap({
          ...{ data, frame, pointer, sourceOf },
          cell: painter.current?.cellAt(...pointer) ?? -1,
        });
  const move = (event: KeyboardEvent): void => {
    const step = STEPS[event.key];
    if (step === undefined || frame === undefined) return;
    event.preventDefault();
    const [x, y] = pointer ?? [frame.width / 2, frame.height / 2];
    const stride = Math.max(6, frame.width / Math.sqrt(Math.max(1, data.cells.count) * 2));
    setPointer([x + step[0] * stride, y + step[1] * stride]);
  };

  // A finger only presses, a mouse moves: both read the place.
  const point = (event: preact.TargetedPointerEvent<HTMLCanvasElement>): void => {
    const area = event.currentTarget.getBoundingClientRect();
    setPointer([event.clientX - area.left, event.clientY - area.top]);
  };

  return (
    <div class="map-pane" ref={box}>
      <canvas
        ref={canvas}
        tabIndex={isSmall ? -1 : 0}
        role="img"
        aria-label={`Map. ${words} Arrow keys read single points.`}
        style={
          frame === undefined ? {} : { width: `${frame.width}px`, height: `${frame.height}px` }
        }
        onPointerMove={point}
        onPointerDown={point}
        onPointerLeave={() => setPointer(undefined)}
        onBlur={() => setPointer(undefined)}
        onKeyDown={move}
      />
      {frame === undefined ? null : (
        <svg
          class="axes"
          width={frame.width}
          height={frame.height}
          aria-hidden="true"
          dangerouslySetInnerHTML={{
            __html:
              (isSmall ? "" : drawMapAxes(data.plane, frame, theme)) +
              element("path", {
                d: pathOf(frame.outline, true),
                fill: "none",
                stroke: theme.ink,
                "stroke-width": 1.3,
              }) +
              (reading?.source === undefined || isSmall
                ? ""
                : drawSource(reading.source.from, reading.source.to, theme.warning)),
          }}
        />
      )}
      {reading === undefined || frame === undefined || isSmall ? null : (
        <div
          class="tip"
          role="status"
          style={{
            left: `${Math.min(reading.at[0] + 14, frame.width - 200)}px`,
            top: `${Math.max(0, reading.at[1] + 12)}px`,
          }}
        >
          {reading.lines.map((line, k) =>
            k === 0 ? <strong key={line}>{line}</strong> : <div key={line}>{line}</div>,
          )}
        </div>
      )}
    </div>
  );
}

const STEPS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** The result that the label of a candidate (by its row) follows from. */
export type SourceOf = (row: number) => LabelSource | undefined;

interface Reading {
  readonly at: readonly [number, number];
  readonly lines: readonly string[];
  /** From the place to the result that its label follows from, px. */
  readonly source?: { readonly from: Pixel; readonly to: Pixel } | undefined;
}

type Pixel = readonly [number, number];

/** A line from a place to the result that its label follows from. */
function drawSource(from: Pixel, to: Pixel, stroke: string): string {
  const look = { fill: "none", stroke, "stroke-width": 2 };
  return (
    element("path", { ...look, class: "source", d: pathOf([from, to], false) }) +
    element("circle", { ...look, cx: to[0], cy: to[1], r: 8 })
  );
}

/** What there is at a place: the point near it, the cell's phases and certainty, the composition or the axes' values. */
function readMap(about: {
  readonly data: MapData;
  readonly frame: MapFrame;
  readonly pointer: readonly [number, number];
  readonly cell: number;
  readonly sourceOf: SourceOf | undefined;
}): Reading | undefined {
  const { data, frame, pointer, cell, sourceOf } = about;
  if (cell < 0) return undefined;
  const near = [...data.batch, ...data.inFlight, ...data.measured]
    .map((point) => {
      const [x, y] = frame.toPixel([point.x, point.y]);
      return { point, distance: Math.hypot(x - pointer[0], y - pointer[1]) };
    })
    .filter(({ distance }) => distance < REACH_px)
    .sort((a, b) => a.distance - b.distance)[0]?.point;
  const place =
    near === undefined
      ? ([data.cells.x[cell]!, data.cells.y[cell]!] as const)
      : ([near.x, near.y] as const);
  const label = data.labels[data.cells.label[cell] ?? -1];
  const certainty = data.cells.certainty[cell] ?? 0;
  const { plane } = data;
  const where =
    plane.kind === "ternary"
      ? compositionAt(plane, place)
          .map(
            (value, k) =>
              `${plane.corners[k]} ${formatNumber(Math.max(0, Number(value.toFixed(6))))}`,
          )
          .join("  ")
      : `${plane.x} ${formatNumber(place[0])}  ${plane.y} ${formatNumber(place[1])}`;
  const known =
    label === undefined ? "nothing known here" : `${label}, certainty ${percent(certainty)}`;
  const source = near === undefined ? sourceOf?.(data.cells.row[cell] ?? -1) : undefined;
  const more = near?.text ?? source?.text;
  return {
    at: pointer,
    lines: [where, known, ...(more === undefined ? [] : [more])],
    ...(source?.place && {
      source: { from: frame.toPixel(place), to: frame.toPixel(source.place) },
    }),
  };
}
