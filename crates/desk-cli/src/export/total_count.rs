//! The final check of an export: the service's count of all rows against the sum of all windows.

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use desk_client::Client;
use desk_client::export;

use crate::api::List;
use crate::api::input::{Input, ListQuery};
use crate::error::{Error, Exit, Result};

/// Refuses an export if the service counts more rows in its whole time than its windows have.
pub(super) async fn check_total(
    list: &List,
    client: &Client,
    input: &Input,
    (from, until): (Option<DateTime<Utc>>, Option<DateTime<Utc>>),
    rows: u64,
    hint: &str,
) -> Result<()> {
    let from = export::begin(from);
    let span = |until| ListQuery { from: Some(from), until, page: None };
    let counted = list.count(client.clone(), input.clone(), span(until)).await?;
    let mut more = u64::try_from(counted).unwrap_or_default().saturating_sub(rows);
    if more > 0 && from.timestamp_subsec_micros() > 0 {
        // A service that truncates times to seconds also counts the earlier rows of the first
        // second.
        let second = span(Some(from.trunc_subsecs(0) + TimeDelta::seconds(1)));
        let window = (list.export)(client, input, second)?.next_window().await.transpose()?;
        more = more.saturating_sub(window.map_or(0, |window| window.proof.out_of_range_rows));
    }
    match more {
        0 => Ok(()),
        more => Err(Error::new(
            Exit::Partial,
            "inconsistent",
            format!("the service counts {more} more rows in the whole time than in the windows"),
        )
        .hint(hint)),
    }
}
