import { render } from "preact";
import { App, campaignInAddress, isCampaignShown } from "./app.tsx";
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

// The document has asked for its campaign already; the address may name another one, or a panel without a map.
const shown = campaignInAddress();
const ids = new Set([document.documentElement.dataset["campaign"], shown]);
const openings = [...ids].flatMap((id) =>
  id === undefined ? [] : [openCampaign(id, isCampaignShown(id)).then(showOpening)],
);
void Promise.allSettled(openings).then(open);
