//! actix-web with the routes of ../../README.md, on one worker: `rival-actix PORT`.
use actix_web::{web, App, HttpResponse, HttpServer};
use std::time::Duration;

#[derive(serde::Serialize)]
struct Message {
    message: &'static str,
}

fn text(body: impl actix_web::body::MessageBody + 'static) -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain; charset=utf-8").body(body)
}

#[actix_web::main]
async fn main() -> std::io::Result<()> {
    let port = std::env::args().nth(1).and_then(|text| text.parse().ok()).expect("usage: rival-actix PORT");
    let (short, long) = (web::Bytes::from(vec![b'x'; 1024]), web::Bytes::from(vec![b'x'; 102_400]));
    HttpServer::new(move || {
        let (short, long) = (short.clone(), long.clone());
        App::new()
            .route("/ping", web::get().to(|| async { text("pong") }))
            .route("/json", web::get().to(|| async { web::Json(Message { message: "pong" }) }))
            .route("/static/1k.txt", web::get().to(move || { let body = short.clone(); async { text(body) } }))
            .route("/static/100k.txt", web::get().to(move || { let body = long.clone(); async { text(body) } }))
            .route("/api/v1/user/{id}", web::get().to(|id: web::Path<String>| async { text(id.into_inner()) }))
            .route("/echo", web::post().to(|body: web::Bytes| async { text(body) }))
    })
    .workers(1)
    .keep_alive(Duration::from_secs(75))
    .bind(("127.0.0.1", port))?
    .run()
    .await
}
