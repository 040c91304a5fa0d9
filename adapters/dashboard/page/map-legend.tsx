import type { MapData } from "../../../src/views/map-data.ts";
import { keyRows } from "../../../src/views/pictures/map-key.ts";
import { labelStyles, uncertaintyColour } from "../../../src/views/pictures/palette.ts";
import { Swatch } from "./swatch.tsx";
import { percent } from "./words.ts";

/** Names, colours and shares of the regions, largest first; how points are drawn. */
export function MapLegend(props: {
  readonly data: MapData;
  readonly layer: "phases" | "uncertainty";
  /** Labels that nobody measured. */
  readonly follows: readonly string[];
  /** The region that the map shows alone, and how to choose another one. */
  readonly picked: string | undefined;
  readonly pick: (label: string | undefined) => void;
}) {
  const { data, layer, follows, picked, pick } = props;
  return (
    <div class="legend">
      {layer === "uncertainty" ? (
        <UncertaintyLegend />
      ) : (
        <PhaseLegend data={data} follows={new Set(follows)} picked={picked} pick={pick} />
      )}
      <ul class="marks" aria-label="Marks">
        <li>
          <svg viewBox="0 0 18 18" aria-hidden="true">
            <circle cx="9" cy="9" r="3.5" class="mark-measured" />
          </svg>
          measured
        </li>
        <li>
          <svg viewBox="0 0 18 18" aria-hidden="true">
            <circle cx="9" cy="9" r="6" class="mark-flight" />
          </svg>
          in flight
        </li>
        <li>
          <svg viewBox="0 0 18 18" aria-hidden="true">
            <path d="M9 2l7 7-7 7-7-7z" class="mark-flight" />
          </svg>
          next, not sent yet
        </li>
      </ul>
    </div>
  );
}

/** Numbered as in the map, where a region is too small for its name. */
function PhaseLegend(props: {
  readonly data: MapData;
  readonly follows: ReadonlySet<string>;
  readonly picked: string | undefined;
  readonly pick: (label: string | undefined) => void;
}) {
  const { data, follows, picked, pick } = props;
  const styles = labelStyles(data.labels, data.phaseOrder);
  const rows = keyRows(data.labels, [data]);
  if (rows.length === 0) return <p class="quiet">No phase is known yet.</p>;
  return (
    <ol aria-label="Regions by area">
      {rows.map(({ label, index, number, share }) => (
        <li key={label}>
          <span class="number">{number}</span>
          <Swatch colours={styles[index]?.colours ?? []} textures={styles[index]?.textures ?? []} />
          <span class="name">
            <button
              type="button"
              class="link region"
              aria-pressed={picked === label}
              aria-label={`Show ${label} alone`}
              onClick={() => pick(picked === label ? undefined : label)}
            >
              {label}
            </button>
            {follows.has(label) ? <span class="quiet"> follows</span> : null}
          </span>
          <span class="number">{percent(share)}</span>
        </li>
      ))}
    </ol>
  );
}

function UncertaintyLegend() {
  const steps = Array.from({ length: 24 }, (_, k) => uncertaintyColour((k + 0.5) / 24));
  return (
    <div class="scale">
      <svg viewBox="0 0 240 16" preserveAspectRatio="none" aria-hidden="true">
        {steps.map((colour, k) => (
          <rect key={colour} x={k * 10} width="10.5" height="16" fill={colour} />
        ))}
      </svg>
      <div class="ends">
        <span>certain</span>
        <span>nothing known</span>
      </div>
    </div>
  );
}
