//! A latency out of its document: `350ms`, `{p50, p99}`, `{uniform: [from, to]}` or `{samples: […]}`.

use super::one_at_most;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::document::{Fields, Holds, Node, Shape, duration_ms, key};
use crate::latency::Latency;
use crate::text::Span;

/// What a delay or a latency holds.
pub const LATENCY: Holds = Holds::OneOf(&[Holds::Duration, Holds::Object(&DISTRIBUTION)]);

static DISTRIBUTION: Shape = Shape {
    noun: "a distribution of delays",
    keys: &[
        key("p50", Holds::Duration, "half of all are at most this"),
        key("p99", Holds::Duration, "99 of 100 are at most this"),
        key(
            "uniform",
            Holds::List(&Holds::Duration),
            "from and to, both included, all equally often",
        ),
        key(
            "samples",
            Holds::List(&Holds::Duration),
            "one of these, equally often",
        ),
    ],
};

/// Reads a latency; None when it is wrong, which is then reported.
pub fn decode_latency(node: &Node, diagnostics: &mut Diagnostics) -> Option<Latency> {
    if let Some(text) = node.as_text() {
        return duration_ms(text).map(Latency::Fixed);
    }
    let fields = Fields::open(node, &DISTRIBUTION, diagnostics)?;
    if !fields.is_sound() {
        return None;
    }
    if fields.has("p50") != fields.has("p99") {
        let title = "`p50` and `p99` stand together";
        diagnostics.push(
            Diagnostic::error("missing_key", &fields.head(), title)
                .fix("write both, such as `{ p50: 120ms, p99: 900ms }`"),
        );
        return None;
    }
    const FORMS: &[&str] = &["p50", "uniform", "samples"];
    one_at_most(&fields, FORMS, diagnostics)?;
    match fields.exactly_one(FORMS, diagnostics)? {
        "uniform" => uniform(&fields, diagnostics),
        "samples" => samples(&fields, diagnostics),
        _ => percentiles(&fields, diagnostics),
    }
}

fn percentiles(fields: &Fields, diagnostics: &mut Diagnostics) -> Option<Latency> {
    let (p50, p99) = (fields.duration_ms("p50")?, fields.duration_ms("p99")?);
    if p99 < p50 {
        let fix = "the median is never above the 99th percentile; swap the two";
        diagnostics.push(refuse(fields, "p99", "`p99` is less than `p50`", fix));
        return None;
    }
    Some(Latency::Percentiles { p50, p99 })
}

fn uniform(fields: &Fields, diagnostics: &mut Diagnostics) -> Option<Latency> {
    let fix = "write two durations that rise, such as `[100ms, 300ms]`";
    match durations(fields, "uniform").as_slice() {
        [from, to] if from <= to => Some(Latency::Uniform(*from, *to)),
        [_, _] => {
            diagnostics.push(refuse(
                fields,
                "uniform",
                "`uniform` ends before it begins",
                fix,
            ));
            None
        }
        others => {
            let title = format!("`uniform` takes two durations, found {}", others.len());
            diagnostics.push(refuse(fields, "uniform", &title, fix));
            None
        }
    }
}

fn samples(fields: &Fields, diagnostics: &mut Diagnostics) -> Option<Latency> {
    let mut samples = durations(fields, "samples");
    if samples.is_empty() {
        let fix = "write at least one duration";
        diagnostics.push(refuse(fields, "samples", "`samples` is an empty list", fix));
        return None;
    }
    samples.sort_unstable();
    Some(Latency::Samples(samples))
}

fn durations(fields: &Fields, key: &str) -> Vec<u64> {
    let texts = fields.texts(key).unwrap_or_default();
    texts.iter().filter_map(|text| duration_ms(text)).collect()
}

fn refuse(fields: &Fields, key: &str, title: &str, fix: &str) -> Diagnostic {
    let span: Span = fields.node(key).map_or_else(|| fields.head(), Node::head);
    Diagnostic::error("bad_latency", &span, title).fix(fix)
}
