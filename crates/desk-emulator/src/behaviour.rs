//! What the documents leave open, as named switches: the default of each is the emulator's choice.

use std::sync::{Arc, PoisonError, RwLock};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::error::{Error, Result};
use crate::model::ProactiveSender;

/// The most rows of a page that the documents have.
pub(crate) const MAX_LIMIT: u16 = 500;

/// How the service behaves where its documents are silent or disagree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Behaviour {
    /// The order of the list of all messages.
    pub order: Order,
    /// The most rows of a page; 500 is documented, less is what a service may clamp to.
    pub max_limit: u16,
    /// Whether a `limit` or `offset` out of range is refused (400) instead of made to fit.
    pub strict_paging: bool,
    /// Whether a query parameter that the spec does not have is refused (400) instead of ignored.
    pub strict_parameters: bool,
    /// Whether the channel type `SENDIBIRD`, a misprint of the service's page, is ignored instead of refused (400).
    pub channel_misprint_ignored: bool,
    /// The properties of a message.
    pub message_shape: MessageShape,
    /// The status of a create: 201 or 200.
    pub create_status: u16,
    /// What `createdBy` of a proactive chat is.
    pub created_by: CreatedBy,
    /// The shape of error bodies.
    pub error_shape: ErrorShape,
    /// Whether the list of all messages, which is deprecated, is gone (410).
    pub all_messages_gone: bool,
    /// Who sends the message of a proactive chat.
    pub proactive_sender: ProactiveSender,
    /// Whether a customer's answer goes to the agent who wrote last, if that one is there.
    pub assign_to_last_sender: bool,
    /// How many requests an operation takes.
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

/// An order of rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// The oldest first.
    IdAscending,
    /// The newest first.
    IdDescending,
    /// By time alone: rows of one time come in another order with each request.
    Time,
    /// None: another one with each request.
    None,
}

/// The properties of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MessageShape {
    /// All eleven.
    Full,
    /// The six of the older page.
    Old,
}

/// What `createdBy` is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CreatedBy {
    /// The short agent.
    Object,
    /// The agent's id.
    Id,
    /// Nothing.
    Null,
}

/// The shape of error bodies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorShape {
    /// `{"code": "invalid", "detail": "groupKey: …"}`
    CodeAndDetail,
    /// As Django REST framework has it: `{"groupKey": ["…"]}` for a value, else `{"detail": "…"}`.
    FieldMap,
}

/// How many requests an operation takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RateLimit {
    /// All.
    Off,
    /// 10 reads and 5 others a second, as the service's sibling API documents; then 429 and `Retry-After`.
    SiblingApi,
}

impl Behaviour {
    /// The same with one switch set, as `order` and `id_descending`. 400 names what is wrong.
    pub fn set(self, name: &str, value: &str) -> Result<Self> {
        // What is no JSON is a text.
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

/// The behaviour in force.
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
    fn a_switch_is_set_by_its_name() {
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
