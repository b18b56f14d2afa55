//! Blocks that ask the user (AUD-2, BUD-5): a block's own cost is paid for each answer that is judged, and once
//! where it passes, denies or fails without one.

use super::risk::map;
use super::{ANY, Run, Site, Trouble};
use crate::engine::Answer;
use crate::flow::{Block, Config, Kind};
use crate::trace::{AuditOutcome, Entry, ErrorCode, Message, PromptKind};
use crate::value::{Map, Text, Value};

/// What came of a row of answers.
struct Judged {
    right: bool,
    answers: u32,
    /// What the last answer chose.
    factor: Option<Text>,
}

impl Run<'_> {
    pub(super) fn prompting(
        &mut self,
        block: &Block,
        site: &Site,
        entry: &mut Entry,
    ) -> Result<(), Trouble> {
        match (&block.config, block.kind) {
            (Config::Mfa { factors, attempts }, _) => {
                self.mfa(block, site, entry, factors, *attempts)
            }
            (Config::Factor { factor }, Kind::RequireMfa) => {
                self.require_mfa(block, site, entry, factor.as_ref())
            }
            (Config::Factor { factor }, _) => self.enroll(block, site, entry, factor.as_ref()),
            (Config::Attempts { attempts }, _) => self.otp(block, site, entry, *attempts),
            (Config::Provider { provider }, _) => {
                self.redirect(block, site, entry, provider.as_ref())
            }
            (_, Kind::WebauthnFinish) => self.webauthn(block, site, entry),
            (_, Kind::EmailVerification) => self.email_verification(block, site, entry),
            (_, _) => {
                let kind = PromptKind::Verification;
                let judged = self.judge(block, site, kind, 1, None, &is_right)?;
                let fields = map([("verified", judged.right.into())]);
                let fields = self.write_all(block, site, entry, fields);
                if is_true(&fields, "verified") {
                    self.change(|person| person.email_verified = true);
                }
                Ok(())
            }
        }
    }

    /// Asks until an answer is right or the attempts are used up; each wrong one is audited where a factor is named.
    fn judge(
        &mut self,
        block: &Block,
        site: &Site,
        kind: PromptKind,
        attempts: u32,
        factor: Option<&str>,
        right: &dyn Fn(&Answer) -> bool,
    ) -> Result<Judged, Trouble> {
        let mut judged = Judged {
            right: false,
            answers: 0,
            factor: None,
        };
        while judged.answers < attempts && !judged.right {
            let answer = self.ask(block, site, kind, judged.answers)?;
            self.pay(self.cost(block))?;
            judged.answers += 1;
            judged.right = right(&answer);
            if let (false, Some(factor)) = (judged.right, factor) {
                let chosen = answer.factor.as_deref().filter(|_| kind == PromptKind::Mfa);
                self.factor(block, site, false, chosen.unwrap_or(factor));
            }
            judged.factor = answer.factor;
        }
        Ok(judged)
    }

    fn factor(&mut self, block: &Block, site: &Site, passed: bool, factor: &str) {
        let (kind, outcome) = if passed {
            ("user.mfa_succeeded", AuditOutcome::Success)
        } else {
            ("user.mfa_failed", AuditOutcome::Failure)
        };
        self.note(kind, outcome, site, block, map([("factor", factor.into())]));
    }

    pub(super) fn enrolled(&self) -> Vec<Text> {
        self.person
            .as_ref()
            .map_or(Vec::new(), |person| person.mfa.clone())
    }

    fn mfa(
        &mut self,
        block: &Block,
        site: &Site,
        entry: &mut Entry,
        factors: &[Text],
        attempts: u32,
    ) -> Result<(), Trouble> {
        let enrolled = self.enrolled();
        let usable: Vec<Text> = if factors.is_empty() {
            enrolled
        } else {
            let both = factors.iter().filter(|factor| enrolled.contains(factor));
            both.cloned().collect()
        };
        if usable.is_empty() {
            self.pay(self.cost(block))?;
            self.needs_somebody()?;
            return Err(Trouble::failed(ErrorCode::NoFactor));
        }
        self.second_factor(block, site, entry, &usable, attempts)
    }

    fn require_mfa(
        &mut self,
        block: &Block,
        site: &Site,
        entry: &mut Entry,
        factor: Option<&Text>,
    ) -> Result<(), Trouble> {
        let mut usable = self.enrolled();
        usable.retain(|own| factor.is_none_or(|factor| factor == own));
        if usable.is_empty() {
            self.pay(self.cost(block))?;
            self.needs_somebody()?;
            let factor = factor.cloned().map_or(Value::Null, Value::Text);
            let fields = map([("verified", false.into()), ("factor", factor)]);
            let fields = self.write_all(block, site, entry, fields);
            if !is_true(&fields, "verified") {
                return Err(Trouble::denied("mfa_required"));
            }
            return self.second_factor_passed(block, site, &fields);
        }
        self.second_factor(block, site, entry, &usable, 3)
    }

    fn second_factor(
        &mut self,
        block: &Block,
        site: &Site,
        entry: &mut Entry,
        usable: &[Text],
        attempts: u32,
    ) -> Result<(), Trouble> {
        let Some(first) = usable.first().cloned() else {
            return Err(Trouble::failed(ErrorCode::NoFactor));
        };
        let right = |answer: &Answer| {
            let chosen = answer.factor.as_ref().unwrap_or(&first);
            is_right(answer) && usable.contains(chosen)
        };
        let judged = self.judge(block, site, PromptKind::Mfa, attempts, Some(&first), &right)?;
        let factor = judged.factor.unwrap_or(first);
        let fields = map([
            ("verified", judged.right.into()),
            ("factor", Value::Text(factor.clone())),
        ]);
        let fields = self.write_all(block, site, entry, fields);
        if !is_true(&fields, "verified") {
            return Err(Trouble::denied("mfa_failed"));
        }
        self.second_factor_passed(block, site, &fields)
    }

    fn second_factor_passed(
        &mut self,
        block: &Block,
        site: &Site,
        fields: &Map,
    ) -> Result<(), Trouble> {
        let factor = fields.get("factor").and_then(Value::as_text);
        let factor = factor.unwrap_or("mfa");
        self.state.passed(factor, "aal2");
        self.factor(block, site, true, factor);
        Ok(())
    }

    fn enroll(
        &mut self,
        block: &Block,
        site: &Site,
        entry: &mut Entry,
        factor: Option<&Text>,
    ) -> Result<(), Trouble> {
        let enrolled = self.enrolled();
        let passes = match factor {
            Some(factor) => enrolled.contains(factor),
            None => !enrolled.is_empty(),
        };
        if passes || self.person.is_none() {
            self.pay(self.cost(block))?;
            self.needs_somebody()?;
            self.write_all(block, site, entry, map([("enrolled", true.into())]));
            return Ok(());
        }
        let judged = self.judge(block, site, PromptKind::Enroll, 1, None, &is_right)?;
        let fields = map([("enrolled", judged.right.into())]);
        let fields = self.write_all(block, site, entry, fields);
        if is_true(&fields, "enrolled") {
            let factor = factor.cloned().unwrap_or_else(|| "totp".into());
            self.change(|person| person.mfa.push(factor));
        }
        Ok(())
    }

    fn otp(
        &mut self,
        block: &Block,
        site: &Site,
        entry: &mut Entry,
        attempts: u32,
    ) -> Result<(), Trouble> {
        let kind = PromptKind::Otp;
        let sent = self.code_sent;
        let right = |answer: &Answer| sent && is_right(answer);
        let judged = self.judge(block, site, kind, attempts, Some("otp"), &right)?;
        let fields = map([
            ("verified", judged.right.into()),
            ("attempts", Value::Int(i64::from(judged.answers))),
        ]);
        let fields = self.write_all(block, site, entry, fields);
        if is_true(&fields, "verified") {
            self.state.passed("otp", "aal1");
            self.factor(block, site, true, "otp");
        }
        Ok(())
    }

    fn webauthn(&mut self, block: &Block, site: &Site, entry: &mut Entry) -> Result<(), Trouble> {
        if self.person.is_none() {
            self.pay(self.cost(block))?;
            self.needs_somebody()?;
        }
        let kind = PromptKind::Webauthn;
        let judged = self.judge(block, site, kind, 1, Some("webauthn"), &is_right)?;
        let fields = map([("verified", judged.right.into())]);
        let fields = self.write_all(block, site, entry, fields);
        if is_true(&fields, "verified") {
            let hardware = judged.factor.as_deref() == Some("hardware");
            let aal = if hardware { "aal3" } else { "aal2" };
            self.state.passed("webauthn", aal);
            self.factor(block, site, true, "webauthn");
        }
        Ok(())
    }

    fn email_verification(
        &mut self,
        block: &Block,
        site: &Site,
        entry: &mut Entry,
    ) -> Result<(), Trouble> {
        let Some(email) = self.address("email") else {
            self.pay(self.cost(block))?;
            self.needs_somebody()?;
            return Err(Trouble::failed(ErrorCode::NoChannel));
        };
        self.effects.emails.push(Message {
            channel: "email".into(),
            template: ANY.into(),
            to: Some(email),
        });
        let judged = self.judge(block, site, PromptKind::EmailLink, 1, None, &is_right)?;
        let fields = map([("verified", judged.right.into())]);
        let fields = self.write_all(block, site, entry, fields);
        if is_true(&fields, "verified") {
            self.change(|person| person.email_verified = true);
        }
        Ok(())
    }

    fn redirect(
        &mut self,
        block: &Block,
        site: &Site,
        entry: &mut Entry,
        provider: Option<&Text>,
    ) -> Result<(), Trouble> {
        let judged = self.judge(block, site, PromptKind::Social, 1, None, &is_right)?;
        let provider = provider.cloned().unwrap_or_else(|| "".into());
        let fields = map([
            ("provider", Value::Text(provider.clone())),
            ("state", ANY.into()),
        ]);
        self.write_all(block, site, entry, fields);
        self.social = Some((provider, judged.right));
        Ok(())
    }
}

fn is_right(answer: &Answer) -> bool {
    *answer.value == *"right"
}

pub(super) fn is_true(fields: &Map, key: &str) -> bool {
    fields.get(key).and_then(Value::as_bool) == Some(true)
}
