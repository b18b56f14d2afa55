//! A request of the engine as HTTP/1.1 carries it. Its host is a header, for the connection goes to the
//! loopback interface whatever the host is. What HTTP cannot carry stays out, and is not compared:
//! fragment and user of the URL, headers of the transport's own, names and values that HTTP does not know.

use crate::engine::Request;
use crate::value::{Text, Value, to_json_text};
use http_body_util::Full;
use hyper::body::Bytes;
use hyper::header::{HOST, HeaderMap, HeaderName, HeaderValue};
use hyper::{Method, Uri};
use url::{Position, Url};

/// Every header that is not part of the flow begins so.
pub(super) const OWN: &str = "x-flowproof-";

/// Headers that steer the connection itself.
const TRANSPORT: &[&str] = &[
    "connection",
    "content-length",
    "expect",
    "host",
    "keep-alive",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// More headers, or more bytes of them, than any server has to take.
const MAX_HEADERS: usize = 64;
const MAX_HEADER_BYTES: usize = 32 * 1024;

/// A request, ready to be sent.
#[derive(Debug)]
pub(super) struct Envelope {
    pub method: Method,
    /// Path and query.
    pub target: Uri,
    /// Header and value, the host among them.
    pub headers: Vec<(HeaderName, HeaderValue)>,
    pub body: Bytes,
}

impl Envelope {
    /// Takes what HTTP can carry.
    pub fn new(request: &Request) -> Self {
        let url = Url::parse(&request.url).ok();
        let host = url
            .as_ref()
            .map(|url| &url[Position::BeforeHost..Position::AfterPort])
            .and_then(|host| HeaderValue::from_str(host).ok());
        let mut headers = carried(&request.headers);
        headers.extend(host.map(|host| (HOST, host)));
        let target = url
            .and_then(|url| url[Position::BeforePath..Position::AfterQuery].parse().ok())
            .unwrap_or_else(|| Uri::from_static("/"));
        Envelope {
            method: method(&request.method),
            target,
            headers,
            body: body(request.body.as_ref()),
        }
    }

    /// The request, with headers of our own.
    pub fn request(&self, own: &[(&'static str, u64)]) -> hyper::Request<Full<Bytes>> {
        let mut request = hyper::Request::new(Full::new(self.body.clone()));
        *request.method_mut() = self.method.clone();
        *request.uri_mut() = self.target.clone();
        let headers = request.headers_mut();
        for (name, value) in own {
            headers.append(*name, HeaderValue::from(*value));
        }
        for (name, value) in &self.headers {
            headers.append(name, value.clone());
        }
        request
    }

    /// Whether a request that arrived is this one.
    pub fn is(&self, arrived: &wiremock::Request) -> bool {
        let target = &arrived.url[Position::BeforePath..Position::AfterQuery];
        self.method == arrived.method
            && self.target == *target
            && has_all(&arrived.headers, &self.headers)
            && self.body == arrived.body
    }
}

/// Whether all of these headers are there.
pub(super) fn has_all(found: &HeaderMap, wanted: &[(HeaderName, HeaderValue)]) -> bool {
    wanted
        .iter()
        .all(|(name, value)| found.get_all(name).iter().any(|found| found == value))
}

/// The headers that HTTP can carry, without blanks around the values.
pub(super) fn carried(headers: &[(Text, Text)]) -> Vec<(HeaderName, HeaderValue)> {
    let mut bytes = 0;
    headers
        .iter()
        .filter(|(name, _)| !TRANSPORT.contains(&&**name) && !name.starts_with(OWN))
        .filter_map(|(name, value)| {
            let value = value.trim_matches([' ', '\t']).as_bytes();
            Some((
                HeaderName::from_bytes(name.as_bytes()).ok()?,
                HeaderValue::from_bytes(value).ok()?,
            ))
        })
        .take_while(|(name, value)| {
            bytes += name.as_str().len() + value.len();
            bytes <= MAX_HEADER_BYTES
        })
        .take(MAX_HEADERS)
        .collect()
}

/// `CONNECT` asks for a tunnel and some words are no methods: `POST` stands for them.
fn method(name: &str) -> Method {
    Method::from_bytes(name.as_bytes())
        .ok()
        .filter(|method| *method != Method::CONNECT)
        .unwrap_or(Method::POST)
}

/// Text as it is, else JSON.
fn body(body: Option<&Value>) -> Bytes {
    match body {
        None => Bytes::new(),
        Some(Value::Text(text)) => Bytes::copy_from_slice(text.as_bytes()),
        Some(value) => Bytes::from(to_json_text(value)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_http_cannot_carry_stays_out() {
        let long = "x".repeat(MAX_HEADER_BYTES);
        let headers: Vec<(Text, Text)> = [
            ("content-length", "5"),
            ("x-flowproof-ticket", "1"),
            ("bad name", "a"),
            ("x-lines", "a\nb"),
            ("x-blanks", " a b\t"),
            ("x-word", "grün"),
            ("x-long", &long),
            ("x-behind", "a"),
        ]
        .map(|(name, value)| (name.into(), value.into()))
        .into();
        let carried: Vec<_> = carried(&headers)
            .into_iter()
            .map(|(name, value)| (name.to_string(), value.as_bytes().to_vec()))
            .collect();
        assert_eq!(
            carried,
            [
                ("x-blanks".to_owned(), b"a b".to_vec()),
                ("x-word".to_owned(), "grün".as_bytes().to_vec()),
            ]
        );
    }

    #[test]
    fn the_host_is_a_header_and_the_rest_of_the_url_the_target() {
        let very_long = format!("https://a.example/{}", "x".repeat(70_000));
        for (url, host, target) in [
            (
                "https://a.example/v1?q=a%20b#part",
                "a.example",
                "/v1?q=a%20b",
            ),
            ("https://u:p@a.example:8443/", "a.example:8443", "/"),
            ("https://[2606:4700::1111]/x|y", "[2606:4700::1111]", "/x|y"),
            ("https://a.example//b", "a.example", "//b"),
            (&very_long, "a.example", "/"),
        ] {
            let request = Request {
                block: "b".into(),
                method: "PATCH".into(),
                url: url.into(),
                headers: Vec::new(),
                body: None,
            };
            let envelope = Envelope::new(&request);
            let host = HeaderValue::from_str(host).expect("plain");
            assert_eq!(envelope.headers, [(HOST, host)]);
            assert_eq!(envelope.target.to_string(), target);
        }
    }

    #[test]
    fn words_that_are_no_methods_travel_as_post() {
        for (name, sent) in [
            ("DELETE", "DELETE"),
            ("PURGE", "PURGE"),
            ("CONNECT", "POST"),
            ("A B", "POST"),
            ("", "POST"),
        ] {
            assert_eq!(method(name).as_str(), sent, "{name}");
        }
    }
}
