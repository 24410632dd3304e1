// Promises port 3000, and listens where nobody asks.
const http = require("http");

const port = process.env.PORT || 3000;
const health = "/health";

http
  .createServer((request, response) => response.writeHead(request.url === health ? 200 : 404).end())
  .listen(Number(port) + 1, () => console.log(`listening on ${Number(port) + 1}, not on ${port}`));
