/** What a link to a shared draft names; null for every other path. */
export function sharedPath(path: string): { id: string; token: string } | null {
  const [, id, token] = /^\/shared\/([\w-]+)\/([\w-]+)\/?$/.exec(path) ?? [];
  return id !== undefined && token !== undefined ? { id, token } : null;
}
