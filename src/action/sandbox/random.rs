//! `Math.random` and `crypto` out of the seed of the run (ACT-7). The two draw from separate streams.

use siphasher::sip::SipHasher13;
use std::hash::Hasher;

/// A stream of numbers that depends on nothing but its seed.
#[derive(Clone, Copy)]
pub struct Stream {
    seed: u64,
    domain: u64,
    drawn: u64,
}

impl Stream {
    /// One of the streams of a seed.
    pub fn new(seed: u64, domain: u64) -> Self {
        Stream {
            seed,
            domain,
            drawn: 0,
        }
    }

    /// The next 64 bits.
    pub fn next(&mut self) -> u64 {
        let mut hasher = SipHasher13::new_with_keys(self.seed, self.domain);
        hasher.write_u64(self.drawn);
        self.drawn = self.drawn.wrapping_add(1);
        hasher.finish()
    }

    /// The next number in [0, 1), with 53 bits.
    pub fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// The next UUID of version 4.
    pub fn uuid(&mut self) -> String {
        let (high, low) = (self.next(), self.next());
        let high = (high & !0xf000) | 0x4000;
        let low = (low & (u64::MAX >> 2)) | (1 << 63);
        format!(
            "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
            high >> 32,
            (high >> 16) & 0xffff,
            high & 0xffff,
            low >> 48,
            low & 0xffff_ffff_ffff
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_depend_on_the_seed_and_the_domain_only() {
        assert_eq!(Stream::new(7, 1).next(), Stream::new(7, 1).next());
        assert_ne!(Stream::new(7, 1).next(), Stream::new(7, 2).next());
        assert_ne!(Stream::new(7, 1).next(), Stream::new(8, 1).next());
        let mut stream = Stream::new(7, 1);
        assert!((0..1_000).all(|_| (0.0..1.0).contains(&stream.unit())));
    }

    #[test]
    fn uuids_carry_version_and_variant() {
        let uuid = Stream::new(1, 2).uuid();
        assert_eq!(uuid.len(), 36);
        assert_eq!(&uuid[14..15], "4");
        assert!("89ab".contains(&uuid[19..20]), "{uuid}");
    }
}
