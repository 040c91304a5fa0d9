import { wayInWords } from "../../../src/domain/campaign-status.ts";
import { reasonInWords } from "../../../src/domain/reason.ts";
import type { InstrumentDetailView } from "../../../src/views/instrument-view.ts";
import { formatNumber } from "../../../src/views/observation-summary.ts";
import { phaseColour } from "../../../src/views/pictures/palette.ts";
import { LinePlot } from "./line-plot.tsx";
import { Scroll } from "./scroll.tsx";
import { useStore } from "./store.ts";
import { clockTime, percent, plural, stateInWords, toneOf } from "./words.ts";

/** Instruments, the queue, and what could not be understood. */
export function LaboratoryPanel() {
  const overview = useStore((state) => state.overview);
  const instruments = useStore((state) => state.instruments);
  if (overview === undefined) return null;
  return (
    <div class="laboratory">
      <h1>Laboratory {overview.site}</h1>
      <div class="instruments">
        {overview.instruments.map((instrument) => (
          <InstrumentCard
            key={instrument.instrumentId}
            instrument={{ traces: [], ...instruments.get(instrument.instrumentId), ...instrument }}
          />
        ))}
      </div>
      <Queue />
      <Quarantine />
    </div>
  );
}

function InstrumentCard({ instrument }: { readonly instrument: InstrumentDetailView }) {
  const { instrumentId, kind, connection, operation, control, safety, jobId, fraction, traces } =
    instrument;
  const words = [connection, operation, control, safety === "ok" ? "" : safety].filter(
    (w) => w !== "",
  );
  const main = connection !== "online" ? connection : safety !== "ok" ? safety : operation;
  const tone =
    connection !== "online" || safety !== "ok"
      ? "bad"
      : operation === "busy"
        ? "busy"
        : toneOf(operation);
  return (
    <section class="card instrument" aria-label={`Instrument ${instrumentId}`}>
      <div class="title-row">
        <h2>{instrumentId}</h2>
        <span class={`state ${tone}`}>{stateInWords(main)}</span>
      </div>
      <p class="quiet">
        {kind}
        {instrument.simulated ? ", simulated" : ""}: {words.join(", ")}
      </p>
      {(instrument.reasons ?? []).map((reason) => (
        <p key={reason.text} class="problem">
          {reasonInWords(reason)}
        </p>
      ))}
      {(instrument.upkeep ?? []).map((text) => (
        <p key={text} class="quiet">
          {text}
        </p>
      ))}
      <Guards instrument={instrument} />
      {jobId === undefined ? null : (
        <p>
          <span class="parameters">{jobId}</span>{" "}
          {fraction === undefined ? null : (
            <>
              <progress max={1} value={fraction} aria-label={`Progress of ${jobId}`} />{" "}
              {percent(fraction)}
            </>
          )}{" "}
          {instrument.text}
        </p>
      )}
      {traces.map((trace, k) => (
        <div key={trace.channel}>
          {trace.values.length < 2 ? null : (
            <LinePlot
              x={trace.time_ms}
              isTime
              xName=""
              name={`${instrumentId}-${trace.channel}`}
              height={120}
              label={`${trace.channel} of ${instrumentId} in ${trace.unit}`}
              lines={[
                {
                  name: `${trace.channel} in ${trace.unit}`,
                  colour: phaseColour(5 + k),
                  values: trace.values,
                },
              ]}
            />
          )}
        </div>
      ))}
      <p class="quiet">
        {plural(instrument.counts.results, "result")},{" "}
        {plural(instrument.counts.failures, "failure")}
        {instrument.seen_ms > 0 ? `, last heard ${clockTime(instrument.seen_ms)}` : ""}
      </p>
    </section>
  );
}

/** What guards the instrument: channel, last reading, what is allowed, what happens else, whether it holds and since when. */
function Guards({ instrument }: { readonly instrument: InstrumentDetailView }) {
  const { guards = [], readings, instrumentId } = instrument;
  if (guards.length === 0) return null;
  const read = (channel: string): string => {
    const reading = readings.find((one) => one.channel === channel);
    return reading === undefined
      ? "not told yet"
      : `${formatNumber(reading.value)} ${reading.unit}`;
  };
  return (
    <Scroll label={`Guards of ${instrumentId}`}>
      <table aria-label={`Guards of ${instrumentId}`}>
        <thead>
          <tr>
            <th scope="col">Guard</th>
            <th scope="col">Reading</th>
            <th scope="col">Allowed</th>
            <th scope="col">Else</th>
            <th scope="col">State</th>
          </tr>
        </thead>
        <tbody>
          {guards.map(({ guardId, campaignId, channel, allowed, action, tripped }) => (
            <tr key={guardId}>
              <td>
                {channel}
                {campaignId === undefined ? null : <div class="quiet">of {campaignId}</div>}
              </td>
              <td class="number">{read(channel)}</td>
              <td>{allowed}</td>
              <td>{action}</td>
              <td>
                <span class={`state ${tripped === undefined ? "good" : "bad"}`}>
                  {tripped === undefined ? "holds" : "tripped"}
                </span>
                {tripped === undefined ? null : (
                  <div class="quiet">since {clockTime(tripped.since_ms)}</div>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

function Queue() {
  const campaigns = useStore((state) => state.campaigns);
  const jobs = [...campaigns.values()].flatMap((c) =>
    c.jobs.map((job) => ({ ...job, title: c.title })),
  );
  return (
    <section class="card" aria-labelledby="queue">
      <h2 id="queue">Jobs: {jobs.length}</h2>
      {jobs.length === 0 ? (
        <p class="quiet">Nothing is asked for.</p>
      ) : (
        <Scroll label="Jobs">
          <table>
            <thead>
              <tr>
                <th scope="col">Job</th>
                <th scope="col">Campaign</th>
                <th scope="col">Step</th>
                <th scope="col">Instrument</th>
                <th scope="col">State</th>
                <th scope="col">Attempt</th>
              </tr>
            </thead>
            <tbody>
              {jobs.map((job) => (
                <tr key={job.jobId}>
                  <td class="parameters">{job.jobId}</td>
                  <td>{job.title}</td>
                  <td>
                    {job.capability} ({job.step + 1} of {job.steps})
                  </td>
                  <td>
                    {job.way === undefined
                      ? (job.instrumentId ?? job.waitsFor ?? "none yet")
                      : wayInWords(job.way)}
                    {(job.conversions ?? []).map((text) => (
                      <p class="quiet" key={text}>
                        {text}
                      </p>
                    ))}
                  </td>
                  <td>
                    <span class={`state ${toneOf(job.state)}`}>{stateInWords(job.state)}</span>{" "}
                    {job.fraction === undefined ? "" : percent(job.fraction)}
                  </td>
                  <td class="number">{job.attempt}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
    </section>
  );
}

function Quarantine() {
  const overview = useStore((state) => state.overview);
  if (overview === undefined) return null;
  const { quarantine, counters } = overview;
  return (
    <section class="card" aria-labelledby="quarantine">
      <h2 id="quarantine">Quarantine: {counters.quarantined}</h2>
      <p class="quiet">
        Messages that could not be understood; kept, never dropped.{" "}
        {plural(counters.duplicates, "repeated message")} recognised.
      </p>
      {quarantine.length === 0 ? null : (
        <Scroll label="Messages that were kept out">
          <table>
            <thead>
              <tr>
                <th scope="col">Time</th>
                <th scope="col">Topic</th>
                <th scope="col">Reason</th>
                <th scope="col">Bytes</th>
              </tr>
            </thead>
            <tbody>
              {[...quarantine].reverse().map((line) => (
                <tr key={line.position}>
                  <td>{clockTime(line.time_ms)}</td>
                  <td class="parameters">{line.topic}</td>
                  <td>{stateInWords(line.reason)}</td>
                  <td class="number">{line.bytes}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
    </section>
  );
}
