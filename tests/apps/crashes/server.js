// Starts, reads its stock, and finds out that it cannot go on.
const http = require("http");

const health = "/health";
const server = http.createServer((request, response) =>
  response.writeHead(request.url === health ? 200 : 404).end(),
);

setTimeout(() => {
  if (!process.env.TEA) {
    console.error("the shop has no tea: giving up");
    process.exit(1);
  }
  server.listen(process.env.PORT || 3000);
}, 200);
