// The browsable page of the API: Swagger UI over the server's own OpenAPI document, nothing from elsewhere.
import SwaggerUI from 'swagger-ui-dist/swagger-ui-es-bundle.js';
import 'swagger-ui-dist/swagger-ui.css';
import './api-page.css';

SwaggerUI({
  url: '/api/openapi.json',
  dom_id: '#api',
  deepLinking: true,
  docExpansion: 'list',
  // The default sends the document to a validator elsewhere.
  validatorUrl: null,
});
