//! An application that answers with what it received: behind both sides it shows what each makes of a request.

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;

use crate::error::Result;

/// Serves until it is stopped.
///
/// # Errors
/// When the listener breaks.
pub async fn serve(listener: TcpListener) -> Result<()> {
    loop {
        let (line, _) = listener.accept().await.map_err(anyhow::Error::from)?;
        tokio::spawn(async move {
            let answering = service_fn(|request: hyper::Request<Incoming>| async move { answer(&request) });
            // A client that goes away is no failure of the server's.
            drop(http1::Builder::new().serve_connection(TokioIo::new(line), answering).await);
        });
    }
}

fn answer(request: &hyper::Request<Incoming>) -> Result<hyper::Response<Full<Bytes>>, hyper::http::Error> {
    let headers: Vec<(String, String)> = request
        .headers()
        .iter()
        .map(|(name, value)| {
            (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
        })
        .collect();
    let body = serde_json::json!({
        "method": request.method().as_str(),
        "target": request.uri().to_string(),
        "headers": headers,
    });
    hyper::Response::builder()
        .header("content-type", "application/json")
        .body(Full::new(Bytes::from(body.to_string())))
}
