//! How long something takes: fixed, or a distribution. `run` uses the median (BUD-8), simulation draws samples.

use std::f64::consts::SQRT_2;

/// A latency model; all times in milliseconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Latency {
    /// Always the same.
    Fixed(u64),
    /// Log-normal through its median and its 99th percentile.
    Percentiles {
        /// Half of all are at most this.
        p50: u64,
        /// 99 of 100 are at most this.
        p99: u64,
    },
    /// Every value of the range, ends included, equally often.
    Uniform(u64, u64),
    /// One of these, equally often; sorted, not empty.
    Samples(Vec<u64>),
}

impl Latency {
    /// p50; the midpoint of `uniform`, rounded down; the lower middle of `samples` (BUD-8).
    pub fn median(&self) -> u64 {
        match self {
            Latency::Fixed(ms) => *ms,
            Latency::Percentiles { p50, .. } => *p50,
            Latency::Uniform(from, to) => from + (to - from) / 2,
            Latency::Samples(sorted) => sorted
                .get(sorted.len().saturating_sub(1) / 2)
                .copied()
                .unwrap_or(0),
        }
    }

    /// The value at a rank between 0 and 1.
    pub fn quantile(&self, rank: f64) -> u64 {
        let rank = rank.clamp(0.0, 1.0);
        match self {
            Latency::Fixed(ms) => *ms,
            Latency::Uniform(from, to) => {
                // each value has as much room as any other, the ends too
                let room = (to - from) as f64 + 1.0;
                from.saturating_add((room * rank) as u64).min(*to)
            }
            Latency::Samples(sorted) => {
                let at =
                    ((sorted.len() as f64 * rank) as usize).min(sorted.len().saturating_sub(1));
                sorted.get(at).copied().unwrap_or(0)
            }
            Latency::Percentiles { p50, p99 } => log_normal(*p50, *p99, rank),
        }
    }
}

/// The 99th percentile of the standard normal distribution.
const Z99: f64 = 2.326_347_874_040_841;

/// A log-normal quantile through p50 and p99; a p50 of 0 is taken as 1 ms where p99 is above it.
fn log_normal(p50: u64, p99: u64, rank: f64) -> u64 {
    if p99 <= p50 {
        return p50;
    }
    let median = (p50.max(1)) as f64;
    let sigma = (p99 as f64 / median).ln() / Z99;
    let rank = rank.clamp(1e-9, 1.0 - 1e-9);
    (median * (sigma * normal_quantile(rank)).exp()).round() as u64
}

/// The quantile of the standard normal distribution, by bisection of its distribution function.
fn normal_quantile(rank: f64) -> f64 {
    let (mut low, mut high) = (-8.0_f64, 8.0_f64);
    for _ in 0..60 {
        let middle = f64::midpoint(low, high);
        if normal_distribution(middle) < rank {
            low = middle;
        } else {
            high = middle;
        }
    }
    f64::midpoint(low, high)
}

/// The distribution function, after Abramowitz and Stegun 7.1.26 (error below 1.5e-7).
fn normal_distribution(z: f64) -> f64 {
    let x = z.abs() / SQRT_2;
    let t = 1.0 / (1.0 + 0.327_591_1 * x);
    let series = t
        * (0.254_829_592
            + t * (-0.284_496_736
                + t * (1.421_413_741 + t * (-1.453_152_027 + t * 1.061_405_429))));
    let tail = 0.5 * series * (-x * x).exp();
    if z >= 0.0 { 1.0 - tail } else { tail }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_what_run_uses() {
        for (latency, median) in [
            (Latency::Fixed(350), 350),
            (Latency::Percentiles { p50: 120, p99: 900 }, 120),
            (Latency::Uniform(100, 301), 200),
            (Latency::Samples(vec![90, 110, 2000]), 110),
            (Latency::Samples(vec![90, 110, 120, 2000]), 110),
        ] {
            assert_eq!(latency.median(), median, "{latency:?}");
        }
    }

    #[test]
    fn every_value_of_a_range_is_equally_often() {
        let latency = Latency::Uniform(10, 12);
        let mut seen = [0; 3];
        for rank in 0..300 {
            seen[latency.quantile(f64::from(rank) / 300.0) as usize - 10] += 1;
        }
        assert_eq!(seen, [100; 3]);
        assert_eq!((latency.quantile(0.0), latency.quantile(1.0)), (10, 12));
        let widest = Latency::Uniform(0, u64::MAX);
        assert_eq!(widest.quantile(1.0), u64::MAX);
    }

    #[test]
    fn quantiles_go_through_the_percentiles_that_were_given() {
        let latency = Latency::Percentiles { p50: 120, p99: 900 };
        assert_eq!(latency.quantile(0.5), 120);
        assert_eq!(latency.quantile(0.99), 900);
    }
}
