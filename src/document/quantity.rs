//! Quantities as authors write them: durations, sizes, instants, slugs. Each returns None for anything
//! that is not written exactly so.

use chrono::DateTime;

/// Milliseconds of `350ms`, `2s`, `1m`, `1h`; `1.5s` where that is a whole number of milliseconds.
pub fn duration_ms(text: &str) -> Option<u64> {
    scaled(
        text,
        &[("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000)],
    )
}

/// Bytes of `512B`, `512KiB`, `32MiB`.
pub fn size_bytes(text: &str) -> Option<u64> {
    scaled(text, &[("KiB", 1 << 10), ("MiB", 1 << 20), ("B", 1)])
}

/// Milliseconds since the epoch of an RFC 3339 instant.
pub fn instant_ms(text: &str) -> Option<i64> {
    DateTime::parse_from_rfc3339(text)
        .ok()
        .map(|instant| instant.timestamp_millis())
}

/// Whether this is `[a-z0-9-]+`.
pub fn is_slug(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

/// A number with a unit, exactly; at most 2^53, so that it survives JSON.
fn scaled(text: &str, units: &[(&str, u64)]) -> Option<u64> {
    let digits_end = text.find(|character: char| character.is_ascii_alphabetic())?;
    let (number, unit) = text.split_at(digits_end);
    let (_, factor) = units.iter().find(|(name, _)| *name == unit)?;
    let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !digits(fraction) || fraction.len() > 6 {
        return None;
    }
    let scale = 10_u64.pow(fraction.len() as u32);
    let part = fraction.parse::<u64>().ok()?.checked_mul(*factor)?;
    if !part.is_multiple_of(scale) {
        return None;
    }
    let total = whole
        .parse::<u64>()
        .ok()?
        .checked_mul(*factor)?
        .checked_add(part / scale)?;
    (total <= 1 << 53).then_some(total)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_a_unit_and_are_whole_milliseconds() {
        for (text, expected) in [
            ("350ms", Some(350)),
            ("2s", Some(2_000)),
            ("1m", Some(60_000)),
            ("1h", Some(3_600_000)),
            ("1.5s", Some(1_500)),
            ("0s", Some(0)),
            ("1.5ms", None),
            ("2", None),
            ("2 s", None),
            ("s", None),
            ("-2s", None),
            ("2S", None),
            ("2sec", None),
            ("99999999999999999999h", None),
            ("1m30s", None),
            ("1.s", None),
            ("½s", None),
        ] {
            assert_eq!(duration_ms(text), expected, "{text}");
        }
    }

    #[test]
    fn sizes_and_instants_are_exact() {
        assert_eq!(size_bytes("32MiB"), Some(33_554_432));
        assert_eq!(size_bytes("512B"), Some(512));
        assert_eq!(size_bytes("32MB"), None);
        assert_eq!(instant_ms("2026-01-01T00:00:00Z"), Some(1_767_225_600_000));
        assert_eq!(instant_ms("2026-01-01"), None);
        assert!(is_slug("pre-login2"));
        assert!(!is_slug("Pre"));
        assert!(!is_slug(""));
    }
}
