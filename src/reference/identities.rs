//! Who the run is about: lookups, creation, updates, and the password (ST-5).

use super::factors::is_true;
use super::risk::map;
use super::{ANY, Run, Site, Trouble};
use crate::engine::{Identity, IdentityStatus};
use crate::flow::{Block, By, Config, Flow, FlowKind, Kind};
use crate::trace::{AuditOutcome, Entry, ErrorCode};
use crate::value::{Map, Text, Value};
use std::sync::Arc;

impl Run<'_> {
    /// ST-5: who `event.user` is at the start.
    pub(super) fn meet(&mut self, flow: &Flow) {
        let subject = self
            .world
            .subject
            .and_then(|at| self.known.get(at))
            .cloned();
        match (flow.kind, &*flow.slug.value) {
            (FlowKind::System, "login" | "password-reset" | "mfa-enrol" | "mfa-verify") => {}
            (FlowKind::System, "registration") => {
                let profile = self.world.input.profile.clone().unwrap_or_default();
                self.state.event.insert("user", Value::Map(profile));
            }
            (FlowKind::System | FlowKind::Custom, _) => {
                if let Some(subject) = subject {
                    self.found(&subject);
                }
            }
        }
    }

    pub(super) fn found(&mut self, identity: &Arc<Identity>) {
        self.person = Some(identity.clone());
        self.state.event.insert("user", shown(identity));
    }

    /// Changes the identity at hand, for the rest of the run.
    pub(super) fn change(&mut self, change: impl FnOnce(&mut Identity)) {
        let Some(mut person) = self.person.clone() else {
            return;
        };
        change(Arc::make_mut(&mut person));
        for known in &mut self.known {
            if known.id == person.id {
                *known = person.clone();
            }
        }
        self.found(&person);
    }

    /// A profile that was submitted is nobody whose channels and factors are known.
    pub(super) fn needs_somebody(&self) -> Result<(), Trouble> {
        match &self.person {
            Some(_) => Ok(()),
            None => Err(Trouble::failed(ErrorCode::NoIdentity)),
        }
    }

    pub(super) fn identity(
        &mut self,
        block: &Block,
        site: &Site,
        entry: &mut Entry,
    ) -> Result<(), Trouble> {
        match (&block.config, block.kind) {
            (
                Config::IdentityLookup {
                    by,
                    must_exist,
                    must_not_exist,
                },
                _,
            ) => self.lookup(block, site, entry, *by, (*must_exist, *must_not_exist)),
            (Config::Set { set }, _) => self.update(block, site, entry, set),
            (_, Kind::IdentityCreate) => self.create(block, site, entry),
            (_, Kind::PasswordCheck) => {
                self.password_check(block, site, entry);
                Ok(())
            }
            (_, Kind::CredentialSet) => self.new_password(block, site, entry, "stored"),
            (_, _) => self.new_password(block, site, entry, "updated"),
        }
    }

    fn lookup(
        &mut self,
        block: &Block,
        site: &Site,
        entry: &mut Entry,
        by: By,
        (must_exist, must_not_exist): (bool, bool),
    ) -> Result<(), Trouble> {
        let submitted = match by {
            By::Email => self.world.input.identifier.clone(),
            By::Phone => self.world.input.phone_identifier.clone(),
        };
        let found = submitted.and_then(|text| {
            let mut all = self.known.iter();
            all.find(|known| is_alias(known, by, &text)).cloned()
        });
        let fields = map([("found", found.is_some().into())]);
        let fields = self.write_all(block, site, entry, fields);
        let said = is_true(&fields, "found");
        if let Some(identity) = found.filter(|_| said) {
            self.found(&identity);
        }
        if said && must_not_exist {
            return Err(Trouble::denied("identity_exists"));
        }
        if !said && must_exist {
            return Err(Trouble::denied("invalid_credentials"));
        }
        Ok(())
    }

    fn create(&mut self, block: &Block, site: &Site, entry: &mut Entry) -> Result<(), Trouble> {
        let mut profile = self.submitted_profile();
        if let Config::IdentityCreate {
            traits: Some(traits),
        } = &block.config
        {
            profile = profile
                .into_iter()
                .filter(|(key, _)| traits.contains(key))
                .collect();
        }
        let text = |key: &str| profile.get(key).and_then(Value::as_text).map(Text::from);
        let map_of = |key: &str| {
            let map = profile.get(key).and_then(Value::as_map);
            Arc::new(map.cloned().unwrap_or_default())
        };
        // any id, but not that of another one
        let id = Text::from(ANY.repeat(1 + self.effects.identities_created.len()));
        let identity = Identity {
            name: None,
            id: id.clone(),
            email: text("email"),
            phone: text("phone"),
            display_name: text("name"),
            password: self.submitted_password(),
            status: IdentityStatus::Active,
            email_verified: false,
            mfa: Vec::new(),
            app_metadata: map_of("app_metadata"),
            user_metadata: map_of("user_metadata"),
            failed_logins: 0,
            devices: Vec::new(),
        };
        if self.taken(By::Email, identity.email.as_ref())
            || self.taken(By::Phone, identity.phone.as_ref())
        {
            return Err(Trouble::failed(ErrorCode::IdentityExists));
        }
        let email = identity.email.clone().map_or(Value::Null, Value::Text);
        let identity = Arc::new(identity);
        self.known.push(identity.clone());
        self.found(&identity);
        let created = map([("id", id.clone().into()), ("email", email)]);
        self.effects.identities_created.push(created.into());
        self.note(
            "user.created",
            AuditOutcome::Success,
            site,
            block,
            Map::new(),
        );
        let fields = map([("id", id.into()), ("created", true.into())]);
        self.write_all(block, site, entry, fields);
        Ok(())
    }

    /// What was submitted to register: as earlier blocks left it in `event.user`, else as it came.
    fn submitted_profile(&self) -> Map {
        let shown = self.state.user().filter(|_| self.person.is_none());
        let profile = shown.or(self.world.input.profile.as_deref());
        profile.cloned().unwrap_or_default()
    }

    /// Whether an alias is somebody's.
    fn taken(&self, by: By, alias: Option<&Text>) -> bool {
        alias.is_some_and(|alias| self.known.iter().any(|known| is_alias(known, by, alias)))
    }

    fn update(
        &mut self,
        block: &Block,
        site: &Site,
        entry: &mut Entry,
        set: &[(Text, Arc<crate::expr::ValueTemplate>)],
    ) -> Result<(), Trouble> {
        let view = self.state.view();
        let mut values = Vec::new();
        for (field, template) in set {
            values.push((field.clone(), template.render(&view)?));
        }
        match self.person.clone() {
            Some(person) => {
                self.refuse_taken(&person, &values)?;
                self.change(|person| {
                    for (field, value) in &values {
                        overlay(person, field, value);
                    }
                });
                self.report(&person.id, &values);
            }
            None => self.overlay_profile(values)?,
        }
        self.note(
            "user.updated",
            AuditOutcome::Success,
            site,
            block,
            Map::new(),
        );
        self.write_all(block, site, entry, map([("updated", true.into())]));
        Ok(())
    }

    fn refuse_taken(&self, own: &Identity, values: &[(Text, Value)]) -> Result<(), Trouble> {
        for (field, value) in values {
            let by = match &**field {
                "email" => By::Email,
                "phone" => By::Phone,
                _ => continue,
            };
            let others = self.known.iter().filter(|known| known.id != own.id);
            let alias = value.as_text().map(Text::from);
            if alias.is_some_and(|alias| others.clone().any(|known| is_alias(known, by, &alias))) {
                return Err(Trouble::failed(ErrorCode::IdentityExists));
            }
        }
        Ok(())
    }

    /// Before somebody is created, the submitted profile changes.
    fn overlay_profile(&mut self, values: Vec<(Text, Value)>) -> Result<(), Trouble> {
        if self.state.user().is_none() {
            return Err(Trouble::failed(ErrorCode::NoIdentity));
        }
        for (field, value) in values {
            match field.split_once('.') {
                None => self.state.set_user(&field, value),
                Some((outer, inner)) => {
                    let map = self.state.user().and_then(|user| user.get(outer));
                    let mut map = map.and_then(Value::as_map).cloned().unwrap_or_default();
                    map.insert(inner, value);
                    self.state.set_user(outer, map);
                }
            }
        }
        Ok(())
    }

    /// One line for each identity that changed (AUD-3).
    fn report(&mut self, id: &Text, values: &[(Text, Value)]) {
        let id = Value::Text(id.clone());
        let all = &mut self.effects.identities_updated;
        let known = all.iter().position(|line| line.get("id") == Some(&id));
        let mut line = known
            .and_then(|at| all[at].as_map().cloned())
            .unwrap_or_else(|| map([("id", id)]));
        for (field, value) in values {
            line.insert(field.clone(), value.clone());
        }
        match known {
            Some(at) => all[at] = line.into(),
            None => all.push(line.into()),
        }
    }

    fn password_check(&mut self, block: &Block, site: &Site, entry: &mut Entry) {
        let submitted = self.submitted_password();
        let known = self.person.as_ref().map(|person| {
            let right = person.password.is_some() && person.password == submitted;
            (person.status, right)
        });
        let code = match known {
            Some((IdentityStatus::Active, true)) => None,
            Some((IdentityStatus::Active, false)) | None => Some("invalid_credentials"),
            Some((IdentityStatus::Disabled, _)) => Some("account_disabled"),
            Some((IdentityStatus::Locked, _)) => Some("account_locked"),
        };
        let fields = map([("verified", code.is_none().into())]);
        let fields = self.write_all(block, site, entry, fields);
        if is_true(&fields, "verified") {
            self.state.passed("password", "aal1");
        } else {
            let data = map([("code", code.unwrap_or("invalid_credentials").into())]);
            self.note(
                "user.signed_in.failed",
                AuditOutcome::Failure,
                site,
                block,
                data,
            );
        }
    }

    /// `credential_set` and `password_update`
    fn new_password(
        &mut self,
        block: &Block,
        site: &Site,
        entry: &mut Entry,
        field: &str,
    ) -> Result<(), Trouble> {
        self.needs_somebody()?;
        let mut new = self.world.input.new_password.clone();
        if block.kind == Kind::CredentialSet {
            new = new.or_else(|| self.submitted_password());
        }
        self.write_all(block, site, entry, map([(field, true.into())]));
        if let Some(new) = new {
            self.change(|person| person.password = Some(new));
        }
        Ok(())
    }
}

/// ST-5: what `event.user` holds of an identity; never the password.
fn shown(identity: &Identity) -> Map {
    let texts = [
        ("id", Some(&identity.id)),
        ("email", identity.email.as_ref()),
        ("phone", identity.phone.as_ref()),
        ("name", identity.display_name.as_ref()),
    ];
    let texts = texts
        .into_iter()
        .filter_map(|(key, text)| Some((key, text?)));
    let mut user: Map = texts
        .map(|(key, text)| (key, Value::Text(text.clone())))
        .collect();
    user.insert("email_verified", identity.email_verified);
    user.insert("app_metadata", Value::Map(identity.app_metadata.clone()));
    user.insert("user_metadata", Value::Map(identity.user_metadata.clone()));
    let factors: Vec<Value> = identity.mfa.iter().cloned().map(Value::Text).collect();
    user.insert("factors", factors);
    user
}

fn is_alias(known: &Identity, by: By, alias: &str) -> bool {
    match by {
        By::Email => {
            let own = known.email.as_ref();
            own.is_some_and(|own| own.to_lowercase() == alias.to_lowercase())
        }
        By::Phone => known.phone.as_deref() == Some(alias),
    }
}

/// One field of a profile, of the kinds that an identity has.
fn overlay(person: &mut Identity, field: &str, value: &Value) {
    let text = value.as_text().map(Text::from);
    match field {
        "name" => person.display_name = text,
        "phone" => person.phone = text,
        "email" => person.email = text,
        "email_verified" => person.email_verified = value.as_bool() == Some(true),
        _ => {
            let (map, key) = match field.split_once('.') {
                Some(("app_metadata", key)) => (&mut person.app_metadata, key),
                Some(("user_metadata", key)) => (&mut person.user_metadata, key),
                Some(_) | None => (&mut person.user_metadata, field),
            };
            Arc::make_mut(map).insert(key, value.clone());
        }
    }
}
