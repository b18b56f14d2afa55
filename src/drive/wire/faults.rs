//! What wiremock cannot do: a port at which every connection ends badly, and one at which none begins.
//! A request is read to its end before, so that what the caller meets does not depend on who is faster.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::time::sleep;

/// The header that says how the connection ends.
pub(super) const FAULT: &str = "x-flowproof-fault";
/// The header that says after how many microseconds.
pub(super) const HOLD: &str = "x-flowproof-hold";

/// The longest head that is read.
const MAX_HEAD: usize = 256 * 1024;

/// How a connection ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trouble {
    /// With an RST.
    Reset,
    /// With bytes that are not HTTP.
    Malformed,
    /// Without an answer.
    Empty,
    /// When the caller gives up.
    Silence,
}

impl Trouble {
    /// As a header carries it.
    pub fn code(self) -> u64 {
        match self {
            Trouble::Reset => 1,
            Trouble::Malformed => 2,
            Trouble::Empty => 3,
            Trouble::Silence => 4,
        }
    }

    fn of_code(code: u64) -> Self {
        [Trouble::Reset, Trouble::Malformed, Trouble::Empty]
            .into_iter()
            .find(|trouble| trouble.code() == code)
            .unwrap_or(Trouble::Silence)
    }
}

/// A port that is taken and at which nobody listens.
#[derive(Debug)]
pub(super) struct ClosedPort {
    /// Keeps the port.
    _socket: TcpSocket,
    pub address: SocketAddr,
}

impl ClosedPort {
    pub fn open() -> io::Result<Self> {
        let socket = TcpSocket::new_v4()?;
        socket.bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))?;
        let address = socket.local_addr()?;
        Ok(ClosedPort {
            _socket: socket,
            address,
        })
    }
}

/// Takes connections, each of which ends as its request says.
pub(super) async fn serve(listener: TcpListener) {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => drop(tokio::spawn(attend(stream))),
            // Out of file descriptors, or the caller is gone already.
            Err(_) => sleep(Duration::from_millis(5)).await,
        }
    }
}

/// A caller that is gone needs no answer: errors end the connection.
async fn attend(mut stream: TcpStream) {
    let Ok(head) = read_request(&mut stream).await else {
        return;
    };
    let trouble = Trouble::of_code(number(&head, FAULT).unwrap_or_default());
    sleep(Duration::from_micros(
        number(&head, HOLD).unwrap_or_default(),
    ))
    .await;
    match trouble {
        Trouble::Reset => drop(stream.set_zero_linger()),
        Trouble::Malformed => {
            drop(stream.write_all(b"<this is not HTTP>\r\n\r\n").await);
            drop(stream.shutdown().await);
        }
        Trouble::Empty => drop(stream.shutdown().await),
        Trouble::Silence => {
            let mut rest = [0; 64];
            while stream.read(&mut rest).await.is_ok_and(|read| read > 0) {}
        }
    }
}

/// Reads head and body; gives back the head.
async fn read_request(stream: &mut TcpStream) -> io::Result<String> {
    let mut bytes = Vec::new();
    let end = loop {
        let searched = bytes.len().saturating_sub(3);
        if stream.read_buf(&mut bytes).await? == 0 || bytes.len() > MAX_HEAD {
            return Err(io::ErrorKind::InvalidData.into());
        }
        let found = bytes[searched..].windows(4).position(|w| w == b"\r\n\r\n");
        if let Some(at) = found {
            break searched + at + 4;
        }
    };
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let mut left = number(&head, "content-length")
        .unwrap_or_default()
        .saturating_sub((bytes.len() - end) as u64);
    bytes.resize(16 * 1024, 0);
    while left > 0 {
        let read = stream.read(&mut bytes).await?;
        if read == 0 {
            break;
        }
        left = left.saturating_sub(read as u64);
    }
    Ok(head)
}

/// The number in a header.
fn number(head: &str, name: &str) -> Option<u64> {
    let value = head.lines().find_map(|line| {
        let (key, value) = line.split_once(':')?;
        key.eq_ignore_ascii_case(name).then_some(value)
    });
    value?.trim().parse().ok()
}
