/**
 * What a log says happened must follow from it for ever, also after the rules have changed: each run of the daemon notes
 * the number of the rules that it follows, and a replay follows the same. (Temporal's versioning, in one number.)
 *
 * - 1: set points are held against limits as numbers, by the names of the set points alone.
 * - 2: set points are held against births (names, types, units), limits against axes too, results against their goal;
 *      guards; a held job has a deadline; an instrument that counts its states anew is heard.
 * - 3: a start command that a restart or a lost connection may have cost is no sending of its attempt.
 * - 4: an approval of batch n covers the points that batch n showed and that still wait; before, one that named an older
 *      batch was refused. Replies to approvals name their points.
 * - 5: what an instrument says of a job that it was not given touches the instrument alone; before, one that had been
 *      silent could refuse or forget the job of another.
 * - 6: a campaign knows before its start what hinders it; points that were drawn all the same are not dropped for good; a
 *      recipe that brings nothing its goal can use, or whose axes lie outside all instruments' limits, hinders it; a result
 *      of a kind that the goal cannot use suspends at once, until a person resumes;
 *      a start that never began is not sent again while a stop, a pause, a guard, a limit or the hours forbid it; approvals
 *      that expire at one event make one batch.
 * - 7: phases that no reference explains are told apart by their lines and numbered; before, all were `unknown`.
 * - 8: what becomes of a start that was under way when its instrument said that it had no record of the job counts: a refused
 *      one is not sent again under its old name, one that began is on its instrument. Before, such words were not heard.
 * - 9: a job whose start was lost comes back to its old place in the queue; before, to the end.
 * - 10: no sample is made while a later step of its recipe is offered by nobody; before, the first samples were made in the
 *      minute in which instruments may still come. Two spellings of one name are one person where two must agree.
 * - 11: a changed limit in a unit of another kind than its name states is refused; before, it was taken and no start fitted.
 * - 12: an expiry of approvals that is made shorter holds for those that have been given; before, for later ones only.
 * - 13: a start that nobody has answered is not sent again while a stop, a pause, a guard, a limit or the hours forbid it: it is
 *      asked about; before, a pause of the last 10 s was passed over.
 * - 14: an instrument that does not answer about a job is as busy, as safe and in as many hands as it said last; before, it
 *      counted as idle, automatic and safe as soon as it was heard again.
 */
export const BEHAVIOUR = 14;
