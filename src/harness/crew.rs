//! Runs and judges every scenario of a plan on its workers; results stand in input order, so that the same bytes come
//! out with any number of them. A scenario that native work of an action holds is errored (ERR-4).

use super::execute::{abandoned, execute};
use super::{Driver, Plan, Results, ScenarioResult, Verdict};
use crate::crew::{Crew, Lost, NoThread};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

/// How far the work is.
#[derive(Debug, Clone, Copy)]
#[allow(missing_docs)]
pub struct Progress {
    pub done: usize,
    pub total: usize,
    pub not_passed: usize,
}

/// Runs and judges every scenario of the plan.
pub fn run_all(plan: &Arc<Plan>, progress: &mut dyn FnMut(Progress)) -> Result<Results, NoThread> {
    let crew = Crew {
        jobs: plan.options.jobs,
        interrupted: plan.options.interrupted.clone(),
    };
    let total = plan.scenarios.len();
    let last = Arc::new(Last::new(plan));
    let mut not_passed = 0;
    let (of_begin, of_work, of_workers) = (plan.clone(), plan.clone(), last.clone());
    let found = crew.each_with(
        total,
        move || Driver::new(&of_begin.options),
        move |driver, at| {
            let result = of_workers
                .includes(at)
                .then(|| execute(&of_work, at, driver))?;
            of_workers.judged(at, result.verdict);
            Some(result)
        },
        &mut |done, result| {
            let passed = |one: &ScenarioResult| one.verdict == Verdict::Passed;
            not_passed += usize::from(!matches!(result, Ok(Some(one)) if passed(one)));
            progress(Progress {
                done,
                total,
                not_passed,
            });
        },
    );
    let found = found?.into_iter().enumerate();
    let results: Vec<Option<ScenarioResult>> = found
        .map(|(at, result)| result_of(plan, at, result))
        .collect();
    for (at, result) in results.iter().enumerate() {
        if let Some(result) = result {
            last.judged(at, result.verdict);
        }
    }
    let scenarios: Vec<ScenarioResult> = results.into_iter().take(last.count()).flatten().collect();
    Ok(Results {
        skipped: total - scenarios.len(),
        scenarios,
        coverage: None,
        shard: None,
    })
}

/// None for a scenario that was not run.
fn result_of(
    plan: &Plan,
    at: usize,
    result: Result<Option<ScenarioResult>, Lost>,
) -> Option<ScenarioResult> {
    let scenario = &plan.scenarios[at];
    match result {
        Ok(result) => result,
        Err(Lost::NotTaken) => None,
        Err(lost) => Some(abandoned(scenario, &lost.to_string())),
    }
}

/// The first scenario that did not pass, under `fail_fast`: later ones are not reported.
struct Last {
    at: AtomicUsize,
    fail_fast: bool,
}

impl Last {
    fn new(plan: &Plan) -> Self {
        Last {
            at: AtomicUsize::new(usize::MAX),
            fail_fast: plan.options.fail_fast,
        }
    }

    fn includes(&self, at: usize) -> bool {
        at <= self.at.load(SeqCst)
    }

    fn judged(&self, at: usize, verdict: Verdict) {
        if self.fail_fast && verdict != Verdict::Passed {
            self.at.fetch_min(at, SeqCst);
        }
    }

    /// How many scenarios are reported at most.
    fn count(&self) -> usize {
        self.at.load(SeqCst).saturating_add(1)
    }
}
