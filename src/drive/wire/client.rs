//! Sends one request over a connection of its own, and tells what it met. Nothing is retried or followed.

use super::met::Met;
use crate::engine::CallFault;
use crate::profile::RESPONSE_BODY;
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use std::error::Error;
use std::net::SocketAddr;
use tokio::net::TcpStream;

/// Sends a request to an address.
pub(super) async fn send(address: SocketAddr, request: Request<Full<Bytes>>) -> Met {
    match ask(address, request).await {
        Ok(met) => met,
        Err(error) => Met::of_error(&*error),
    }
}

async fn ask(
    address: SocketAddr,
    request: Request<Full<Bytes>>,
) -> Result<Met, Box<dyn Error + Send + Sync>> {
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    let exchange = async {
        let answer = sender.send_request(request).await?;
        drop(sender);
        read(answer).await
    };
    tokio::pin!(exchange, connection);
    tokio::select! {
        biased;
        met = &mut exchange => return met,
        // What ends a connection is told to the request that it carries.
        _ = &mut connection => {}
    }
    exchange.await
}

/// Reads an answer, up to the limit of bodies (BUD-7).
async fn read(answer: Response<Incoming>) -> Result<Met, Box<dyn Error + Send + Sync>> {
    let (head, body) = answer.into_parts();
    match Limited::new(body, RESPONSE_BODY).collect().await {
        Ok(body) => Ok(Met::Answer {
            status: head.status,
            headers: head.headers,
            body: body.to_bytes(),
        }),
        Err(error) if error.is::<LengthLimitError>() => Ok(Met::Fault(CallFault::TooLarge)),
        Err(error) => Err(error),
    }
}
