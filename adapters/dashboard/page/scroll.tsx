/** A part that may be larger than its place: it scrolls by itself, by keyboard too, and says what it is. */
export function Scroll(props: {
  readonly label: string;
  readonly children: preact.ComponentChildren;
}) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard (WCAG 2.1.1)
    <section class="scroll" aria-label={props.label} tabIndex={0}>
      {props.children}
    </section>
  );
}
