import { render } from "preact";
import { App } from "./app.tsx";
import { applyTheme, themeChoice } from "./settings.ts";
import { connect } from "./store.ts";

applyTheme(themeChoice());
connect();
const place = document.getElementById("page");
if (place !== null) {
  place.replaceChildren();
  render(<App />, place);
}
