import { useEffect, useState } from "preact/hooks";
import { firstShown } from "../../../src/views/opening-view.ts";
import type { CampaignLine } from "../../../src/views/overview-view.ts";
import { CampaignPanel } from "./campaign-panel.tsx";
import { EmergencyStop } from "./controls.tsx";
import { Later } from "./later.tsx";
import { chooseTheme, type ThemeChoice, themeChoice } from "./settings.ts";
import { refresh, useStore } from "./store.ts";
import { plural, stateInWords, toneOf } from "./words.ts";

/** The whole page: header, alarms, and the panel that the address names (`#campaign/ID`, `#laboratory`, `#bench`, `#events`). */
export function App() {
  const place = usePlace();
  const overview = useStore((state) => state.overview);
  const campaigns = useStore((state) => state.campaigns);
  if (overview === undefined) {
    return (
      <>
        <Header />
        <main>
          <p class="opening">Waiting for the daemon …</p>
        </main>
      </>
    );
  }
  const [kind, id] = place;
  const wanted = kind === "campaign" ? id : undefined;
  const chosen = wanted ?? firstShown(overview.campaigns)?.campaignId;
  const campaign = chosen === undefined ? undefined : campaigns.get(chosen);
  return (
    <>
      <a class="skip" href="#main">
        Skip to content
      </a>
      <Header>
        <Navigation campaigns={overview.campaigns} kind={kind} chosen={chosen} />
      </Header>
      <Leader />
      <Alarms />
      <main id="main" tabIndex={-1}>
        {kind === "laboratory" ? <Later part="LaboratoryPanel" /> : null}
        {kind === "bench" ? <Later part="TodoPanel" /> : null}
        {kind === "events" ? <Later part="EventsPanel" /> : null}
        {kind === "campaign" && campaign !== undefined ? (
          <CampaignPanel key={campaign.campaignId} campaign={campaign} />
        ) : null}
        {kind === "campaign" && campaign === undefined ? (
          <Missing campaignId={chosen ?? ""} campaigns={overview.campaigns} />
        ) : null}
      </main>
      <Toasts />
    </>
  );
}

/** A campaign that is over for a while is not told of by itself: it is asked for. */
function Missing(props: {
  readonly campaignId: string;
  readonly campaigns: readonly CampaignLine[];
}) {
  const { campaignId, campaigns } = props;
  const isKnown = campaigns.some((one) => one.campaignId === campaignId);
  useEffect(() => {
    if (isKnown) refresh(campaignId);
  }, [campaignId, isKnown]);
  const words =
    campaigns.length === 0
      ? "No campaign has been defined yet."
      : isKnown
        ? "Fetching the campaign …"
        : "There is no such campaign.";
  return campaigns.length === 0 ? (
    <section class="card opening" aria-label="What comes next">
      <h1>{words}</h1>
      <p>
        A campaign is a question with its budget. Write it under <code>campaigns:</code> in the
        configuration (<code>config/</code> has an example of each kind), look it over with{" "}
        <code>tieline validate --config lab.yaml</code>, and send the daemon a SIGHUP, or start it
        again: the campaign appears here.
      </p>
      <p>
        Which instruments are there says the <a href="#laboratory">laboratory</a>. To try points on
        a table without any of it: <code>tieline page --candidates table.csv</code>.
      </p>
    </section>
  ) : (
    <p class="opening">{words}</p>
  );
}

function Header({ children }: { readonly children?: preact.ComponentChildren }) {
  const overview = useStore((state) => state.overview);
  const connection = useStore((state) => state.connection);
  const past = useStore((state) => state.past);
  const words = { opening: "connecting …", live: "live", lost: "connection lost, trying again" }[
    connection
  ];
  return (
    <header>
      <a class="brand" href="/">
        <svg viewBox="0 0 32 32" aria-hidden="true">
          <path d="M16 3 30 28H2z" />
          <path d="M9 20 20 14" class="tie" />
          <circle cx="9" cy="20" r="3" />
          <circle cx="20" cy="14" r="3" />
        </svg>
        Tieline
      </a>
      {children}
      <span
        class={`connection ${connection === "live" && past !== undefined ? "past-shown" : connection}`}
        role="status"
      >
        {connection === "live" && past !== undefined ? `not live: ${past}` : words}
      </span>
      <EmergencyStop stop={overview?.emergencyStop ?? { active: false }} />
    </header>
  );
}

function Navigation(props: {
  readonly campaigns: readonly CampaignLine[];
  readonly kind: string;
  readonly chosen: string | undefined;
}) {
  const { campaigns, kind, chosen } = props;
  return (
    <nav aria-label="Parts of the page">
      {campaigns.map((campaign) => (
        <a
          key={campaign.campaignId}
          href={`#campaign/${campaign.campaignId}`}
          aria-current={kind === "campaign" && campaign.campaignId === chosen ? "page" : undefined}
        >
          {campaign.title}{" "}
          <span class={`dot ${toneOf(campaign.state)}`} title={stateInWords(campaign.state)} />
        </a>
      ))}
      <a href="#laboratory" aria-current={kind === "laboratory" ? "page" : undefined}>
        Laboratory
      </a>
      <BenchLink isShown={kind === "bench"} />
      <a href="#events" aria-current={kind === "events" ? "page" : undefined}>
        Events
      </a>
      <ThemeSwitch />
    </nav>
  );
}

/** A laboratory that asks nothing of people has no bench. */
function BenchLink({ isShown }: { readonly isShown: boolean }) {
  const todo = useStore((state) => state.todo);
  if (todo === undefined && !isShown) return null;
  return (
    <a href="#bench" aria-current={isShown ? "page" : undefined}>
      Bench{todo === undefined ? "" : ` (${todo.todos.length})`}
    </a>
  );
}

function ThemeSwitch() {
  const [theme, setTheme] = useState<ThemeChoice>(themeChoice());
  return (
    <label class="theme">
      <span class="visually-hidden">Theme</span>
      <select
        value={theme}
        onChange={(event) => {
          const choice = event.currentTarget.value as ThemeChoice;
          setTheme(choice);
          chooseTheme(choice);
        }}
      >
        <option value="system">System</option>
        <option value="light">Light</option>
        <option value="dark">Dark</option>
      </select>
    </label>
  );
}

/** Who leads, where this daemon stands by or another one does for it. */
function Leader() {
  const leadership = useStore((state) => state.overview?.leadership);
  if (leadership === undefined) return null;
  const { role, leader, standbys } = leadership;
  if (role === "leads") {
    if (standbys.length === 0) return null;
    const names = standbys.map(({ node, behind }) => `${node} (${plural(behind, "event")} behind)`);
    return (
      <p class="leader" role="status">
        Standby: {names.join(", ")}.
      </p>
    );
  }
  return (
    <p class="leader follows" role="status">
      <strong>This daemon stands by and only shows.</strong>{" "}
      {leader === undefined ? "Nobody leads at this moment." : `${leader.node} leads`}
      {leader?.page === undefined ? null : (
        <>
          {": "}
          <a href={leader.page}>{leader.page}</a>
        </>
      )}
    </p>
  );
}

function Alarms() {
  const alarms = useStore((state) => state.overview?.alarms);
  return (
    <div class="alarms" role="alert">
      {(alarms ?? []).map((alarm) => (
        <p key={alarm.alarmId} class={alarm.severity}>
          <strong>{alarm.subject}</strong>: {alarm.text}
        </p>
      ))}
    </div>
  );
}

function Toasts() {
  const toasts = useStore((state) => state.toasts);
  return (
    <div class="toasts" role="status">
      {toasts.map((toast) => (
        <p key={toast.key} class={toast.kind}>
          {toast.text}
        </p>
      ))}
    </div>
  );
}

function usePlace(): [kind: string, id: string | undefined] {
  const [hash, setHash] = useState(location.hash);
  useEffect(() => {
    const update = (): void => setHash(location.hash);
    addEventListener("hashchange", update);
    return () => removeEventListener("hashchange", update);
  }, []);
  return placeIn(hash);
}

function placeIn(hash: string): [kind: string, id: string | undefined] {
  const [kind = "", id] = hash.slice(1).split("/");
  const isOther = kind === "laboratory" || kind === "bench" || kind === "events";
  return isOther ? [kind, undefined] : ["campaign", id];
}

/** The campaign that the address names. */
export function campaignInAddress(): string | undefined {
  return placeIn(location.hash)[1];
}

/** Whether the panel of this campaign is shown, where the address names none as well as where it names this one. */
export function isCampaignShown(campaignId: string): boolean {
  const [kind, id] = placeIn(location.hash);
  return kind === "campaign" && (id === undefined || id === campaignId);
}
