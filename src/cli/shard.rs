//! `--shard I/N`: every N-th of the scenarios that were selected, from the I-th on, so that each runs in one shard and
//! all shards are about as long. `auto` asks the variables that CI systems and indexed jobs set.

use super::exit::Stop;
use crate::harness::Shard;
use std::str::FromStr;

/// Which part of the scenarios is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// A part.
    Part(Shard),
    /// The one that the environment names.
    Auto,
}

/// The variables of a system: index, number of parts, and the first index.
const SYSTEMS: &[(&str, &str, u32)] = &[
    // GitLab, Semaphore's older agents
    ("CI_NODE_INDEX", "CI_NODE_TOTAL", 1),
    ("CIRCLE_NODE_INDEX", "CIRCLE_NODE_TOTAL", 0),
    ("BUILDKITE_PARALLEL_JOB", "BUILDKITE_PARALLEL_JOB_COUNT", 0),
    (
        "BITBUCKET_PARALLEL_STEP",
        "BITBUCKET_PARALLEL_STEP_COUNT",
        0,
    ),
    ("SEMAPHORE_JOB_INDEX", "SEMAPHORE_JOB_COUNT", 1),
    // Azure Pipelines
    ("SYSTEM_JOBPOSITIONINPHASE", "SYSTEM_TOTALJOBSINPHASE", 1),
    ("CLOUD_RUN_TASK_INDEX", "CLOUD_RUN_TASK_COUNT", 0),
    ("BATCH_TASK_INDEX", "BATCH_TASK_COUNT", 0),
    ("AWS_BATCH_JOB_ARRAY_INDEX", "AWS_BATCH_JOB_ARRAY_SIZE", 0),
    // an indexed job of Kubernetes says its index only: the manifest hands on its `completions`
    ("JOB_COMPLETION_INDEX", "JOB_COMPLETIONS", 0),
];

impl FromStr for Wanted {
    type Err = String;

    fn from_str(written: &str) -> Result<Self, String> {
        if written == "auto" {
            return Ok(Wanted::Auto);
        }
        let part = || -> Option<Shard> {
            let (index, total) = written.split_once('/')?;
            Shard::new(index.parse().ok()?, total.parse().ok()?)
        };
        let expected = "write I/N with I from 1 to N, such as 2/5, or `auto`";
        part().map(Wanted::Part).ok_or_else(|| expected.to_owned())
    }
}

impl Wanted {
    /// The part; `variable` looks one of the environment up.
    pub fn shard(self, variable: impl Fn(&str) -> Option<String>) -> Result<Shard, Stop> {
        match self {
            Wanted::Part(shard) => Ok(shard),
            Wanted::Auto => from_environment(variable),
        }
    }
}

/// The scenarios of a part, in their order.
pub fn part_of<T>(all: Vec<T>, shard: Shard) -> Vec<T> {
    let mine = |at: usize| at % shard.total as usize == shard.index as usize - 1;
    let each = all.into_iter().enumerate();
    each.filter(|(at, _)| mine(*at))
        .map(|(_, one)| one)
        .collect()
}

fn from_environment(variable: impl Fn(&str) -> Option<String>) -> Result<Shard, Stop> {
    let set = |name: &str| variable(name).filter(|value| !value.is_empty());
    let found = SYSTEMS
        .iter()
        .find_map(|(index, total, first)| Some((index, set(index)?, total, set(total)?, *first)));
    let Some((index_name, index, total_name, total, first)) = found else {
        let known: Vec<String> = SYSTEMS
            .iter()
            .map(|(index, total, _)| format!("{index} and {total}"))
            .collect();
        return Err(Stop::usage(format!(
            "--shard auto finds no variables to go by; write --shard I/N, or set one of these pairs: {}",
            known.join("; ")
        )));
    };
    let shard = || {
        let index = index.parse::<u32>().ok()?.checked_add(1 - first)?;
        Shard::new(index, total.parse().ok()?)
    };
    shard().ok_or_else(|| {
        Stop::usage(format!(
            "--shard auto cannot go by {index_name}={index} and {total_name}={total}: \
             the index counts from {first} and is within the number of parts"
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scenario_is_in_one_shard() {
        for total in 1..=7 {
            let mut seen = Vec::new();
            for index in 1..=total {
                let shard = Shard::new(index, total).expect("within");
                seen.extend(part_of((0..5).collect::<Vec<_>>(), shard));
            }
            seen.sort_unstable();
            assert_eq!(seen, [0, 1, 2, 3, 4], "{total}");
        }
    }

    #[test]
    fn what_is_no_shard_is_refused() {
        for written in ["0/3", "4/3", "1", "1/0", "a/b", "-1/2", "1/2/3", "", "Auto"] {
            assert!(written.parse::<Wanted>().is_err(), "{written}");
        }
        let part = Shard { index: 2, total: 3 };
        assert_eq!("2/3".parse(), Ok(Wanted::Part(part)));
    }

    #[test]
    fn auto_goes_by_the_variables_of_the_system() {
        let with = |set: &'static [(&str, &str)]| {
            Wanted::Auto.shard(move |name| {
                let found = set.iter().find(|(known, _)| *known == name);
                found.map(|(_, value)| (*value).to_owned())
            })
        };
        for (set, expected) in [
            (&[("CI_NODE_INDEX", "2"), ("CI_NODE_TOTAL", "3")][..], "2/3"),
            (
                &[("CIRCLE_NODE_INDEX", "0"), ("CIRCLE_NODE_TOTAL", "4")],
                "1/4",
            ),
            (
                &[("CLOUD_RUN_TASK_INDEX", "3"), ("CLOUD_RUN_TASK_COUNT", "4")],
                "4/4",
            ),
            (
                &[("JOB_COMPLETION_INDEX", "1"), ("JOB_COMPLETIONS", "2")],
                "2/2",
            ),
            // GitLab sets the total alone in a job that is not parallel
            (
                &[
                    ("CI_NODE_TOTAL", "1"),
                    ("JOB_COMPLETION_INDEX", "0"),
                    ("JOB_COMPLETIONS", "1"),
                ],
                "1/1",
            ),
        ] {
            let found = with(set).map(|shard| shard.to_string());
            assert_eq!(found.ok().as_deref(), Some(expected), "{set:?}");
        }
        for set in [
            &[][..],
            &[("JOB_COMPLETION_INDEX", "1")],
            &[("CI_NODE_INDEX", "0"), ("CI_NODE_TOTAL", "3")],
            &[("CI_NODE_INDEX", "x"), ("CI_NODE_TOTAL", "3")],
            &[("CIRCLE_NODE_INDEX", "4"), ("CIRCLE_NODE_TOTAL", "4")],
        ] {
            assert!(with(set).is_err(), "{set:?}");
        }
    }
}
