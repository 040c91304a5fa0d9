/** What the daemon wrote on the document. */
export const READ_ONLY = document.documentElement.dataset["readOnly"] === "true";
export const NEEDS_KEY = document.documentElement.dataset["needsKey"] === "true";

/** The operator's name stays in this browser; the key only until it is closed. */
export function operatorName(): string {
  return stored(localStorage, "tieline.operator");
}

export function operatorKey(): string {
  return stored(sessionStorage, "tieline.key");
}

export function rememberOperator(name: string, key: string): void {
  try {
    localStorage.setItem("tieline.operator", name);
    if (NEEDS_KEY) sessionStorage.setItem("tieline.key", key);
  } catch {
    // A browser that keeps nothing asks again each time.
  }
}

export type ThemeChoice = "system" | "light" | "dark";

export function themeChoice(): ThemeChoice {
  const kept = stored(localStorage, "tieline.theme");
  return kept === "light" || kept === "dark" ? kept : "system";
}

export function chooseTheme(choice: ThemeChoice): void {
  try {
    localStorage.setItem("tieline.theme", choice);
  } catch {
    // The choice then lasts until the page is closed.
  }
  applyTheme(choice);
}

export function applyTheme(choice: ThemeChoice): void {
  if (choice === "system") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = choice;
}

function stored(storage: Storage, key: string): string {
  try {
    return storage.getItem(key) ?? "";
  } catch {
    return "";
  }
}
