//! Flow time on a real clock: an instant of flow time is real time since the start of the run, scaled.
//! What happens late is counted as lag; later instants do not move because of it.

use std::time::Duration;
use tokio::time::{Instant, sleep_until};

/// No real wait is longer; it keeps instants far beyond any run within what clocks can hold.
const LONGEST: Duration = Duration::from_secs(10 * 365 * 24 * 3600);

/// How much real time a unit of flow time takes: 1 for real time, 0.05 for twenty times as fast.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TimeScale(f64);

impl TimeScale {
    /// A scale above 0 and up to 1,000.
    pub fn new(scale: f64) -> Option<Self> {
        (scale > 0.0 && scale <= 1000.0).then_some(TimeScale(scale))
    }

    /// Real time for a span of flow time.
    pub fn real(self, flow_ms: u64) -> Duration {
        Duration::try_from_secs_f64(flow_ms as f64 * self.0 / 1000.0)
            .unwrap_or(LONGEST)
            .min(LONGEST)
    }
}

impl Default for TimeScale {
    fn default() -> Self {
        TimeScale(1.0)
    }
}

/// The clock of one run.
#[derive(Debug, Clone, Copy)]
pub(super) struct Clock {
    start: Instant,
    scale: TimeScale,
}

impl Clock {
    /// 0 of flow time is now.
    pub fn start(scale: TimeScale) -> Self {
        Clock {
            start: Instant::now(),
            scale,
        }
    }

    /// The real instant of an instant of flow time.
    pub fn instant(&self, flow_ms: u64) -> Instant {
        self.start + self.scale.real(flow_ms)
    }

    /// How long ago an instant of flow time was.
    pub fn lag(&self, flow_ms: u64) -> Duration {
        Instant::now().saturating_duration_since(self.instant(flow_ms))
    }

    /// Waits for an instant of flow time.
    pub async fn reach(&self, flow_ms: u64) {
        let instant = self.instant(flow_ms);
        if instant > Instant::now() {
            sleep_until(instant).await;
        }
    }

    /// Real time since the start.
    pub fn elapsed(&self) -> Duration {
        self.start.elapsed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scale_is_a_number_above_zero() {
        for (scale, real_ms) in [
            (1.0, Some(2000)),
            (0.05, Some(100)),
            (1000.0, Some(2_000_000)),
            (0.0, None),
            (-1.0, None),
            (1000.1, None),
            (f64::NAN, None),
            (f64::INFINITY, None),
        ] {
            let real = TimeScale::new(scale).map(|scale| scale.real(2000).as_millis());
            assert_eq!(real, real_ms, "{scale}");
        }
    }

    #[test]
    fn no_instant_is_too_far_away() {
        let scale = TimeScale::new(1000.0).expect("in range");
        assert_eq!(scale.real(u64::MAX), LONGEST);
        assert!(Clock::start(scale).instant(u64::MAX) > Instant::now() + LONGEST / 2);
    }
}
