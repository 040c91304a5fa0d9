import { render } from "preact";
import { App, shownAtFirst } from "./app.tsx";
import { openCampaign } from "./opening.ts";
import { applyTheme, themeChoice } from "./settings.ts";
import { connect, showOpening } from "./store.ts";

applyTheme(themeChoice());
const place = document.getElementById("page");

/** The live feed says everything again: it is listened to once the first picture is on its way. */
function open(): void {
  if (place !== null) {
    place.replaceChildren();
    render(<App />, place);
  }
  requestAnimationFrame(() => setTimeout(connect));
}

const campaignId = shownAtFirst();
if (campaignId === undefined) open();
else
  openCampaign(campaignId)
    .then(showOpening)
    .catch(() => {})
    .finally(open);
