//! Everything that looks random, derived from the seed (DET-2, ACT-7): ids, tokens, streams for actions.

use crate::value::Text;
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
pub fn id(prefix: &str, seed: u64, purpose: &str, place: &str) -> Text {
    let number = derive(seed, purpose, place);
    let mut id = String::with_capacity(prefix.len() + 16);
    id.push_str(prefix);
    for shift in (0..16).rev() {
        let digit = u32::try_from((number >> (shift * 4)) & 0xf).unwrap_or(0);
        id.push(char::from_digit(digit, 16).unwrap_or('0'));
    }
    Text::from(id)
}
