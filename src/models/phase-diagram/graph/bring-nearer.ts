/**
 * Lowers each point's squared distance to that of the nearest new place. Point by point, so that the places stay at hand, and
 * without a branch: leaving a sum early costs more by wrong guesses than the rest of the sum does.
 *
 * @param distance2 N squared distances, changed in place
 * @param points N x dimension
 */
export function bringNearer(
  distance2: Float64Array,
  points: Float64Array,
  dimension: number,
  places: readonly Float64Array[],
): void {
  if (places.length === 0) return;
  const flat = new Float64Array(places.length * dimension);
  for (const [k, place] of places.entries()) flat.set(place, k * dimension);
  if (dimension === 3) bringNearerInSpace(distance2, points, flat);
  else bringNearerIn(dimension, distance2, points, flat);
}

function bringNearerIn(
  dimension: number,
  distance2: Float64Array,
  points: Float64Array,
  places: Float64Array,
): void {
  for (let i = 0; i < distance2.length; i++) {
    let least = distance2[i]!;
    for (let at = 0; at < places.length; at += dimension) {
      let d2 = 0;
      for (let k = 0; k < dimension; k++) {
        const d = points[i * dimension + k]! - places[at + k]!;
        d2 += d * d;
      }
      least = Math.min(least, d2);
    }
    distance2[i] = least;
  }
}

/** The same for three coordinates: compositions of a ternary and a temperature, the usual large table. */
function bringNearerInSpace(
  distance2: Float64Array,
  points: Float64Array,
  places: Float64Array,
): void {
  for (let i = 0; i < distance2.length; i++) {
    const [x, y, z] = [points[3 * i]!, points[3 * i + 1]!, points[3 * i + 2]!];
    let least = distance2[i]!;
    for (let at = 0; at < places.length; at += 3) {
      const dx = x - places[at]!;
      const dy = y - places[at + 1]!;
      const dz = z - places[at + 2]!;
      least = Math.min(least, dx * dx + dy * dy + dz * dz);
    }
    distance2[i] = least;
  }
}
