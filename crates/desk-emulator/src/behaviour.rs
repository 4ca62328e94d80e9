//! Switches for behaviour that the service's documents leave open; the default of each is the
//! emulator's choice.

use std::sync::{Arc, PoisonError, RwLock};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::error::{Error, Result};
use crate::model::ProactiveSender;

/// The documented maximum of rows per page.
pub(crate) const MAX_LIMIT: u16 = 500;

/// Behaviour where the service's documents are silent or disagree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Behaviour {
    /// The order of the list of all messages.
    pub order: Order,
    /// The maximum of rows per page: the documented 500, or less for a service that clamps lower.
    pub max_limit: u16,
    /// Whether to refuse a `limit` or `offset` out of range (400) instead of clamping it.
    pub strict_paging: bool,
    /// Whether to refuse a query parameter that is not in the spec (400) instead of ignoring it.
    pub strict_parameters: bool,
    /// Whether to ignore the channel type `SENDIBIRD`, a misprint in the service's documents,
    /// instead of refusing it (400).
    pub channel_misprint_ignored: bool,
    /// The properties of a message.
    pub message_shape: MessageShape,
    /// The status of a create: 201 or 200.
    pub create_status: u16,
    /// The form of `createdBy` in a proactive chat.
    pub created_by: CreatedBy,
    /// The shape of error bodies.
    pub error_shape: ErrorShape,
    /// Whether the deprecated list of all messages responds 410.
    pub all_messages_gone: bool,
    /// The sender of the message of a proactive chat.
    pub proactive_sender: ProactiveSender,
    /// Whether a customer's first reply is assigned to the agent who wrote last, if that agent is
    /// available.
    pub assign_to_last_sender: bool,
    /// The rate limit of each operation.
    pub rate_limit: RateLimit,
}

impl Default for Behaviour {
    fn default() -> Self {
        Self {
            order: Order::IdAscending,
            max_limit: MAX_LIMIT,
            strict_paging: false,
            strict_parameters: false,
            channel_misprint_ignored: false,
            message_shape: MessageShape::Full,
            create_status: 201,
            created_by: CreatedBy::Object,
            error_shape: ErrorShape::CodeAndDetail,
            all_messages_gone: false,
            proactive_sender: ProactiveSender::Agent,
            assign_to_last_sender: false,
            rate_limit: RateLimit::Off,
        }
    }
}

/// The order of the rows of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// Oldest first.
    IdAscending,
    /// Newest first.
    IdDescending,
    /// By time only: the order of rows with equal times differs between requests.
    Time,
    /// Random: the order of all rows differs between requests.
    None,
}

/// The properties of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MessageShape {
    /// All 11 properties.
    Full,
    /// The 6 properties of the older documentation.
    Old,
}

/// The form of `createdBy` in a proactive chat.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CreatedBy {
    /// The short form of the agent object.
    Object,
    /// The agent's id.
    Id,
    /// `null`.
    Null,
}

/// The shape of error bodies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorShape {
    /// `{"code": "invalid", "detail": "groupKey: …"}`
    CodeAndDetail,
    /// Like Django REST framework: `{"groupKey": ["…"]}` for a value, `{"detail": "…"}` for other
    /// errors.
    FieldMap,
}

/// The rate limit of each operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RateLimit {
    /// No limit.
    Off,
    /// 10 reads and 5 other requests a second, as the service's sibling API documents; then 429
    /// with `Retry-After`.
    SiblingApi,
}

impl Behaviour {
    /// Returns a copy with one switch set, such as `order` to `id_descending`; 400 names the
    /// invalid switch or value.
    pub fn set(self, name: &str, value: &str) -> Result<Self> {
        // A value that is not JSON is a string.
        let value: Value = serde_json::from_str(value).unwrap_or_else(|_| value.into());
        let mut switches = serde_json::to_value(self).map_err(|error| Error::internal(error.to_string()))?;
        let is_known = switches.as_object().is_some_and(|switches| switches.contains_key(name));
        if !is_known {
            let names = switches.as_object().map(|switches| switches.keys().cloned().collect::<Vec<_>>().join(", "));
            return Err(Error::invalid(format!(
                "there is no switch {name:?}; there are {}",
                names.unwrap_or_default()
            )));
        }
        switches[name] = value;
        let behaviour: Self =
            serde_json::from_value(switches).map_err(|error| Error::invalid(format!("{name}: {error}")))?;
        behaviour.check().map(|()| behaviour)
    }

    pub(crate) fn check(&self) -> Result<()> {
        if !(1..=MAX_LIMIT).contains(&self.max_limit) {
            return Err(Error::invalid(format!("max_limit: must be 1 to {MAX_LIMIT}, not {}", self.max_limit)));
        }
        if !matches!(self.create_status, 200 | 201) {
            return Err(Error::invalid(format!("create_status: must be 200 or 201, not {}", self.create_status)));
        }
        Ok(())
    }
}

/// The current behaviour, shared by all handlers.
#[derive(Clone, Default)]
pub(crate) struct SharedBehaviour(Arc<RwLock<Behaviour>>);

impl SharedBehaviour {
    pub(crate) fn get(&self) -> Behaviour {
        *self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn set(&self, behaviour: Behaviour) -> Result<()> {
        behaviour.check()?;
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = behaviour;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn switch_is_set_by_name() {
        let set = |name: &str, value: &str| Behaviour::default().set(name, value);
        assert_eq!(set("order", "id_descending").unwrap().order, Order::IdDescending);
        assert_eq!(set("max_limit", "100").unwrap().max_limit, 100);
        assert!(set("all_messages_gone", "true").unwrap().all_messages_gone);
        for (name, value, message) in [
            ("sort", "x", "there is no switch \"sort\"; there are order, max_limit"),
            ("order", "up", "order: unknown variant `up`"),
            ("max_limit", "0", "max_limit: must be 1 to 500, not 0"),
            ("max_limit", "many", "max_limit: invalid type"),
            ("create_status", "204", "create_status: must be 200 or 201, not 204"),
        ] {
            let error = set(name, value).expect_err(value);
            assert!(error.detail().starts_with(message), "{error}");
        }
    }
}
