const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

const without = (value: Record<string, unknown>, fields: readonly string[]): Record<string, unknown> =>
  Object.fromEntries(Object.entries(value).filter(([key]) => !fields.includes(key)));

/**
 * The document without addresses of other sites, which nobody can reach from an office's own network; of a licence's
 * `identifier` Swagger UI makes one itself. The introduction stands above, in two languages.
 */
export function withoutOutsideLinks(document: unknown): unknown {
  if (!isObject(document)) return document;
  const rest = without(document, ['externalDocs']);
  if (!isObject(rest['info'])) return rest;
  const info = Object.entries(without(rest['info'], ['termsOfService', 'description'])).map(([key, value]) => [
    key,
    isObject(value) ? without(value, ['url', 'identifier']) : value,
  ]);
  return { ...rest, info: Object.fromEntries(info) as unknown };
}
