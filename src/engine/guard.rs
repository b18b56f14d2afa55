//! The outbound guard (ERR-5): which addresses a flow may call. It judges literal addresses in all spellings,
//! local names, the allowlist, and any scheme but https. Names are never resolved here.

use super::planted::{Flaw, planted};
use crate::trace::{ErrorCode, Failure};
use crate::value::Text;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use url::{Host, Url};

/// The normalised URL, if it may be called.
///
/// Fails with `webhook_url` for text that is no URL, and with `outbound_denied` for a target that is refused.
pub fn admit(text: &str, allowlist: Option<&[Text]>) -> Result<Text, Failure> {
    let url = Url::parse(text).map_err(|error| {
        Failure::new(
            ErrorCode::WebhookUrl,
            format!("`{text}` is no URL: {error}"),
        )
    })?;
    match refusal(&url, allowlist).filter(|_| !planted(Flaw::MockLiftsGuard)) {
        None => Ok(Text::from(url.as_str())),
        Some(why) => Err(Failure::new(
            ErrorCode::OutboundDenied,
            format!("the outbound guard refuses `{text}`: {why}"),
        )),
    }
}

/// A target as it is recorded: normalised, where it is a URL.
pub fn recorded(text: &str) -> Text {
    Url::parse(text).map_or_else(|_| Text::from(text), |url| Text::from(url.as_str()))
}

/// Why a target is refused.
fn refusal(url: &Url, allowlist: Option<&[Text]>) -> Option<String> {
    if url.scheme() != "https" {
        return Some(format!("the scheme is {}, not https", url.scheme()));
    }
    let host = url.host()?;
    match &host {
        Host::Ipv4(address) if !is_public_v4(*address) => {
            return Some(format!("{address} is not a public address"));
        }
        Host::Ipv6(address) if !is_public_v6(*address) => {
            return Some(format!("{address} is not a public address"));
        }
        Host::Domain(name) if is_local_name(name) => {
            return Some(format!("{name} is a name of this machine or its platform"));
        }
        Host::Domain(_) | Host::Ipv4(_) | Host::Ipv6(_) => {}
    }
    let name = host.to_string();
    let listed = allowlist.is_none_or(|list| list.iter().any(|allowed| covers(allowed, &name)));
    (!listed).then(|| format!("{name} is not in `outbound_allowlist`"))
}

/// `host`, or `*.domain` for every name below the domain.
fn covers(allowed: &str, host: &str) -> bool {
    let (allowed, host) = (allowed.to_ascii_lowercase(), host.trim_end_matches('.'));
    match allowed.strip_prefix("*.") {
        Some(domain) => host.strip_suffix(domain).is_some_and(|rest| {
            rest.len() > 1 && rest.ends_with('.') || planted(Flaw::SuffixAllowed)
        }),
        None => allowed == host,
    }
}

fn is_local_name(name: &str) -> bool {
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    name == "localhost" || name.ends_with(".localhost") || name == "metadata.google.internal"
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let shared = a == 100 && (64..128).contains(&b);
    let benchmark = a == 198 && (b == 18 || b == 19);
    let protocol = a == 192 && b == 0 && c == 0;
    !(address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_unspecified()
        || address.is_broadcast()
        || address.is_multicast()
        || a == 0
        || a >= 240
        || shared
        || benchmark
        || protocol)
}

/// Judges the IPv4 address inside where there is one: mapped, compatible, 6to4 and NAT64.
fn is_public_v6(address: Ipv6Addr) -> bool {
    if let Some(inner) = embedded_v4(address).filter(|_| !planted(Flaw::AddressInside)) {
        return is_public_v4(inner);
    }
    let first = address.segments()[0];
    let unique_local = first & 0xfe00 == 0xfc00;
    let link_local = first & 0xffc0 == 0xfe80;
    let site_local = first & 0xffc0 == 0xfec0;
    !(IpAddr::V6(address).is_loopback()
        || IpAddr::V6(address).is_unspecified()
        || IpAddr::V6(address).is_multicast()
        || unique_local
        || link_local
        || site_local)
}

fn embedded_v4(address: Ipv6Addr) -> Option<Ipv4Addr> {
    if IpAddr::V6(address).is_loopback() || IpAddr::V6(address).is_unspecified() {
        return None;
    }
    let s = address.segments();
    let join = |high: u16, low: u16| Ipv4Addr::from((u32::from(high) << 16) | u32::from(low));
    match s {
        [0, 0, 0, 0, 0, 0 | 0xffff, high, low] => Some(join(high, low)),
        [0, 0, 0, 0, 0xffff, 0, high, low] => Some(join(high, low)),
        [0x0064, 0xff9b, .., high, low] => Some(join(high, low)),
        [0x2002, high, low, ..] => Some(join(high, low)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str, allowlist: Option<&[Text]>) -> Option<ErrorCode> {
        admit(text, allowlist).err().map(|failure| failure.code)
    }

    #[test]
    fn public_https_targets_pass() {
        for text in [
            "https://fraud.example.com/v1",
            "https://8.8.8.8/",
            "https://[2606:4700::1111]/",
            "https://localhost.example.com/",
            "https://203.0.113.10/",
        ] {
            assert_eq!(code(text, None), None, "{text}");
        }
    }

    #[test]
    fn every_spelling_of_a_local_address_is_refused() {
        for text in [
            "http://fraud.example.com/",
            "ftp://fraud.example.com/",
            "https://localhost/",
            "https://LOCALHOST./",
            "https://api.localhost/",
            "https://127.0.0.1/",
            "https://127.1/",
            "https://0x7f.1/",
            "https://2130706433/",
            "https://017700000001/",
            "https://10.0.0.5/",
            "https://172.16.3.4/",
            "https://192.168.1.1/",
            "https://169.254.169.254/latest/meta-data",
            "https://metadata.google.internal/",
            "https://0.0.0.0/",
            "https://[::1]/",
            "https://[::]/",
            "https://[::ffff:127.0.0.1]/",
            "https://[::ffff:a9fe:a9fe]/",
            "https://[64:ff9b::10.0.0.1]/",
            "https://[2002:7f00:1::]/",
            "https://[fd00::1]/",
            "https://[fe80::1]/",
            "https://100.64.0.1/",
        ] {
            assert_eq!(code(text, None), Some(ErrorCode::OutboundDenied), "{text}");
        }
    }

    #[test]
    fn text_that_is_no_url_says_so() {
        for text in [
            "",
            "not a url",
            "https://",
            "https://exa mple.com/",
            "/relative",
        ] {
            assert_eq!(code(text, None), Some(ErrorCode::WebhookUrl), "{text}");
        }
    }

    #[test]
    fn the_allowlist_names_hosts_and_domains() {
        let list: Vec<Text> = vec!["fraud.example.com".into(), "*.crm.example.com".into()];
        for (text, expected) in [
            ("https://fraud.example.com/x", None),
            ("https://FRAUD.example.com/x", None),
            ("https://eu.crm.example.com/x", None),
            ("https://crm.example.com/x", Some(ErrorCode::OutboundDenied)),
            (
                "https://evilcrm.example.com/x",
                Some(ErrorCode::OutboundDenied),
            ),
            ("https://8.8.8.8/", Some(ErrorCode::OutboundDenied)),
        ] {
            assert_eq!(code(text, Some(&list)), expected, "{text}");
        }
    }
}
