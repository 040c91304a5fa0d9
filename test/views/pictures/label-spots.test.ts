import { expect, test } from "vitest";
import type { MapData } from "../../../src/views/map-data.ts";
import { labelSpots } from "../../../src/views/pictures/label-spots.ts";
import type { MapFrame } from "../../../src/views/pictures/map-frame.ts";

/** One region: rows of cells 10 px apart, so many in each, 20 px one below the other. */
function region(...rows: readonly number[]): MapData {
  const places = rows.flatMap((cells, row) =>
    Array.from({ length: cells }, (_, k) => [10 * k, 20 * row] as const),
  );
  const count = places.length;
  const cells = {
    ...{
      count,
      x: Float64Array.from(places, ([x]) => x),
      y: Float64Array.from(places, ([, y]) => y),
    },
    ...{ label: new Int16Array(count), certainty: new Float64Array(count).fill(1) },
    row: Int32Array.from({ length: count }, (_, k) => k),
  };
  const plane = { kind: "axes", x: "x", y: "y" } as const;
  return {
    ...{ plane, title: "", cells, labels: ["a phase whose name is long"], phaseOrder: [] },
    ...{ measured: [], inFlight: [], batch: [], tieLines: [], triangles: [] },
  };
}

const frame: MapFrame = {
  ...{ width: 200, height: 200, outline: [] },
  ...{ toPixel: ([x, y]) => [x, y], toPlace: ([x, y]) => [x, y], xOf: (x) => x, yOf: (y) => y },
};

test.each([
  [[5, 8, 6], 20],
  [[8, 6, 5], 0],
  [[5, 6, 8], 40],
])("a name that fits nowhere stands where there is most room: rows of %j cells", (rows, y) => {
  expect(labelSpots(region(...rows), frame)).toMatchObject([{ y }]);
});
