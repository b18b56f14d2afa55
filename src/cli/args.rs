//! What can be asked for on the command line. Pure: nothing is looked up here, and a command that is not built does
//! not stand here.

use super::shard::Wanted;
use crate::drive::TimeScale;
use crate::schema::FileKind;
use clap::builder::PossibleValue;
use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use std::path::PathBuf;

const EXIT_CODES: &str = "\
Exit codes:
  0    passed
  1    something does not hold
  2    wrong usage
  3    a file does not load
  4    the harness could not do its work
  5    nothing selected
  130  interrupted";

/// Runs identity flows against YAML scenarios, with mocked webhooks, in virtual time
#[derive(Debug, Parser)]
#[command(name = "flowproof", version, after_help = EXIT_CODES, disable_help_subcommand = true)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
    /// What every command takes.
    #[command(flatten)]
    pub common: Common,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run scenarios
    Run(Run),
    /// Read everything and judge nothing at run time: files, references, publish rules, lints
    Check(Check),
    /// Accept the trace snapshots that `run` left, or go through them one by one
    Accept(Accept),
    /// Run one scenario and show its trace as a tree with a time line; two: show what differs
    Trace(Trace),
    /// Random orders of blocks and injected faults against what must hold of every flow
    Fuzz(Fuzz),
    /// Every block of a flow and every fault: what the user gets, and where the flow fails open
    Faults(Faults),
    /// Budget use under latency distributions: how long, how often too long, and which block it is
    Bench(Bench),
    /// Break flows on purpose: does some scenario notice?
    Mutate(Mutate),
    /// One report out of the documents of several runs, such as shards
    Merge(Merge),
    /// Write a small workspace that works, to start from
    Init(Init),
    /// JSON Schema of a kind of file, for completion and checks in an editor
    Schema(Schema),
    /// Completions for a shell
    Completions(Completions),
}

impl Command {
    /// The formats in which its result can be written.
    pub fn formats(&self) -> &'static [Format] {
        use Format::{Github, Html, Human, Json, Jsonl, Junit, Tap};
        match self {
            Command::Run(_) | Command::Merge(_) => &[Human, Json, Jsonl, Junit, Tap, Github],
            Command::Check(_) => &[Human, Json, Github],
            Command::Faults(_) => &[Human, Json, Html],
            Command::Accept(_)
            | Command::Trace(_)
            | Command::Fuzz(_)
            | Command::Bench(_)
            | Command::Mutate(_)
            | Command::Init(_)
            | Command::Schema(_)
            | Command::Completions(_) => &[Human, Json],
        }
    }
}

/// What every command takes.
#[derive(Debug, Clone, Args)]
pub struct Common {
    /// The workspace; default: the nearest one at or above the current folder
    #[arg(long, value_name = "DIR", global = true)]
    pub workspace: Option<PathBuf>,
    /// How the result is written
    #[arg(long, value_enum, default_value_t = Format::Human, global = true)]
    pub format: Format,
    /// Write the result to a file in the format that is asked for, beside the human one on standard output
    #[arg(long, value_name = "FILE", global = true)]
    pub output: Option<PathBuf>,
    /// When to use colour
    #[arg(long, value_enum, value_name = "WHEN", default_value_t = Color::Auto, global = true)]
    pub color: Color,
    /// Worker threads; default: the number of cores
    #[arg(long, short, value_name = "N", value_parser = clap::value_parser!(u16).range(1..), global = true)]
    pub jobs: Option<u16>,
}

/// How a result is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people
    Human,
    /// One JSON document
    Json,
    /// One JSON object a line (`run`)
    Jsonl,
    /// JUnit XML, as CI systems read it (`run`)
    Junit,
    /// TAP 14 (`run`)
    Tap,
    /// Annotations of GitHub Actions (`run`, `check`)
    Github,
    /// One page (`faults`)
    Html,
}

/// When to use colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal, unless `NO_COLOR` is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// Run scenarios.
#[derive(Debug, Args)]
pub struct Run {
    /// Scenario files (also `file.yaml:LINE`) or folders; default: all of the workspace
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// Only scenarios that this selects: a part of the name, `tag:`, `flow:`, `name~regex`, with `and`, `or`, `not`
    #[arg(long, value_name = "EXPR")]
    pub filter: Option<String>,
    /// Only the I-th of N parts of what is selected, or `auto`: what the variables of the CI system say
    #[arg(long, value_name = "I/N")]
    pub shard: Option<Wanted>,
    /// Ids and random values are derived from it; wins over the files
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// Report nothing behind the first scenario that does not pass
    #[arg(long)]
    pub fail_fast: bool,
    /// Run and judge each scenario so often; two runs that differ make it errored
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..))]
    pub repeat: u64,
    /// Run what does not pass again, up to so often: with --wire one that passes then is told as flaky; in virtual time
    /// another result is a defect, and the scenario errored
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub retries: u64,
    /// Send real requests to a mock server on this machine, in real time
    #[arg(long)]
    pub wire: bool,
    /// With --wire: shorten delays and limits alike, 0.05 makes ten seconds half a second
    #[arg(long, value_name = "F", requires = "wire", value_parser = time_scale)]
    pub time_scale: Option<TimeScale>,
    /// Write a page with every scenario and its trace into DIR, beside the other output
    #[arg(long, value_name = "DIR")]
    pub report: Option<PathBuf>,
    /// Tell which blocks, branches and errors of the flows the scenarios come past
    #[arg(long)]
    pub coverage: bool,
    /// Fail where they come past less than so much, in percent
    #[arg(long, value_name = "P", value_parser = percent)]
    pub coverage_min: Option<f64>,
    /// What to do about trace snapshots; default: `new`, and `check` with --ci or where `CI` is set
    #[arg(long, value_enum, value_name = "WHAT")]
    pub snapshots: Option<Snapshots>,
    /// Run again whenever a file of the workspace changes, until Ctrl-C
    #[arg(long)]
    pub watch: bool,
    /// Nothing is written beside snapshots, and one that is missing fails its scenario
    #[arg(long)]
    pub ci: bool,
}

fn percent(written: &str) -> Result<f64, String> {
    let found = written.strip_suffix('%').unwrap_or(written).parse().ok();
    let found = found.filter(|percent| (0.0..=100.0).contains(percent));
    found.ok_or_else(|| "write a number from 0 to 100, such as 92.5".to_owned())
}

fn time_scale(written: &str) -> Result<TimeScale, String> {
    let scale = written.parse().ok().and_then(TimeScale::new);
    scale.ok_or_else(|| "write a number above 0 and up to 1000, such as 0.05".to_owned())
}

/// What to do about trace snapshots.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Snapshots {
    /// Compare; one that is missing or differs fails
    Check,
    /// Compare, and leave a `.snap.new` beside one that is missing or differs
    New,
    /// Leave them alone
    Off,
}

/// Accept pending trace snapshots.
#[derive(Debug, Args)]
pub struct Accept {
    /// Scenario files (also `file.yaml:LINE`), snapshots or folders; default: everything that is pending
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// Remove what is pending instead
    #[arg(long, group = "how")]
    pub reject: bool,
    /// Go through them one by one
    #[arg(long, group = "how")]
    pub review: bool,
    /// Remove the snapshots that have no scenario
    #[arg(long, group = "how")]
    pub prune: bool,
    /// Write the ending of a run, its path and what the user sees into the scenario, as what is expected of it
    #[arg(long, group = "how", value_name = "SCENARIO", conflicts_with = "paths")]
    pub expect: Option<String>,
}

/// Read everything and judge nothing at run time.
#[derive(Debug, Args)]
pub struct Check {
    /// Scenario files or folders; default: all of the workspace. Fixtures are always read whole
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// Warnings are errors
    #[arg(long)]
    pub strict: bool,
}

/// Run one scenario and show its trace.
#[derive(Debug, Args)]
pub struct Trace {
    /// Its name, a part of it, its file, or `file.yaml:LINE`; with OTHER also a saved `run --format json`
    pub scenario: String,
    /// Another scenario, or another saved document: what it does differently is told
    pub other: Option<String>,
    /// Ids and random values are derived from it; wins over the files
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
}

/// Random orders of blocks and injected faults.
#[derive(Debug, Args)]
pub struct Fuzz {
    /// Own flows; default: all system flows of the workspace, and generated ones against the reference
    #[arg(value_name = "FLOW")]
    pub flows: Vec<String>,
    /// Generated flows that parse and nothing more, instead of well-formed ones
    #[arg(long, conflicts_with_all = ["flows", "save"])]
    pub wild: bool,
    /// Random cases for each flow, and generated ones
    #[arg(long, value_name = "N", default_value_t = 10_000, value_parser = clap::value_parser!(u64).range(1..))]
    pub cases: u64,
    /// All cases come from it: the same seed finds the same
    #[arg(long, value_name = "S", default_value_t = 1)]
    pub seed: u64,
    /// Keep each finding as a scenario under scenarios/regressions that fails until the flow is fixed
    #[arg(long)]
    pub save: bool,
}

/// Every block of a flow and every fault.
#[derive(Debug, Args)]
pub struct Faults {
    /// The flow, by its slug; it is tried with every scenario that runs it, or with a default identity
    #[arg(value_name = "FLOW")]
    pub flow: String,
}

/// Budget use.
#[derive(Debug, Args)]
pub struct Bench {
    /// Flows by their slugs, or scenarios by name, file or `file.yaml:LINE`; default: all system flows
    #[arg(value_name = "FLOW or SCENARIO")]
    pub subjects: Vec<String>,
    /// How often each scenario runs
    #[arg(long, value_name = "N", default_value_t = 1_000, value_parser = clap::value_parser!(u64).range(1..=100_000_000))]
    pub samples: u64,
    /// All draws come from it: the same seed gives the same figures
    #[arg(long, value_name = "S", default_value_t = 1)]
    pub seed: u64,
}

/// Break flows on purpose.
#[derive(Debug, Args)]
pub struct Mutate {
    /// Slugs of flows; default: all that some scenario runs
    #[arg(value_name = "FLOW")]
    pub flows: Vec<String>,
}

/// One report out of several.
#[derive(Debug, Args)]
pub struct Merge {
    /// Documents that `run --format json` or `jsonl` wrote
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<PathBuf>,
    /// Write a page with every scenario and its trace into DIR, beside the other output
    #[arg(long, value_name = "DIR")]
    pub report: Option<PathBuf>,
    /// Fail where all of them come past less than so much of the flows, in percent; they were run with --coverage
    #[arg(long, value_name = "P", value_parser = percent)]
    pub coverage_min: Option<f64>,
}

/// Write a small workspace that works.
#[derive(Debug, Args)]
pub struct Init {
    /// Where; a folder that is not there is made, and one that holds a workspace is left alone
    #[arg(value_name = "DIR", default_value = ".")]
    pub folder: PathBuf,
}

/// JSON Schema of a kind of file.
#[derive(Debug, Args)]
pub struct Schema {
    /// The kind of file; default: all kinds, in one object
    #[arg(value_enum, value_name = "KIND")]
    pub kind: Option<FileKind>,
}

impl ValueEnum for FileKind {
    fn value_variants<'a>() -> &'a [Self] {
        &FileKind::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        let value = PossibleValue::new(self.name());
        Some(match self {
            FileKind::Identities => value.alias("identity"),
            FileKind::Mocks => value.alias("mock"),
            FileKind::Flow | FileKind::Action | FileKind::Scenario | FileKind::Settings => value,
        })
    }
}

/// Completions for a shell.
#[derive(Debug, Args)]
pub struct Completions {
    /// The shell
    #[arg(value_enum, value_name = "SHELL")]
    pub shell: Shell,
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_table_of_arguments_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        for line in [
            "flowproof run --jobs 0",
            "flowproof run --repeat 0",
            "flowproof run --seed -1",
            "flowproof run --time-scale 0.05",
            "flowproof run --wire --time-scale 0",
            "flowproof run --format xml",
            "flowproof run --shard 3/2",
            "flowproof run --coverage-min 101",
            "flowproof run --coverage-min NaN",
            "flowproof run --color sometimes",
            "flowproof trace",
            "flowproof fuzz --cases 0",
            "flowproof fuzz --wild login",
            "flowproof faults",
            "flowproof schema flew",
            "flowproof completions",
            "flowproof completions ash",
            "flowproof",
        ] {
            assert!(Cli::try_parse_from(line.split(' ')).is_err(), "{line}");
        }
    }
}
