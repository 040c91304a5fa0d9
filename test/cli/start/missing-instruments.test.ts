import { expect, test } from "vitest";
import { missingCapabilities } from "../../../src/cli/start/missing-instruments.ts";

type View = Parameters<typeof missingCapabilities>[0];

const job = (capability: string, state: string) => ({ capability, state });
const instrument = (connection: string, ...names: string[]) => ({
  connection,
  capabilities: names.map((name) => ({ name })),
});

test("only what waits and what nobody connected offers is missing", () => {
  const view = {
    campaignIdsAtHand: ["a"],
    campaign: () => ({
      jobs: [
        ...[job("quench", "queued"), job("quench", "queued"), job("anneal", "queued")],
        ...[job("diffraction", "queued"), job("synthesise", "awaitingApproval")],
      ],
    }),
    overview: () => ({
      instruments: [instrument("online", "anneal"), instrument("offline", "diffraction")],
    }),
  } as unknown as View;
  expect(missingCapabilities(view)).toEqual([
    { capability: "quench", jobs: 2 },
    { capability: "diffraction", jobs: 1 },
  ]);
});
