import type { DataReference } from "../../../src/domain/observation.ts";

/** Photographs that belong to a word, small; each opens by itself. */
export function Photos(props: {
  readonly photos: readonly DataReference[] | undefined;
  /** What they are of, for who cannot see them. */
  readonly of: string;
}) {
  if (props.photos === undefined) return null;
  return (
    <div class="photos">
      {props.photos.map(({ sha256 }, k) => (
        <a key={sha256} href={`/api/photo/${sha256}`} target="_blank" rel="noreferrer">
          <img src={`/api/photo/${sha256}`} alt={`${props.of}, ${k + 1}`} loading="lazy" />
        </a>
      ))}
    </div>
  );
}
