//! ntex with the routes of ../../README.md, on one worker: `rival-ntex PORT`.
use ntex::{util::Bytes, web, web::{App, HttpResponse, HttpServer}};

#[derive(serde::Serialize)]
struct Message {
    message: &'static str,
}

fn text(body: impl Into<ntex::http::body::Body>) -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain; charset=utf-8").body(body.into())
}

#[ntex::main]
async fn main() -> std::io::Result<()> {
    let port: u16 = std::env::args().nth(1).and_then(|text| text.parse().ok()).expect("usage: rival-ntex PORT");
    let (short, long) = (Bytes::from(vec![b'x'; 1024]), Bytes::from(vec![b'x'; 102_400]));
    HttpServer::new(async move || {
        let (short, long) = (short.clone(), long.clone());
        App::new()
            .route("/ping", web::get().to(|| async { text("pong") }))
            .route("/json", web::get().to(|| async { HttpResponse::Ok().json(&Message { message: "pong" }) }))
            .route("/static/1k.txt", web::get().to(move || { let body = short.clone(); async { text(body) } }))
            .route("/static/100k.txt", web::get().to(move || { let body = long.clone(); async { text(body) } }))
            .route("/api/v1/user/{id}", web::get().to(|id: web::types::Path<String>| async { text(id.into_inner()) }))
            .route("/echo", web::post().to(|body: Bytes| async { text(body) }))
    })
    .workers(1)
    .bind(("127.0.0.1", port))?
    .run()
    .await
}
