// The browsable page of the API: Swagger UI over the server's own OpenAPI document, nothing from elsewhere.
import SwaggerUI from 'swagger-ui-dist/swagger-ui-es-bundle.js';
import 'swagger-ui-dist/swagger-ui.css';
import { withoutOutsideLinks } from './api-document';
import './api-page.css';

const DOCUMENT = '/api/openapi.json';

async function show(): Promise<void> {
  const response = await fetch(DOCUMENT);
  const spec: unknown = await response.json();
  SwaggerUI({
    spec: withoutOutsideLinks(spec),
    dom_id: '#api',
    deepLinking: true,
    docExpansion: 'list',
    // The default sends the document to a validator elsewhere.
    validatorUrl: null,
  });
}

show().catch((cause: unknown) => {
  const place = document.querySelector('#api');
  if (place) place.textContent = `${DOCUMENT}: ${String(cause)}`;
});
