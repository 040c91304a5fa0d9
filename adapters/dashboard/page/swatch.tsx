import type { PhaseTexture } from "../../../src/views/pictures/palette.ts";

/** The fill of a label in small: one colour a phase, with the dots or lines of phases whose colour alone is not theirs. */
export function Swatch(props: {
  readonly colours: readonly string[];
  readonly textures: readonly PhaseTexture[];
}) {
  const { colours, textures } = props;
  const width = 18 / Math.max(1, colours.length);
  return (
    <svg viewBox="0 0 18 14" class="swatch" aria-hidden="true">
      {colours.map((colour, k) => (
        <g key={colour}>
          <rect x={width * k} width={width} height="14" fill={colour} />
          {textures[k] === "dots"
            ? [3.5, 10.5].map((y) => <circle key={y} cx={width * (k + 0.5)} cy={y} r="1.6" />)
            : null}
          {textures[k] === "hatch"
            ? [2, 6.5, 11].map((y) => (
                <rect key={y} x={width * k} y={y} width={width} height="1.3" />
              ))
            : null}
        </g>
      ))}
    </svg>
  );
}
