/** For output that is on its way. */
const AFTER_ms = 100;

/**
 * Ends the process once a command's work is over, although something would keep it: a device's own timer, a simulation that counts its
 * seconds, a connection of a driver's. What was under way is taken up at the next start, like any other.
 */
export function leaveSoon(): void {
  setTimeout(() => process.exit(), AFTER_ms).unref();
}
