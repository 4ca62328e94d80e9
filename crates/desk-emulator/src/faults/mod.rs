//! Fault rules: failures of a real service and of the network in front of it.
//!
//! A [`FaultPlan`] is validated when it is set. A rule fires depending only on the order of the
//! requests and on the plan's seed. `http/fault.rs` plays the faults.

mod rule;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use fastrand::Rng;
use serde::Serialize;

pub use rule::{CutMode, CutPoint, Fault, FaultPlan, FaultRule, Nth, RetryAfter};

use crate::error::{Error, Result};
use crate::spec;

const METHODS: [&str; 3] = ["GET", "HEAD", "POST"];

impl FaultPlan {
    /// A plan with seed 0.
    pub fn new(rules: impl IntoIterator<Item = FaultRule>) -> Self {
        Self { seed: 0, rules: rules.into_iter().collect() }
    }
}

impl FaultRule {
    /// A rule for every request.
    pub fn new(fault: Fault) -> Self {
        Self { method: None, operation: None, nth: None, probability: None, times: None, fault }
    }

    /// Restricts the rule to one operation of the spec.
    pub fn operation(mut self, operation: impl Into<String>) -> Self {
        self.operation = Some(operation.into());
        self
    }

    /// Restricts the rule to one matching request, counted from 1.
    pub fn nth(mut self, index: u64) -> Self {
        self.nth = Some(Nth::One(index));
        self
    }

    /// Restricts the rule to a random share of the matching requests, 0 to 1.
    pub fn probability(mut self, probability: f64) -> Self {
        self.probability = Some(probability);
        self
    }

    /// Limits how often the rule fires.
    pub fn times(mut self, times: u64) -> Self {
        self.times = Some(times);
        self
    }

    fn check(&self) -> Result<()> {
        if let Some(method) = self.method.as_deref().filter(|method| !METHODS.contains(method)) {
            return invalid(format!("method: {method:?} is not supported; use one of {}", METHODS.join(", ")));
        }
        if let Some(operation) = self.operation.as_deref().filter(|id| !spec::operations().any(|known| known == *id)) {
            let known: Vec<_> = spec::operations().collect();
            return invalid(format!("operation: the spec has no {operation:?}; it has {}", known.join(", ")));
        }
        if self.nth.as_ref().is_some_and(|nth| nth.contains(0)) {
            return invalid("nth: the first request is 1");
        }
        if self.probability.is_some_and(|probability| !(0.0..=1.0).contains(&probability)) {
            return invalid("probability: must be 0 to 1");
        }
        match &self.fault {
            Fault::Answer { status, .. } if !(200..=599).contains(status) => invalid("status: must be 200 to 599"),
            Fault::Answer { headers, .. } => headers.iter().try_for_each(|(name, value)| {
                let is_valid =
                    name.parse::<axum::http::HeaderName>().is_ok() && value.parse::<axum::http::HeaderValue>().is_ok();
                if is_valid { Ok(()) } else { invalid(format!("headers: {name:?} or its value is not valid in HTTP")) }
            }),
            Fault::Throttle { retry_after: RetryAfter::Seconds(seconds) } if !(0.0..=1e9).contains(seconds) => {
                invalid("retry_after: seconds must be 0 to 1000000000")
            }
            Fault::Drip { bytes: 0, .. } => invalid("bytes: must be at least 1"),
            Fault::GzipBomb { megabytes } | Fault::HugeBody { megabytes } if !(1..=1024).contains(megabytes) => {
                invalid("megabytes: must be 1 to 1024")
            }
            Fault::DeepJson { levels } if !(1..=10_000_000).contains(levels) => {
                invalid("levels: must be 1 to 10000000")
            }
            Fault::Redirect { to } | Fault::Next { to } if to.parse::<axum::http::HeaderValue>().is_err() => {
                invalid("to: is not valid in a header; give a URL")
            }
            _ => Ok(()),
        }
    }
}

fn invalid<T>(detail: impl Into<String>) -> Result<T> {
    Err(Error::invalid(detail))
}

/// A rule, with the numbers of requests that it matched and that it fired for.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct FaultCount {
    /// The rule.
    #[serde(flatten)]
    pub rule: FaultRule,
    /// The matching requests for which no earlier rule fired.
    pub seen: u64,
    /// The requests for which the rule fired.
    pub fired: u64,
}

/// The active rules, shared by all handlers.
#[derive(Clone, Default)]
pub(crate) struct Faults(Arc<Mutex<ActivePlan>>);

#[derive(Default)]
struct ActivePlan {
    seed: u64,
    rng: Rng,
    rules: Vec<FaultCount>,
}

impl Faults {
    /// Replaces the plan; an error keeps the old plan.
    pub(crate) fn set(&self, plan: FaultPlan) -> Result<()> {
        for (index, rule) in plan.rules.iter().enumerate() {
            rule.check().map_err(|error| Error::invalid(format!("rules[{index}].{}", error.detail())))?;
        }
        let rules = plan.rules.into_iter().map(|rule| FaultCount { rule, seen: 0, fired: 0 }).collect();
        *self.lock() = ActivePlan { seed: plan.seed, rng: Rng::with_seed(plan.seed), rules };
        Ok(())
    }

    /// The seed and the rules with their counts.
    pub(crate) fn counts(&self) -> (u64, Vec<FaultCount>) {
        let plan = self.lock();
        (plan.seed, plan.rules.clone())
    }

    /// The fault for a request, if a rule fires, with a random number generator for it.
    pub(crate) fn pick(&self, method: &str, operation: &str) -> Option<(Fault, Rng)> {
        let ActivePlan { rng, rules, .. } = &mut *self.lock();
        let fired = rules.iter_mut().find_map(|count| {
            let rule = &count.rule;
            let is_match = rule.method.as_deref().is_none_or(|name| name == method)
                && rule.operation.as_deref().is_none_or(|name| name == operation);
            if !is_match {
                return None;
            }
            count.seen += 1;
            let fires = rule.nth.as_ref().is_none_or(|nth| nth.contains(count.seen))
                && rule.times.is_none_or(|times| count.fired < times)
                && rule.probability.is_none_or(|probability| rng.f64() < probability);
            fires.then_some(count)
        })?;
        fired.fired += 1;
        Some((fired.rule.fault.clone(), rng.fork()))
    }

    fn lock(&self) -> MutexGuard<'_, ActivePlan> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIST: &str = "chat_message_list";

    fn faults(plan: &str) -> Result<Faults> {
        let faults = Faults::default();
        let plan = serde_json::from_str(plan).map_err(|error| Error::invalid(error.to_string()))?;
        faults.set(plan).map(|()| faults)
    }

    #[test]
    fn rule_fires_only_for_matching_requests() {
        let faults = faults(
            r#"{"rules":[{"operation":"chat_message_list","nth":[2,4],"fault":"bad_chunk"},
                         {"method":"POST","times":1,"fault":{"cut":{"when":"after_commit"}}}]}"#,
        )
        .unwrap();
        let fired: Vec<_> = (0..5).map(|_| faults.pick("GET", LIST).is_some()).collect();
        assert_eq!(fired, [false, true, false, true, false]);
        let cut = faults.pick("POST", "proactive_chat_create").map(|(fault, _)| fault);
        assert_eq!(cut, Some(Fault::Cut { when: CutPoint::AfterCommit, how: CutMode::Close }));
        assert!(faults.pick("POST", "proactive_chat_create").is_none() && faults.pick("GET", "x").is_none());
        let counts: Vec<_> = faults.counts().1.iter().map(|count| (count.seen, count.fired)).collect();
        assert_eq!(counts, [(5, 2), (2, 1)]);
    }

    #[test]
    fn same_seed_gives_the_same_faults() {
        let run = |seed: u64| {
            let plan = format!(r#"{{"seed":{seed},"rules":[{{"probability":0.3,"fault":"bad_chunk"}}]}}"#);
            let faults = faults(&plan).unwrap();
            (0..1000).map(|_| faults.pick("GET", LIST).is_some()).collect::<Vec<_>>()
        };
        assert_eq!(run(1), run(1));
        assert_ne!(run(1), run(2));
        let hits = run(1).into_iter().filter(|hit| *hit).count();
        assert!((250..350).contains(&hits), "{hits}");
    }

    #[test]
    fn invalid_plan_is_refused_with_its_location() {
        let fault = |text: &str| format!(r#"{{"rules":[{{"fault":{text}}}]}}"#);
        for (plan, message) in [
            (r#"{"rule":[]}"#.to_owned(), "unknown field `rule`"),
            (r#"{"rules":[{"fault":"bad"}]}"#.to_owned(), "unknown variant `bad`"),
            (r#"{"rules":[{"method":"get","fault":"bad_chunk"}]}"#.to_owned(), "rules[0].method: \"get\""),
            (
                r#"{"rules":[{"operation":"x","fault":"bad_chunk"}]}"#.to_owned(),
                "rules[0].operation: the spec has no \"x\"; it has ",
            ),
            (r#"{"rules":[{"nth":0,"fault":"bad_chunk"}]}"#.to_owned(), "rules[0].nth: the first request is 1"),
            (r#"{"rules":[{"probability":1.5,"fault":"bad_chunk"}]}"#.to_owned(), "rules[0].probability"),
            (fault(r#"{"answer":{"status":99}}"#), "rules[0].status"),
            (fault(r#"{"answer":{"status":200,"headers":[["a b","c"]]}}"#), "rules[0].headers"),
            (fault(r#"{"drip":{"bytes":0,"every_ms":1}}"#), "rules[0].bytes"),
            (fault(r#"{"gzip_bomb":{"megabytes":0}}"#), "rules[0].megabytes"),
            (fault(r#"{"deep_json":{"levels":0}}"#), "rules[0].levels"),
            (fault(r#"{"redirect":{"to":"a\nb"}}"#), "rules[0].to"),
        ] {
            let error = faults(&plan).err().expect(&plan);
            assert!(error.detail().starts_with(message), "{plan}: {error}");
        }
    }
}
