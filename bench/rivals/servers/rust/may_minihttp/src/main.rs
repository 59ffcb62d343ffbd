//! may_minihttp with the routes of ../../README.md, on one worker thread: `rival-may_minihttp PORT`.
use may_minihttp::{HttpService, HttpServiceFactory, Request, Response};
use std::io::{self, Read};

const TEXT: &str = "Content-Type: text/plain; charset=utf-8";
const SHORT: [u8; 1024] = [b'x'; 1024];
static LONG: [u8; 102_400] = [b'x'; 102_400];

#[derive(serde::Serialize)]
struct Message {
    message: &'static str,
}

struct Routes;

fn as_text(bytes: &'static [u8]) -> &'static str {
    std::str::from_utf8(bytes).expect("ASCII")
}

impl HttpService for Routes {
    fn call(&mut self, request: Request, response: &mut Response) -> io::Result<()> {
        match (request.method(), request.path()) {
            ("GET", "/ping") => response.header(TEXT).body("pong"),
            ("GET", "/json") => {
                response.header("Content-Type: application/json; charset=utf-8");
                response.body_vec(serde_json::to_vec(&Message { message: "pong" })?);
            }
            ("GET", "/static/1k.txt") => response.header(TEXT).body(as_text(&SHORT)),
            ("GET", "/static/100k.txt") => response.header(TEXT).body(as_text(&LONG)),
            ("POST", "/echo") => {
                let mut body = Vec::new();
                request.body().read_to_end(&mut body)?;
                response.header(TEXT).body_vec(body);
            }
            ("GET", path) if path.starts_with("/api/v1/user/") => {
                response.header(TEXT).body_vec(path["/api/v1/user/".len()..].as_bytes().to_vec());
            }
            _ => response.status_code(404, "Not Found").header(TEXT).body("404 page not found"),
        }
        Ok(())
    }
}

struct Factory;

impl HttpServiceFactory for Factory {
    type Service = Routes;
    fn new_service(&self, _id: usize) -> Routes {
        Routes
    }
}

fn main() {
    let port: u16 = std::env::args().nth(1).and_then(|text| text.parse().ok()).expect("usage: rival-may_minihttp PORT");
    may::config().set_workers(1).set_pool_capacity(1000).set_stack_size(0x1000);
    let server = Factory.start(("127.0.0.1", port)).expect("the port is free");
    server.join().expect("the server runs");
}
