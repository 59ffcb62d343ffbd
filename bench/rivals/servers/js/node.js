// Node's own server with the routes of ../README.md: `node node.js PORT`.
const { createServer } = require("node:http");

const text = "text/plain; charset=utf-8";
const users = "/api/v1/user/";
const fixed = new Map([
  ["/ping", Buffer.from("pong")],
  ["/static/1k.txt", Buffer.alloc(1024, "x")],
  ["/static/100k.txt", Buffer.alloc(102400, "x")],
]);

function answer(response, status, type, body) {
  response.writeHead(status, { "Content-Type": type, "Content-Length": Buffer.byteLength(body) });
  response.end(body);
}

function serve(request, response) {
  const { method, url } = request;
  if (method === "POST" && url === "/echo") {
    const pieces = [];
    request.on("data", (piece) => pieces.push(piece));
    request.on("end", () => answer(response, 200, text, Buffer.concat(pieces)));
  } else if (method !== "GET" && method !== "HEAD") {
    answer(response, 404, text, "404 page not found");
  } else if (url === "/json") {
    answer(response, 200, "application/json; charset=utf-8", JSON.stringify({ message: "pong" }));
  } else if (fixed.has(url)) {
    answer(response, 200, text, fixed.get(url));
  } else if (url.startsWith(users)) {
    answer(response, 200, text, url.slice(users.length));
  } else {
    answer(response, 404, text, "404 page not found");
  }
}

const server = createServer(serve);
server.keepAliveTimeout = 75000;
server.listen(Number(process.argv[2]), "127.0.0.1", 1024);
