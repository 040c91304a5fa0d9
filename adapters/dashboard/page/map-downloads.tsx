import type { PlannerView } from "../../../src/domain/planner-view.ts";
import { toCsv } from "../../../src/views/export-text.ts";
import type { MapData, MapSources } from "../../../src/views/map-data.ts";
import type { CandidateColumns } from "../../../src/views/opening-view.ts";
import { drawMapFigure } from "../../../src/views/pictures/map-figure.ts";
import { drawMap } from "../../../src/views/pictures/map-picture.ts";
import { LIGHT } from "../../../src/views/pictures/theme.ts";
import { readPhaseDiagramView } from "../../../src/views/planner-views.ts";
import type { Results } from "../../../src/views/results.ts";
import { Downloads } from "./picture.tsx";

/** Saves the map as it is shown (all sections of a stack), and its candidates as a table. */
export function MapDownloads(props: {
  readonly name: string;
  readonly picture: {
    readonly data: MapData;
    readonly layer: "phases" | "uncertainty";
    readonly whole: MapSources | undefined;
  };
  readonly table: {
    readonly candidates: CandidateColumns;
    readonly plain: PlannerView | undefined;
    readonly known: Results;
  };
}) {
  const { name, picture, table } = props;
  const { data, layer, whole } = picture;
  return (
    <Downloads
      name={name}
      svg={() =>
        whole?.view === undefined
          ? drawMap(data, { width: 720, theme: LIGHT, layer })
          : drawMapFigure({ ...whole, view: whole.view, theme: LIGHT })
      }
      csv={() => mapCsv(table.candidates, readPhaseDiagramView(table.plain), table.known)}
    />
  );
}

function mapCsv(
  candidates: CandidateColumns,
  view: ReturnType<typeof readPhaseDiagramView>,
  observations: Results,
): string {
  const numbers = new Map(Array.from(observations, ({ position, n }) => [position, n]));
  const followed = (row: number): number | string => {
    const from = view?.derivedFrom?.get(row);
    if (from === undefined) return "";
    return from < 0 ? "known" : (numbers.get(Math.floor(from)) ?? "");
  };
  const rows = Array.from({ length: candidates.count }, (_, row) => ({
    candidateId: candidates.ids?.[row] ?? `c${row}`,
    ...Object.fromEntries(
      Object.entries(candidates.columns).map(([name, values]) => [name, values[row]]),
    ),
    phases: view?.labels[view.labelIndex[row] ?? -1] ?? "",
    certainty: view?.certainty[row] ?? "",
    followsFrom: followed(row),
  }));
  return toCsv(rows);
}
