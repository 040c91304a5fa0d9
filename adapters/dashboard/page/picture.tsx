import { useMemo } from "preact/hooks";
import { scopeIds } from "../../../src/views/pictures/svg.ts";
import { LIGHT, type Theme } from "../../../src/views/pictures/theme.ts";
import { downloadPng, downloadText } from "./download.ts";
import { useTheme } from "./use-theme.ts";

/** A picture drawn as SVG by `draw`, with its downloads; the files are always drawn on white. */
export function Picture(props: {
  readonly name: string;
  readonly draw: (theme: Theme) => string;
  /** Rows of the picture's data. */
  readonly csv?: () => string;
  readonly keys: readonly unknown[];
}) {
  const theme = useTheme();
  const svg = useMemo(() => scopeIds(props.draw(theme), props.name), [theme, ...props.keys]);
  return (
    <figure class="picture">
      {/* Our own drawing functions escape every text that they are given. */}
      <div class="svg" dangerouslySetInnerHTML={{ __html: svg }} />
      <Downloads
        name={props.name}
        svg={() => props.draw(LIGHT)}
        {...(props.csv === undefined ? {} : { csv: props.csv })}
      />
    </figure>
  );
}

/** Links that save a picture as SVG or PNG and its data as CSV. */
export function Downloads(props: {
  readonly name: string;
  readonly svg: () => string;
  readonly csv?: () => string;
}) {
  const { name, svg, csv } = props;
  return (
    <div class="downloads" role="group" aria-label={`Download ${name}`}>
      <button type="button" onClick={() => downloadText(`${name}.svg`, "image/svg+xml", svg())}>
        SVG
      </button>
      <button type="button" onClick={() => void downloadPng(`${name}.png`, svg())}>
        PNG
      </button>
      {csv === undefined ? null : (
        <button type="button" onClick={() => downloadText(`${name}.csv`, "text/csv", csv())}>
          CSV
        </button>
      )}
    </div>
  );
}
