import type { MapData } from "../map-data.ts";

/** What the map shows in two sentences, for those who can't see it. */
export function describeMap(data: MapData): string {
  const { cells, labels, measured } = data;
  const places = new Int32Array(labels.length);
  for (const place of cells.label) if (place >= 0) places[place]! += 1;
  const counts = labels.map((label, k) => ({ label, share: (places[k] ?? 0) / cells.count }));
  const parts = counts
    .filter(({ share }) => share > 0)
    .sort((a, b) => b.share - a.share)
    .map(({ label, share }) => `${label} ${Math.round(share * 100)} %`);
  const known =
    parts.length === 0 ? "No phase is known yet." : `Phases by area: ${parts.join(", ")}.`;
  return `${measured.length} points measured, ${data.inFlight.length} in flight. ${known}`;
}
