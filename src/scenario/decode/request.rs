//! `request` and `client`: presets, overlays and defaults, as maps of `event`.

use crate::diagnostic::Diagnostics;
use crate::document::{Fields, Node};
use crate::scenario::keys::{ASN, CLIENT, DEVICE, GEO, REQUEST};
use crate::value::{Map, Text, Value};

/// `event.request` and `event.client`.
pub fn decode(fields: &Fields, diagnostics: &mut Diagnostics) -> (Map, Map) {
    let (request, name) = match fields.node("request") {
        None => (preset("us"), Some(Text::from("us"))),
        Some(node) => match node.as_text() {
            Some(name) => (preset(name), Some(name.clone())),
            None => object(node, diagnostics),
        },
    };
    let mut client = default_client(name.as_deref() == Some("m2m"));
    if let Some(node) = fields.node("client") {
        Fields::open(node, &CLIENT, diagnostics);
        overlay(&mut client, &node.to_value());
    }
    (request, client)
}

/// An object stands for itself; with `preset` it is laid over it, key by key.
fn object(node: &Node, diagnostics: &mut Diagnostics) -> (Map, Option<Text>) {
    let Some(fields) = Fields::open(node, &REQUEST, diagnostics) else {
        return (Map::new(), None);
    };
    for (key, shape) in [("geo", &GEO), ("asn", &ASN), ("device", &DEVICE)] {
        if let Some(node) = fields.node(key) {
            Fields::open(node, shape, diagnostics);
        }
    }
    let name = fields.text("preset");
    let mut request = name.as_deref().map_or_else(Map::new, preset);
    let mut written = node.to_value();
    if let Value::Map(map) = &mut written {
        std::sync::Arc::make_mut(map).remove("preset");
    }
    overlay(&mut request, &written);
    (request, name)
}

fn overlay(under: &mut Map, over: &Value) {
    for (key, value) in over.as_map().into_iter().flat_map(Map::iter) {
        match (under.get_mut(key), value) {
            (Some(Value::Map(inner)), Value::Map(_)) => {
                overlay(std::sync::Arc::make_mut(inner), value);
            }
            _ => {
                under.insert(key.clone(), value.clone());
            }
        }
    }
}

fn default_client(m2m: bool) -> Map {
    map([
        ("id", "app_test".into()),
        ("name", "Test".into()),
        ("type", if m2m { "m2m" } else { "web" }.into()),
    ])
}

fn map<const N: usize>(entries: [(&str, Value); N]) -> Map {
    entries.into_iter().collect()
}

/// What tells one preset from another.
struct Preset {
    ip: &'static str,
    user_agent: &'static str,
    geo: (&'static str, &'static str, f64, f64),
    asn: (i64, &'static str),
    is_tor: bool,
    is_vpn: bool,
}

const BROWSER: &str = "Mozilla/5.0 (X11; Linux x86_64) flowproof-test";

const US: Preset = Preset {
    ip: "203.0.113.10",
    user_agent: BROWSER,
    geo: ("US", "New York", 40.7, -74.0),
    asn: (64_500, "Example Residential"),
    is_tor: false,
    is_vpn: false,
};

const TOR: Preset = Preset {
    ip: "198.51.100.7",
    user_agent: BROWSER,
    geo: ("DE", "Frankfurt", 50.1, 8.7),
    asn: (64_501, "Example Relay"),
    is_tor: true,
    is_vpn: false,
};

const VPN: Preset = Preset {
    ip: "192.0.2.44",
    user_agent: BROWSER,
    geo: ("NL", "Amsterdam", 52.4, 4.9),
    asn: (64_502, "Example VPN"),
    is_tor: false,
    is_vpn: true,
};

const M2M: Preset = Preset {
    ip: "203.0.113.20",
    user_agent: "service/1.0",
    geo: ("US", "Ashburn", 39.0, -77.5),
    asn: (64_503, "Example Cloud"),
    is_tor: false,
    is_vpn: false,
};

fn preset(name: &str) -> Map {
    let preset = match name {
        "tor" => TOR,
        "vpn" => VPN,
        "m2m" => M2M,
        _ => US,
    };
    let (country, city, lat, lon) = preset.geo;
    let (number, org) = preset.asn;
    map([
        ("ip", preset.ip.into()),
        ("user_agent", preset.user_agent.into()),
        (
            "geo",
            map([
                ("country", country.into()),
                ("city", city.into()),
                ("lat", Value::Float(lat)),
                ("lon", Value::Float(lon)),
            ])
            .into(),
        ),
        (
            "asn",
            map([
                ("number", Value::Int(number)),
                ("org", org.into()),
                ("is_tor", preset.is_tor.into()),
                ("is_vpn", preset.is_vpn.into()),
                ("is_bogon", false.into()),
            ])
            .into(),
        ),
        (
            "device",
            map([("id", "dev_test".into()), ("trusted", false.into())]).into(),
        ),
    ])
}
