//! Everything that looks random, derived from the seed (DET-2, ACT-7): ids, tokens, streams for actions.

use siphasher::sip::SipHasher13;
use std::hash::Hasher;

/// A number for a purpose at a place; the same in every process.
pub fn derive(seed: u64, purpose: &str, place: &str) -> u64 {
    let mut hasher = SipHasher13::new_with_keys(seed, 0x666c_6f77_7072_6f6f);
    hasher.write(purpose.as_bytes());
    hasher.write_u8(0);
    hasher.write(place.as_bytes());
    hasher.finish()
}

/// An id such as `ses_6f1c…`: a prefix and 16 hexadecimal digits.
pub fn id(prefix: &str, seed: u64, purpose: &str, place: &str) -> String {
    format!("{prefix}{:016x}", derive(seed, purpose, place))
}
