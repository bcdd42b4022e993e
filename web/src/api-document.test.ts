import { describe, expect, it } from 'vitest';
import { withoutOutsideLinks } from './api-document';

describe('withoutOutsideLinks', () => {
  it('keeps names and drops addresses', () => {
    const cleaned = withoutOutsideLinks({
      openapi: '3.1.0',
      externalDocs: { url: 'https://example.org' },
      info: {
        title: 'Wangge',
        version: '1',
        description: 'x',
        termsOfService: 'https://example.org/terms',
        license: { name: 'MIT OR Apache-2.0', identifier: 'MIT OR Apache-2.0', url: 'https://example.org/mit' },
        contact: { name: 'office', url: 'https://example.org' },
      },
      paths: { '/a': {} },
    });
    expect(cleaned).toEqual({
      openapi: '3.1.0',
      info: {
        title: 'Wangge',
        version: '1',
        license: { name: 'MIT OR Apache-2.0' },
        contact: { name: 'office' },
      },
      paths: { '/a': {} },
    });
  });

  it('leaves anything else to Swagger UI to complain about', () => {
    expect(withoutOutsideLinks(null)).toBeNull();
    expect(withoutOutsideLinks({})).toEqual({});
  });
});
