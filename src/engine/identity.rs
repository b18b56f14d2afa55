//! A test identity: what `event.user` shows of it, and what only the platform knows.

use crate::value::{Map, Text, Value};
use std::sync::Arc;

/// Whether an identity may sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum IdentityStatus {
    Active,
    Disabled,
    Locked,
}

/// A device of an identity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// Its id.
    pub id: Text,
    /// Whether it is trusted.
    pub trusted: bool,
}

/// A test identity.
#[derive(Debug, Clone, PartialEq)]
pub struct Identity {
    /// The name under which files refer to it; None for an inline one.
    pub name: Option<Text>,
    /// `usr_…`
    pub id: Text,
    /// Compared case-insensitively.
    pub email: Option<Text>,
    /// E.164
    pub phone: Option<Text>,
    /// The name for people (`event.user.name`).
    pub display_name: Option<Text>,
    /// Never shown (ST-5, ST-6).
    pub password: Option<Text>,
    /// Whether it may sign in.
    pub status: IdentityStatus,
    /// Whether the address was verified.
    pub email_verified: bool,
    /// Enrolled factors, in the order of the file.
    pub mfa: Vec<Text>,
    /// The tenant's data.
    pub app_metadata: Arc<Map>,
    /// The user's data.
    pub user_metadata: Arc<Map>,
    /// Recent failed logins.
    pub failed_logins: i64,
    /// Known devices.
    pub devices: Vec<Device>,
}

impl Identity {
    /// What `event.user` holds (ST-5): never the password; absent fields are left out.
    pub fn event_user(&self) -> Map {
        let mut user = Map::with_capacity(8);
        user.insert("id", self.id.clone());
        for (key, field) in [
            ("email", &self.email),
            ("phone", &self.phone),
            ("name", &self.display_name),
        ] {
            if let Some(text) = field {
                user.insert(key, text.clone());
            }
        }
        user.insert("email_verified", self.email_verified);
        user.insert("app_metadata", Value::Map(self.app_metadata.clone()));
        user.insert("user_metadata", Value::Map(self.user_metadata.clone()));
        user.insert(
            "factors",
            self.mfa
                .iter()
                .map(|factor| Value::Text(factor.clone()))
                .collect::<Vec<_>>(),
        );
        user
    }
}
