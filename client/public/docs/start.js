// Starts Swagger UI. It is a file of its own because the page's policy allows no inline script.

// Swagger UI has its dark look behind a class on the root; we follow the reader's system.
const dark = matchMedia('(prefers-color-scheme: dark)');
const follow = () => document.documentElement.classList.toggle('dark-mode', dark.matches);
follow();
dark.addEventListener('change', follow);

window.SwaggerUIBundle({
  // Beside this script's own folder, whatever prefix the service has.
  url: new URL('../../openapi.json', document.currentScript.src).href,
  dom_id: '#docs',
  deepLinking: true,
  // The badge would ask a third party about our interface.
  validatorUrl: null,
});
