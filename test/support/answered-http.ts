import nock from "nock";
import { afterAll, afterEach, beforeAll } from "vitest";

/**
 * HTTP of this test file is answered by nock. It takes over HTTP of the whole process, which goes on with other files, these with nock too:
 * it is on from the first test to the last and at no other time.
 */
export function answerHttpByNock(): void {
  beforeAll(() => {
    if (!nock.isActive()) nock.activate();
  });
  afterEach(() => nock.cleanAll());
  afterAll(() => {
    nock.enableNetConnect();
    nock.restore();
  });
}
