/**
 * Numbered changes of how the log is folded. A daemon writes with its start by which rules it folds what follows, so that
 * a log replays as it was lived. Each number says what it changed.
 *
 * 1. The beginning.
 * 2. Consent: an approval of batch n covers the points that batch n showed and that still wait; before, one that named
 *    an older batch was refused and one that named none released everything. Replies name the points.
 */
export const RULES = 2;
