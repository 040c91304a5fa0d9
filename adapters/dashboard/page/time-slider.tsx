import { useEffect, useState } from "preact/hooks";

/** Goes back to what was known after n results, and plays the campaign forwards. */
export function TimeSlider(props: {
  readonly total: number;
  /** Results that are shown; undefined: all, live. */
  readonly past: number | undefined;
  readonly choose: (past: number | undefined) => void;
}) {
  const { total, past, choose } = props;
  const [isPlaying, setPlaying] = useState(false);
  useEffect(() => {
    if (!isPlaying) return;
    const timer = setTimeout(() => {
      const next = (past ?? 0) + Math.max(1, Math.round(total / 60));
      if (next >= total) {
        setPlaying(false);
        choose(undefined);
      } else choose(next);
    }, 300);
    return () => clearTimeout(timer);
  }, [isPlaying, past, total]);
  const toggle = (): void => {
    if (!isPlaying) choose(0);
    setPlaying(!isPlaying);
  };
  return (
    <div class="slider">
      <button
        type="button"
        onClick={toggle}
        disabled={total === 0}
        aria-label={isPlaying ? "Stop playing" : "Play from the start"}
      >
        {isPlaying ? "■" : "▶"}
      </button>
      <input
        type="range"
        min={0}
        max={total}
        value={past ?? total}
        aria-label="Show what was known after this many results"
        aria-valuetext={
          past === undefined ? `all ${total} results, live` : `after ${past} of ${total} results`
        }
        onInput={(event) => {
          const value = Number(event.currentTarget.value);
          setPlaying(false);
          choose(value >= total ? undefined : value);
        }}
      />
      <output>{past === undefined ? `${total} results, live` : `after ${past} of ${total}`}</output>
      {past === undefined ? null : (
        <button type="button" onClick={() => choose(undefined)}>
          Live
        </button>
      )}
    </div>
  );
}
