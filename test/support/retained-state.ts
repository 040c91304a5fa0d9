import mqtt from "mqtt";
import type { CampaignStatePayload } from "../../src/views/wire-payloads.ts";
import { SITE } from "../contract/brokers.ts";

/** The campaign's state as `tieline status` reads it from the broker, once it is as wanted; the last one after 4 s. */
export async function retainedState(
  url: string,
  campaignId: string,
  isWanted: (state: CampaignStatePayload) => boolean,
): Promise<CampaignStatePayload> {
  const client = await mqtt.connectAsync(url);
  try {
    return await new Promise((resolve, reject) => {
      let last: CampaignStatePayload | undefined;
      const timer = setTimeout(() => {
        if (last === undefined) reject(new Error(`nobody shows ${campaignId}`));
        else resolve(last);
      }, 4000);
      client.on("message", (_, payload) => {
        last = (JSON.parse(payload.toString()) as { data: CampaignStatePayload }).data;
        if (!isWanted(last)) return;
        clearTimeout(timer);
        resolve(last);
      });
      client.subscribe(`tieline/v1/${SITE}/campaign/${campaignId}/state`, { qos: 1 });
    });
  } finally {
    await client.endAsync(true);
  }
}
