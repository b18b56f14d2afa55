//! Runs the scenarios of flows on their mutants and settles what is left. Scenarios that came past the broken block
//! run, in their order, until one does not pass; the others go the same way with the mutant as without.

use super::altered::Altered;
use super::grounds::{Ground, PORTIONS, portion};
use super::mutant::Mutant;
use super::operators::{mutants, prefixes, wanted};
use super::report::{FlowReport, Judged, Killer, NotPassed, Report, Verdict};
use super::suggest::{Bench, Suggestion};
use super::survivors::{Settled, paths, settle};
use crate::crew::{Crew, NoThread};
use crate::flow::Flow;
use crate::harness::{self, Driver, Plan, ScenarioResult, execute};
use crate::scenario::Scenario;
use crate::trace::Redactor;
use crate::value::Text;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::Ordering::SeqCst;

/// How far the work is.
#[derive(Debug, Clone, Copy)]
pub struct Progress {
    /// What is being done.
    pub stage: &'static str,
    /// How much of it is done.
    pub done: usize,
    /// How much there is.
    pub total: usize,
}

/// Breaks these flows and runs the scenarios of the plan on what comes of it.
pub fn mutate(
    plan: &Arc<Plan>,
    flows: &[Arc<Flow>],
    crew: &Crew,
    progress: &mut dyn FnMut(Progress),
) -> Result<Report, NoThread> {
    let mut work = Work {
        crew,
        progress,
        redactor: Arc::new(redactor(plan)),
        plan: plan.clone(),
    };
    let known = work.as_it_is()?;
    let subjects: Vec<Subject> = flows
        .iter()
        .map(|flow| subject(plan, flow, &known))
        .collect();
    let subjects = Arc::new(subjects);
    let first = work.first(&subjects, &Arc::new(known))?;
    let flows = work.settled(&subjects, first)?;
    Ok(Report {
        flows,
        finished: !crew.interrupted.load(SeqCst),
    })
}

/// Nothing of a test secret or a password is shown, wherever it comes from.
fn redactor(plan: &Plan) -> Redactor {
    let workspace = &plan.workspace;
    let secrets = workspace.settings.secrets.values().cloned();
    let named = workspace.identities.iter();
    let own = plan
        .scenarios
        .iter()
        .filter_map(|scenario| scenario.identity.as_ref());
    let people = named.chain(own.map(|subject| subject.identity()));
    let passwords = people.filter_map(|identity| identity.password.clone());
    let typed = plan
        .scenarios
        .iter()
        .filter_map(|scenario| scenario.input.new_password.clone());
    Redactor::new(secrets.chain(passwords).chain(typed))
}

/// A scenario as it goes with the flow as it is.
struct Known {
    /// Why it does not pass; None when it does.
    not_passed: Option<NotPassed>,
    /// The blocks that it came past.
    touched: BTreeSet<Text>,
}

/// A flow, the scenarios that run it, and its mutants.
struct Subject {
    flow: Arc<Flow>,
    /// Positions in the plan.
    scenarios: Vec<usize>,
    not_passed: Vec<NotPassed>,
    mutants: Vec<Mutant>,
}

fn subject(plan: &Plan, flow: &Arc<Flow>, known: &[Option<Known>]) -> Subject {
    let all = plan.scenarios.iter().enumerate();
    let runs = all.filter(|(_, one)| !prefixes(&one.flow, &flow.slug.value).is_empty());
    let (scenarios, own): (Vec<usize>, Vec<&Scenario>) = runs.unzip();
    let failing = |at: &usize| known[*at].as_ref()?.not_passed.clone();
    let not_passed: Vec<NotPassed> = scenarios.iter().filter_map(failing).collect();
    let judged = scenarios.iter().all(|at| known[*at].is_some());
    let mutants = if not_passed.is_empty() && judged {
        mutants(&plan.workspace, flow, &wanted(&plan.workspace, &own))
    } else {
        Vec::new()
    };
    Subject {
        flow: flow.clone(),
        scenarios,
        not_passed,
        mutants,
    }
}

/// What the scenarios came to.
enum First {
    Invalid(String),
    Killed(Killer),
    Left,
}

struct Work<'a> {
    plan: Arc<Plan>,
    redactor: Arc<Redactor>,
    crew: &'a Crew,
    progress: &'a mut dyn FnMut(Progress),
}

impl Work<'_> {
    /// Does jobs, and tells how far they are; None for one that was not begun, or that could not be ended.
    fn each<T: Send + 'static>(
        &mut self,
        stage: &'static str,
        total: usize,
        job: impl Fn(usize) -> T + Send + Sync + 'static,
    ) -> Result<Vec<Option<T>>, NoThread> {
        let progress = &mut self.progress;
        progress(Progress {
            stage,
            done: 0,
            total,
        });
        let found = self.crew.each(total, job, &mut |done, _| {
            progress(Progress { stage, done, total });
        });
        Ok(found?.into_iter().map(Result::ok).collect())
    }

    /// Every scenario with the flows as they are; None for one that was not run.
    fn as_it_is(&mut self) -> Result<Vec<Option<Known>>, NoThread> {
        let plan = self.plan.clone();
        self.each("scenarios", plan.scenarios.len(), move |at| {
            let result = execute(&plan, at, &mut Driver::Virtual);
            let entries = result.trace.preorder();
            Known {
                touched: entries
                    .into_iter()
                    .map(|entry| entry.block.clone())
                    .collect(),
                not_passed: not_passed(&plan.scenarios[at], &result),
            }
        })
    }

    /// What the scenarios say of every mutant, flow by flow.
    fn first(
        &mut self,
        subjects: &Arc<Vec<Subject>>,
        known: &Arc<Vec<Option<Known>>>,
    ) -> Result<Vec<Vec<Option<First>>>, NoThread> {
        let all = subjects.iter().enumerate();
        let places: Vec<(usize, usize)> = all
            .flat_map(|(at, subject)| (0..subject.mutants.len()).map(move |mutant| (at, mutant)))
            .collect();
        let (plan, known) = (self.plan.clone(), known.clone());
        let (of, jobs) = (subjects.clone(), Arc::new(places));
        let total = jobs.len();
        let found = self.each("mutants", total, move |at| {
            let (subject, mutant) = jobs[at];
            let subject = &of[subject];
            judge(&plan, subject, &subject.mutants[mutant], &known)
        })?;
        let interrupted = self.crew.interrupted.load(SeqCst);
        let mut found = found.into_iter().map(|one| match one {
            None if !interrupted => Some(First::Invalid(
                "it could not be judged: native work of an action did not end".to_owned(),
            )),
            other => other,
        });
        Ok(subjects
            .iter()
            .map(|subject| found.by_ref().take(subject.mutants.len()).collect())
            .collect())
    }

    /// What is left, flow by flow.
    fn settled(
        &mut self,
        subjects: &Arc<Vec<Subject>>,
        first: Vec<Vec<Option<First>>>,
    ) -> Result<Vec<FlowReport>, NoThread> {
        let mut reports = Vec::new();
        for (at, first) in first.into_iter().enumerate() {
            let left: Vec<usize> = first
                .iter()
                .enumerate()
                .filter(|(_, one)| matches!(one, Some(First::Left)))
                .map(|(mutant, _)| mutant)
                .collect();
            let mut settled = self.settle(subjects, at, &left)?.into_iter();
            let subject = &subjects[at];
            let judged = subject
                .mutants
                .iter()
                .zip(first)
                .filter_map(|(mutant, first)| {
                    let verdict = match first? {
                        First::Invalid(why) => {
                            Verdict::Invalid(self.redactor.text(&why).into_owned())
                        }
                        First::Killed(killer) => Verdict::Killed(killer),
                        First::Left => match settled.next()?? {
                            Settled::Equivalent => Verdict::Equivalent,
                            Settled::Survived(suggestion) => Verdict::Survived(suggestion),
                        },
                    };
                    let mutant = self.shown(mutant);
                    Some(Judged { mutant, verdict })
                });
            let judged: Vec<Judged> = judged.collect();
            reports.push(FlowReport {
                left_out: subject.mutants.len() - judged.len(),
                flow: subject.flow.slug.value.clone(),
                span: subject.flow.slug.span.clone(),
                scenarios: subject.scenarios.len(),
                not_passed: subject.not_passed.clone(),
                mutants: judged,
            });
        }
        Ok(reports)
    }

    /// Compares the mutants that are left with the flow; None for one that was not.
    fn settle(
        &mut self,
        subjects: &Arc<Vec<Subject>>,
        at: usize,
        left: &[usize],
    ) -> Result<Vec<Option<Settled>>, NoThread> {
        if left.is_empty() {
            return Ok(Vec::new());
        }
        let subject = &subjects[at];
        let grounds = Arc::new(self.grounds(&subject.flow)?);
        let same_block = |a: &usize, b: &usize| {
            subject.mutants[*a].broken.block == subject.mutants[*b].broken.block
        };
        let groups: Vec<Vec<usize>> = left.chunk_by(same_block).map(<[usize]>::to_vec).collect();
        let sizes: Vec<usize> = groups.iter().map(Vec::len).collect();
        let (plan, redactor) = (self.plan.clone(), self.redactor.clone());
        let (of, worlds) = (subjects.clone(), grounds);
        let found = self.each("survivors", groups.len(), move |group| {
            let bench = Bench {
                workspace: &plan.workspace,
                redactor: &redactor,
            };
            let subject = &of[at];
            let mutants: Vec<&Mutant> = groups[group]
                .iter()
                .map(|at| &subject.mutants[*at])
                .collect();
            settle(&bench, &subject.flow, &worlds, &mutants)
        })?;
        let interrupted = self.crew.interrupted.load(SeqCst);
        let each = found
            .into_iter()
            .zip(sizes)
            .flat_map(|(group, size)| match group {
                Some(group) => group.into_iter().map(Some).collect::<Vec<_>>(),
                None if interrupted => (0..size).map(|_| None).collect(),
                None => (0..size).map(|_| Some(Settled::Survived(None))).collect(),
            });
        let each = each.collect();
        self.fewer(subjects, at, left, each)
    }

    /// The worlds of a flow, and of the system flows that embed it.
    fn grounds(&mut self, flow: &Arc<Flow>) -> Result<Vec<Arc<Vec<Ground>>>, NoThread> {
        let workspace = &self.plan.workspace;
        let slug = &flow.slug.value;
        let embeds =
            |other: &&Arc<Flow>| other.slug.value != *slug && !prefixes(other, slug).is_empty();
        let outer = workspace.flows.iter().filter(embeds);
        let flows: Vec<Arc<Flow>> = std::iter::once(flow).chain(outer).cloned().collect();
        let plan = self.plan.clone();
        let total = flows.len() * PORTIONS;
        let found = self.each("worlds", total, move |at| {
            let flow = &flows[at / PORTIONS];
            portion(&plan.workspace, &plan.scenarios, flow, at % PORTIONS)
        })?;
        Ok(found.into_iter().flatten().map(Arc::new).collect())
    }

    /// A suggestion that an earlier one makes needless gives way to it.
    fn fewer(
        &mut self,
        subjects: &Arc<Vec<Subject>>,
        at: usize,
        left: &[usize],
        mut settled: Vec<Option<Settled>>,
    ) -> Result<Vec<Option<Settled>>, NoThread> {
        let suggested: Vec<Option<Suggestion>> = settled
            .iter()
            .map(|one| match one {
                Some(Settled::Survived(suggestion)) => suggestion.clone(),
                Some(Settled::Equivalent) | None => None,
            })
            .collect();
        let (plan, redactor) = (self.plan.clone(), self.redactor.clone());
        let (of, left) = (subjects.clone(), left.to_vec());
        let chosen = self.each("suggestions", 1, move |_| {
            let bench = Bench {
                workspace: &plan.workspace,
                redactor: &redactor,
            };
            let mutants = left.iter().map(|mutant| &of[at].mutants[*mutant]);
            choose(&bench, mutants.zip(&suggested))
        })?;
        let chosen = chosen.into_iter().flatten().flatten();
        for (one, better) in settled.iter_mut().zip(chosen) {
            if let (Some(Settled::Survived(suggestion)), Some(better)) = (one, better) {
                *suggestion = Some(better);
            }
        }
        Ok(settled)
    }

    fn shown(&self, mutant: &Mutant) -> Mutant {
        let mut mutant = mutant.clone();
        let hide = |text: &mut String| *text = self.redactor.text(text).into_owned();
        let broken = &mut mutant.broken;
        hide(&mut broken.what);
        hide(&mut broken.promise);
        broken
            .before
            .iter_mut()
            .chain(&mut broken.after)
            .for_each(hide);
        mutant
    }
}

/// For each, the first suggestion so far that notices it; its own where none does.
fn choose<'m>(
    bench: &Bench,
    each: impl Iterator<Item = (&'m Mutant, &'m Option<Suggestion>)>,
) -> Vec<Option<Suggestion>> {
    let mut kept: Vec<(Suggestion, Scenario)> = Vec::new();
    let mut chosen = Vec::new();
    for (mutant, own) in each {
        let Some(own) = own else {
            chosen.push(None);
            continue;
        };
        let altered = Altered::new(bench.workspace, mutant);
        let earlier = kept.iter().find(|(_, scenario)| {
            let judged = altered.result(scenario);
            judged.is_some_and(|result| result.verdict != harness::Verdict::Passed)
        });
        if let Some((suggestion, _)) = earlier {
            chosen.push(Some(Suggestion {
                means: own.means.clone(),
                ..suggestion.clone()
            }));
            continue;
        }
        kept.extend(
            bench
                .read(&own.yaml)
                .map(|scenario| (own.clone(), scenario)),
        );
        chosen.push(Some(own.clone()));
    }
    chosen
}

fn judge(plan: &Plan, subject: &Subject, mutant: &Mutant, known: &[Option<Known>]) -> First {
    let altered = Altered::new(&plan.workspace, mutant);
    if let Some(why) = altered.refused() {
        return First::Invalid(why);
    }
    for at in &subject.scenarios {
        let scenario = &plan.scenarios[*at];
        let paths = paths(&scenario.flow, mutant);
        let touched = known[*at].as_ref().map(|known| &known.touched);
        if !touched.is_some_and(|touched| paths.iter().any(|path| touched.contains(path))) {
            continue;
        }
        let Some(result) = altered.result(scenario) else {
            return First::Invalid("its references lead nowhere".to_owned());
        };
        if let Some(failure) = not_passed(scenario, &result) {
            return First::Killed(Killer {
                scenario: failure.scenario,
                span: failure.span,
                expectation: result.failures.first().map_or("run".to_owned(), |placed| {
                    placed.finding.expectation.clone()
                }),
            });
        }
    }
    First::Left
}

fn not_passed(scenario: &Scenario, result: &ScenarioResult) -> Option<NotPassed> {
    (result.verdict != harness::Verdict::Passed).then(|| NotPassed {
        scenario: scenario.full_name(),
        span: scenario.span.clone(),
        message: result.failures.first().map_or(String::new(), |placed| {
            let finding = &placed.finding;
            format!("{}: {}", finding.expectation, finding.message)
        }),
    })
}
