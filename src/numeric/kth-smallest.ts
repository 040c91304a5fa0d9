/**
 * The value that `sorted[k]` would be, by partitions (Hoare's FIND, Commun. ACM 4, 321, 1961) with the median of three as pivot:
 * O(n) in the mean, where sorting takes n ln n comparisons. The values are put in another order in place.
 *
 * @param values n numbers, none NaN
 * @param k 0 to n - 1
 */
export function kthSmallest(values: Float64Array, k: number): number {
  let low = 0;
  let high = values.length - 1;
  while (low < high) {
    const pivot = medianOfThree(values[low]!, values[(low + high) >> 1]!, values[high]!);
    let left = low;
    let right = high;
    while (left <= right) {
      while (values[left]! < pivot) left++;
      while (values[right]! > pivot) right--;
      if (left <= right) {
        const held = values[left]!;
        values[left] = values[right]!;
        values[right] = held;
        left++;
        right--;
      }
    }
    if (k <= right) high = right;
    else if (k >= left) low = left;
    else return values[k]!;
  }
  return values[k]!;
}

function medianOfThree(a: number, b: number, c: number): number {
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
}
