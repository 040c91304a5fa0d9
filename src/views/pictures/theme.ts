/** The colours of a picture that don't carry data. */
export interface Theme {
  readonly name: "light" | "dark";
  readonly background: string;
  readonly surface: string;
  readonly ink: string;
  readonly quiet: string;
  readonly grid: string;
  /** Points in flight and the next batch. */
  readonly accent: string;
  readonly warning: string;
}

/** Ink on surface has a contrast of at least 7:1, quiet text of at least 4.5:1 (WCAG 2.2). */
export const LIGHT: Theme = {
  name: "light",
  background: "#ffffff",
  surface: "#f4f5f7",
  ink: "#16191d",
  quiet: "#555c66",
  grid: "#d9dde3",
  accent: "#0b5cad",
  warning: "#b3261e",
};

export const DARK: Theme = {
  name: "dark",
  background: "#14171b",
  surface: "#1d2127",
  ink: "#eef1f5",
  quiet: "#a4adb9",
  grid: "#39414b",
  accent: "#7cc0ff",
  warning: "#ff8a80",
};
