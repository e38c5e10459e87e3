/** A point of two numbers of which less is better. */
export interface Place {
  readonly x: number;
  readonly y: number;
}

/** The places that no other one dominates: is nowhere worse and somewhere better. From left to right. */
export function paretoFront<T extends Place>(places: readonly T[]): readonly T[] {
  return places
    .filter((place) => !places.some((other) => dominates(other, place)))
    .sort((a, b) => a.x - b.x || a.y - b.y);
}

const dominates = (one: Place, other: Place): boolean =>
  one.x <= other.x && one.y <= other.y && (one.x < other.x || one.y < other.y);

/**
 * The edge of what a front dominates, corner by corner: down from the upper edge at its first place, and out to the right from its last.
 * @param front from left to right
 * @param ends of the axes, to which the edge goes
 */
export function staircase(front: readonly Place[], [right, top]: readonly [number, number]): readonly Place[] {
  const [first] = front;
  const last = front.at(-1);
  if (first === undefined || last === undefined) return [];
  return [
    { x: first.x, y: top },
    ...front.flatMap((place, index) => {
      const before = front[index - 1];
      return before === undefined ? [place] : [{ x: place.x, y: before.y }, place];
    }),
    { x: right, y: last.y },
  ];
}
