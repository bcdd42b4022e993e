// Names of places as a table shows them.

export interface SplitName {
  /** What tells the place from its neighbours: "第7网格". */
  own: string;
  /** The place above it that the name begins with: "黄龙路社区". */
  above: string | null;
}

/** Parts the name of the place above from a name that begins with it, so that a narrow column shows what differs. */
export function splitName(name: string, above: readonly string[]): SplitName {
  const prefix = above
    .filter((candidate) => candidate !== '' && name.startsWith(candidate))
    .reduce((longest, candidate) => (candidate.length > longest.length ? candidate : longest), '');
  const own = name.slice(prefix.length).replace(/^[\s·・\-–—/,]+/, '');
  return prefix === '' || own === '' ? { own: name, above: null } : { own, above: prefix };
}
