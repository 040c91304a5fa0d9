import { useMemo } from "preact/hooks";
import type { GoalPicture } from "../../../src/views/goal-picture.ts";
import { scopeIds } from "../../../src/views/pictures/svg.ts";
import { LIGHT } from "../../../src/views/pictures/theme.ts";
import { downloadPng, downloadText } from "./download.ts";
import { useTheme } from "./use-theme.ts";

/** Pictures in as many columns as fit; wide ones take a row. */
export function PictureGrid(props: {
  readonly pictures: readonly GoalPicture[];
  /** The campaign's id: the files are called after it. */
  readonly of: string;
}) {
  return (
    <div class="pictures">
      {props.pictures.map((picture) => (
        <Picture key={picture.name} picture={picture} of={props.of} />
      ))}
    </div>
  );
}

/** A picture as SVG with its downloads; the files are always drawn on white. */
function Picture({ picture, of }: { readonly picture: GoalPicture; readonly of: string }) {
  const theme = useTheme();
  const svg = useMemo(() => scopeIds(picture.draw(theme), `p-${picture.name}`), [theme, picture]);
  return (
    <figure class={picture.isWide ? "picture wide" : "picture"}>
      <figcaption>
        {picture.title}
        <Downloads
          name={`${of}-${picture.name}`}
          svg={() => picture.draw(LIGHT)}
          csv={() => picture.csv()}
        />
      </figcaption>
      {/* Our own drawing functions escape every text that they are given. */}
      <div class="svg" dangerouslySetInnerHTML={{ __html: svg }} />
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
