// Bun's own server with the routes of ../README.md: `bun bun.js PORT`.
const type = (name) => ({ headers: { "Content-Type": name } });
const text = type("text/plain; charset=utf-8");
const missing = () => new Response("404 page not found", { status: 404, ...text });
const short = Buffer.alloc(1024, "x");
const long = Buffer.alloc(102400, "x");

const only = (methods, serve) => (request) => (methods.includes(request.method) ? serve(request) : missing());
const get = (serve) => only(["GET", "HEAD"], serve);

Bun.serve({
  hostname: "127.0.0.1",
  port: Number(process.argv[2]),
  idleTimeout: 75,
  routes: {
    "/ping": get(() => new Response("pong", text)),
    "/json": get(() => Response.json({ message: "pong" })),
    "/static/1k.txt": get(() => new Response(short, text)),
    "/static/100k.txt": get(() => new Response(long, text)),
    "/api/v1/user/:id": get((request) => new Response(request.params.id, text)),
    "/echo": only(["POST"], async (request) => new Response(await request.arrayBuffer(), text)),
  },
  fetch: missing,
});
