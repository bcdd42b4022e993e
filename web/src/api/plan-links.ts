// Addresses of the planner's part of the API.
const ROOT = '/api/v1';

export const plansLink = (): string => `${ROOT}/plans`;
export const baseGridsLink = (version: number): string => `${ROOT}/layers/grids.geojson?version=${String(version)}`;

/** `rest` begins with a slash; parameters without a value are left out. */
export function planLink(id: string, rest = '', query: Record<string, string | number | undefined> = {}): string {
  const parameters = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) if (value !== undefined) parameters.set(key, String(value));
  const text = parameters.toString();
  return `${ROOT}/plans/${encodeURIComponent(id)}${rest}${text === '' ? '' : `?${text}`}`;
}

export function sharedLink(id: string, token: string, rest = ''): string {
  return `${ROOT}/shared/${encodeURIComponent(id)}/${encodeURIComponent(token)}${rest}`;
}

export const compareLink = (a: string, b: string): string =>
  `${ROOT}/compare?${new URLSearchParams({ a, b }).toString()}`;

export const restoreLink = (version: number): string => `${ROOT}/versions/${String(version)}/restore`;
