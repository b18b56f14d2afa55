//! Figures of many samples: spreads by nearest rank, shares, and how far a share may lie from what was seen.

use std::collections::BTreeMap;

/// How times are spread, in milliseconds.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
#[allow(missing_docs)]
pub struct Spread {
    pub min: u64,
    pub mean: f64,
    pub p50: u64,
    pub p90: u64,
    pub p95: u64,
    pub p99: u64,
    pub max: u64,
}

/// How often each time was seen; so many samples take little room.
#[derive(Debug, Clone, Default)]
pub struct Times {
    counts: BTreeMap<u64, u64>,
    count: u64,
    sum: u128,
}

impl Times {
    /// One more.
    pub fn add(&mut self, ms: u64) {
        *self.counts.entry(ms).or_default() += 1;
        self.count += 1;
        self.sum += u128::from(ms);
    }

    /// Those of another.
    pub fn join(&mut self, other: &Times) {
        for (ms, count) in &other.counts {
            *self.counts.entry(*ms).or_default() += count;
        }
        self.count += other.count;
        self.sum += other.sum;
    }

    /// How many there are.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// All of them together, in milliseconds.
    pub fn sum(&self) -> u128 {
        self.sum
    }

    /// How they are spread; zeros where there are none.
    pub fn spread(&self) -> Spread {
        Spread {
            min: self.counts.keys().next().copied().unwrap_or(0),
            mean: self.sum as f64 / self.count.max(1) as f64,
            p50: self.percentile(50),
            p90: self.percentile(90),
            p95: self.percentile(95),
            p99: self.percentile(99),
            max: self.counts.keys().next_back().copied().unwrap_or(0),
        }
    }

    /// The smallest time that so many percent do not exceed (nearest rank).
    fn percentile(&self, percent: u64) -> u64 {
        let rank = (u128::from(self.count) * u128::from(percent)).div_ceil(100);
        let mut seen = 0_u128;
        for (ms, count) in &self.counts {
            seen += u128::from(*count);
            if seen >= rank.max(1) {
                return *ms;
            }
        }
        0
    }
}

/// The upper end of Wilson's interval with 95 % confidence: a share of which `seen` of `count` were seen is hardly more.
pub fn at_most(seen: u64, count: u64) -> f64 {
    const Z: f64 = 1.959_963_984_540_054;
    if count == 0 {
        return 1.0;
    }
    let (n, share) = (count as f64, seen as f64 / count as f64);
    let centre = share + Z * Z / (2.0 * n);
    let width = Z * (share * (1.0 - share) / n + Z * Z / (4.0 * n * n)).sqrt();
    ((centre + width) / (1.0 + Z * Z / n)).min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn times(all: impl IntoIterator<Item = u64>) -> Times {
        let mut times = Times::default();
        all.into_iter().for_each(|ms| times.add(ms));
        times
    }

    #[test]
    fn percentiles_are_times_that_were_seen() {
        let spread = times(1..=200).spread();
        assert_eq!((spread.min, spread.p50, spread.p90), (1, 100, 180));
        assert_eq!((spread.p95, spread.p99, spread.max), (190, 198, 200));
        assert!((spread.mean - 100.5).abs() < 1e-9);
        assert_eq!(times([7]).spread().p99, 7);
        assert_eq!(times([]).spread(), Spread::default());
    }

    #[test]
    fn parts_come_to_the_whole() {
        let mut joined = times(1..=50);
        joined.join(&times(51..=200));
        assert_eq!(joined.spread(), times(1..=200).spread());
        assert_eq!((joined.count(), joined.sum()), (200, 20_100));
    }

    #[test]
    fn a_share_that_was_never_seen_is_small_but_not_nothing() {
        for (seen, count, least, most) in [
            (0, 1_000, 0.0038, 0.0039),
            (0, 10, 0.27, 0.28),
            (5, 10, 0.76, 0.77),
            (10, 10, 0.99, 1.0),
            (0, 0, 1.0, 1.0),
        ] {
            let found = at_most(seen, count);
            assert!(
                (least..=most).contains(&found),
                "{seen} of {count}: {found}"
            );
        }
    }
}
