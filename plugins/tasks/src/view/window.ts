/** The part of `length` rows that is seen through `height` rows and holds row `focus`, moved as little as possible from `first`. */
export function keepInView(first: number, focus: number, length: number, height: number): number {
  const least = Math.max(0, focus - height + 1);
  const most = Math.max(0, Math.min(focus, length - height));
  return Math.min(Math.max(first, least), most);
}
