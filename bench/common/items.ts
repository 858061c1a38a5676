/** Returns the item at an index, counted from the end if it is negative; throws where there is none. */
export function item<T>(items: readonly T[], index: number): NonNullable<T> {
  const found = items.at(index);
  if (found !== undefined && found !== null) return found;
  throw new RangeError(`There is no item ${index} among ${items.length}.`);
}

/** Returns the whole numbers from `first` on, `count` of them. */
export function numbersFrom(first: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => first + index);
}
