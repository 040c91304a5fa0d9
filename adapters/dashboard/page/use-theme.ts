import { useEffect, useState } from "preact/hooks";
import { DARK, LIGHT, type Theme } from "../../../src/views/pictures/theme.ts";

/** The theme of pictures, after the person's choice or the system's. */
export function useTheme(): Theme {
  const [theme, setTheme] = useState(currentTheme);
  useEffect(() => {
    const update = (): void => setTheme(currentTheme());
    const query = matchMedia("(prefers-color-scheme: dark)");
    query.addEventListener("change", update);
    const watcher = new MutationObserver(update);
    watcher.observe(document.documentElement, { attributeFilter: ["data-theme"] });
    return () => {
      query.removeEventListener("change", update);
      watcher.disconnect();
    };
  }, []);
  return theme;
}

function currentTheme(): Theme {
  const chosen = document.documentElement.dataset["theme"];
  if (chosen === "light" || chosen === "dark") return chosen === "dark" ? DARK : LIGHT;
  return matchMedia("(prefers-color-scheme: dark)").matches ? DARK : LIGHT;
}
