import { render } from "preact";
import { applyTheme, themeChoice } from "./settings.ts";
import { TablePage } from "./table-page.tsx";

applyTheme(themeChoice());
const place = document.getElementById("page");
if (place !== null) {
  place.replaceChildren();
  render(<TablePage />, place);
}
