/** One page of the selected events. This many keep the first view below 100 KB. */
export const PER_PAGE = 50;

export interface Paged<T> {
  items: T[];
  /** The page's number from 1; the last page if a later one was requested. */
  page: number;
  pages: number;
}

export function pageOf<T>(items: readonly T[], asked: number): Paged<T> {
  const pages = Math.max(1, Math.ceil(items.length / PER_PAGE));
  const page = Math.min(asked, pages);
  return { items: items.slice((page - 1) * PER_PAGE, page * PER_PAGE), page, pages };
}
