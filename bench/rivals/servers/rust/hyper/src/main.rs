//! hyper with the routes of ../../README.md, on one thread: `rival-hyper PORT`.
use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::{header, Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};

#[derive(serde::Serialize)]
struct Message {
    message: &'static str,
}

fn answer(status: StatusCode, kind: &'static str, body: Bytes) -> Response<Full<Bytes>> {
    Response::builder().status(status).header(header::CONTENT_TYPE, kind).body(Full::new(body)).expect("a valid answer")
}

fn text(body: impl Into<Bytes>) -> Response<Full<Bytes>> {
    answer(StatusCode::OK, "text/plain; charset=utf-8", body.into())
}

async fn serve(request: Request<Incoming>, short: Bytes, long: Bytes) -> Result<Response<Full<Bytes>>, hyper::Error> {
    let path = request.uri().path();
    Ok(match (request.method(), path) {
        (&Method::GET | &Method::HEAD, "/ping") => text("pong"),
        (&Method::GET | &Method::HEAD, "/json") => {
            let body = serde_json::to_vec(&Message { message: "pong" }).expect("a valid message");
            answer(StatusCode::OK, "application/json; charset=utf-8", body.into())
        }
        (&Method::GET | &Method::HEAD, "/static/1k.txt") => text(short),
        (&Method::GET | &Method::HEAD, "/static/100k.txt") => text(long),
        (&Method::POST, "/echo") => text(request.into_body().collect().await?.to_bytes()),
        (&Method::GET | &Method::HEAD, _) if path.starts_with("/api/v1/user/") => text(path["/api/v1/user/".len()..].to_owned()),
        _ => answer(StatusCode::NOT_FOUND, "text/plain; charset=utf-8", Bytes::from_static(b"404 page not found")),
    })
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::io::Result<()> {
    let port: u16 = std::env::args().nth(1).and_then(|text| text.parse().ok()).expect("usage: rival-hyper PORT");
    let (short, long) = (Bytes::from(vec![b'x'; 1024]), Bytes::from(vec![b'x'; 102_400]));
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await?;
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let (short, long) = (short.clone(), long.clone());
        let service = hyper::service::service_fn(move |request| serve(request, short.clone(), long.clone()));
        tokio::spawn(async move {
            let connection = hyper::server::conn::http1::Builder::new().timer(TokioTimer::new()).pipeline_flush(true)
                .serve_connection(TokioIo::new(stream), service);
            let _ = connection.await; // a client that ends early is no fault of the server
        });
    }
}
