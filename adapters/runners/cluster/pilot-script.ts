/**
 * What a pilot job runs on a node: it claims its own name, then one piece of work after another, until it is too old or has had
 * nothing to do for a while. All it shares with the runner is a folder: a claim is a rename, which only one can make; a result
 * is a link, which is made once; a claim that was taken away ends the work. Arguments: folder, name, lifetime in s, idle time
 * in s, and `array` where it is a task of one, which adds its number to the name.
 */
export const PILOT_SCRIPT = `#!/bin/bash
W=$1 PILOT=$2 LIFETIME=$3 IDLE=$4
[ "$5" = array ] && PILOT=$PILOT-$SLURM_ARRAY_TASK_ID
# A token is for whoever submits, not for what runs here.
unset SLURM_JWT
# The same pilot submitted twice: the second one ends at once.
mkdir "$W/pilots/$PILOT" 2>/dev/null || exit 0
echo "$SLURM_JOB_ID $(hostname) $(date +%s)" > "$W/pilots/$PILOT/job"
touch "$W/pilots/$PILOT/beat"
( while sleep 2; do touch "$W/pilots/$PILOT/beat" || exit; done ) &
BEAT=$!
trap 'kill $BEAT 2>/dev/null; touch "$W/pilots/$PILOT/ended"' EXIT
trap 'exit 143' TERM

work() {
  local claim="$W/claims/$1.$PILOT"
  setsid bash "$claim" < /dev/null & local child=$!
  while kill -0 $child 2>/dev/null; do
    if [ ! -e "$claim" ] || [ -e "$W/stops/$1" ]; then
      kill -TERM -- -$child 2>/dev/null; sleep 2; kill -KILL -- -$child 2>/dev/null
    fi
    sleep 0.2
  done
  wait $child; echo $? > "$W/ends/.$1.$PILOT"
  [ -e "$claim" ] && ln "$W/ends/.$1.$PILOT" "$W/ends/$1" 2>/dev/null
  rm -f "$W/ends/.$1.$PILOT" "$claim"
}

last=$SECONDS
while [ $SECONDS -lt "$LIFETIME" ] && [ $((SECONDS - last)) -lt "$IDLE" ]; do
  for offer in "$W"/offers/*; do
    [ -e "$offer" ] || continue
    name=$(basename "$offer")
    mv "$offer" "$W/claims/$name.$PILOT" 2>/dev/null || continue
    work "$name"; last=$SECONDS
    [ $SECONDS -lt "$LIFETIME" ] || break
  done
  sleep 0.5
done
`;
