import { openEventLog } from "../../adapters/storage/open-event-log.ts";
import type { Logger } from "../core/logger.ts";
import { applyEvent } from "../runtime/apply-event.ts";
import { createLab } from "../runtime/lab.ts";
import { createStoryFold, type LogStory } from "../views/log-story.ts";

/** Replays a log, read-only, for the story of one of its campaigns. TL-4001 where there is none. */
export async function readStory(
  address: string,
  campaignId: string,
  logger: Logger,
): Promise<LogStory> {
  const log = await openEventLog({ address, logger, readOnly: true });
  const lab = createLab();
  const fold = createStoryFold(campaignId);
  try {
    for await (const event of log.read()) {
      applyEvent(lab, event);
      // What a decision covered is known once the machines have seen it.
      const { fact } = event;
      const reply = fact.type === "operator.command" ? lab.replies.get(fact.commandId) : undefined;
      fold.fold(event, reply);
    }
  } finally {
    await log.close();
  }
  return fold.story();
}
