//! `desk export verify`: counts every window again, hashes every part, and re-reads windows that
//! differ.
//!
//! Equal counts do not prove equal rows: only re-read windows are compared row by row, with
//! `--read` all of them. New parts are published only if they replace the old ones; the manifest
//! gets its line next, and the old parts are removed last. After a kill the next command removes
//! parts that the manifest does not record.

use std::collections::{BTreeSet, HashSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;

use chrono::SecondsFormat;
use clap::ArgMatches;
use desk_client::Client;

use super::directory::{self, ExportDir};
use super::format::NewWindow;
use super::lists;
use super::manifest::{self, Manifest};
use super::part::PartDir;
use super::privacy::Privacy;
use super::settings::Settings;
use super::total_count::check_total;
use super::verify_result::VerifyResult;
use super::window::Window;
use super::written::Written;
use crate::api::List;
use crate::api::arguments;
use crate::api::input::{Input, ListQuery};
use crate::connect::Connection;
use crate::counts::Counts;
use crate::error::{Error, Exit, Result};
use crate::progress::{self, Progress};

/// The way to compare windows, and to treat a window that differs.
#[derive(Clone, Copy, Default)]
pub(super) struct Mode {
    /// Keeps a window although the service has other rows now, unless the window is damaged.
    pub(super) keep: bool,
    /// Compares rows, not only counts.
    pub(super) read: bool,
}

pub(super) async fn run(matches: &ArgMatches, mode: Mode) -> Result<()> {
    let dir = arguments::path(matches, "directory").to_owned();
    let (json, started) = (matches.get_flag("json"), Instant::now());
    let paths = manifest::all(&dir)?;
    if paths.is_empty() {
        let problem = format!("{} has no manifest: it is not an export", dir.display());
        return Err(Error::usage(problem).hint("give the directory of `desk export`"));
    }
    let connection = Connection::new(matches)?;
    let counts = Arc::new(Counts::default());
    let client = connection.observed(counts.clone())?;
    let (mut result, mut shares) = (VerifyResult::default(), BTreeSet::new());
    let mut of = 0;
    directory::check_one_export(&paths)?;
    if paths.len() > 1 {
        // Every manifest is checked before any file is changed. None stays open, because there may
        // be thousands.
        paths.iter().try_for_each(|path| Manifest::existing(path.clone()).map(drop))?;
    }
    for path in paths {
        // The share of an export that was never begun counts as missing.
        let Some(mut export) = ExportDir::existing(path)? else { continue };
        let settings = export.settings().clone();
        if let Some(share) = settings.partition {
            of = share.of;
            shares.insert(share.index);
        }
        let verifier = Verifier::new(&client, &settings, &connection, matches, mode)?;
        if mode.keep && !verifier.list.windows {
            let problem = format!("--keep-deleted: {} has no time filter", verifier.list.name);
            return Err(Error::usage(problem).unsent().hint("copy the directory, then leave the option out"));
        }
        if let Some(error) = export.manifest().read_only_error().filter(|_| mode.read) {
            return Err(error
                .context("--read writes temporary files next to the parts")
                .unsent()
                .hint("copy the directory to a writable disk and verify the copy, or leave --read out"));
        }
        verifier.share(&mut export, &mut result, &counts, json).await?;
    }
    result.missing.extend((1..=of).filter(|index| !shares.contains(index)).map(|index| format!("share {index}/{of}")));
    result.print(mode.keep, &counts, json, started)
}

struct Verifier<'a> {
    client: &'a Client,
    settings: &'a Settings,
    list: &'static List,
    input: Input,
    key: Option<&'a PathBuf>,
    mode: Mode,
}

impl<'a> Verifier<'a> {
    fn new(
        client: &'a Client,
        settings: &'a Settings,
        connection: &Connection,
        matches: &'a ArgMatches,
        mode: Mode,
    ) -> Result<Verifier<'a>> {
        if connection.service() != settings.service {
            let problem = format!("the export is of {}, not of {}", settings.service, connection.service());
            return Err(Error::usage(problem).hint("give the same service as before"));
        }
        let input = Input { values: settings.arguments.clone(), ..Input::default() };
        let key = matches.get_one::<PathBuf>("hmac-key-file");
        Ok(Verifier { client, settings, list: lists::find(&settings.list)?, input, key, mode })
    }

    async fn share(
        &self,
        export: &mut ExportDir,
        result: &mut VerifyResult,
        counts: &Arc<Counts>,
        json: bool,
    ) -> Result<()> {
        let windows: Vec<Window> = export.manifest().windows().cloned().collect();
        export.clean()?;
        let rows = windows.iter().fold(0, |rows: u64, window| rows.saturating_add(window.count));
        let mut progress = Progress::new(progress::ROWS, rows, 0, counts.clone(), json);
        let (before, kept) = (result.there(), result.kept + result.more);
        for window in &windows {
            let now = self.window(window, export, result).await?;
            result.windows += 1;
            result.rows = result.rows.saturating_add(now);
            progress.add(window.count);
        }
        progress.end();
        let manifest = export.manifest();
        let last = manifest.windows().next_back().map(|window| window.until);
        let (first, until) = self.settings.span();
        let reached = last.is_some_and(|last| until.is_none_or(|until| until <= last));
        match last.filter(|_| reached) {
            Some(_) if manifest.ended() == last => Ok(()),
            Some(_) if !self.list.windows && manifest.read_only_error().is_some() => Ok(()),
            // The only window has as many rows as the list.
            Some(last) if !self.list.windows => export.end(last),
            // All windows are stored, but the export was killed before it recorded its end.
            Some(last) if until.is_some() => {
                let rows = result.there() - before;
                let hint = "run the same command again when the service is idle";
                check_total(self.list, self.client, &self.input, (first, until), rows, hint).await?;
                // An export with differences is not complete.
                match kept == result.kept + result.more && export.manifest().read_only_error().is_none() {
                    true => export.end(last),
                    false => Ok(()),
                }
            }
            _ => {
                let from = last.map_or("the beginning".to_owned(), |last| last.to_rfc3339());
                result.missing.push(format!("rows after {from} in {}", manifest.path().display()));
                Ok(())
            }
        }
    }

    /// Checks a window, re-reads it if it differs, and returns its number of rows.
    async fn window(&self, window: &Window, export: &mut ExportDir, result: &mut VerifyResult) -> Result<u64> {
        let span = ListQuery { from: Some(window.from), until: Some(window.until), page: None };
        let count = self.list.count(self.client.clone(), self.input.clone(), span).await?;
        let is_complete = export.holds(window)?;
        // Without windows an equal count may still mean other rows.
        let there = u64::try_from(count).ok();
        let agrees = window.verified && is_complete && there == Some(window.count);
        let reads = self.mode.read || !self.list.windows;
        if agrees && !(reads && export.manifest().read_only_error().is_none()) {
            result.counted += 1;
            return Ok(window.count);
        }
        let there = there.unwrap_or_default();
        // The count may have grown although some rows are gone; re-reading would drop those.
        if self.mode.keep && is_complete && there != window.count {
            result.keep(window.count, there);
            result.counted += 1;
            result.wrong += u64::from(!window.verified);
            return Ok(window.count);
        }
        if let Some(error) = export.manifest().read_only_error() {
            let from = window.from.to_rfc3339_opts(SecondsFormat::AutoSi, true);
            let error = error.context(format!("the window of {from} in {} differs", export.path().display()));
            return Err(Error { exit: Exit::Integrity, kind: "integrity", ..error });
        }
        // `clean` has removed the unrecorded parts of an intact window.
        let left = if is_complete { Vec::new() } else { export.unrecorded_parts(window)? };
        if self.mode.keep
            && let Some(left) = left.first()
        {
            let problem = format!("{left} is not recorded, and may have the only copy of rows");
            return Err(Error::integrity(problem)
                .hint("restore the newest manifest; or copy the directory, and leave --keep-deleted out"));
        }
        // An earlier window has created the table.
        let first = export.manifest().windows().next().is_none_or(|first| first.from == window.from);
        export.target().begun.store(!first, Ordering::Relaxed);
        let (now, written) = self.read_again(export, window, &left, span).await?;
        if !now.verified {
            result.wrong += 1;
        }
        if is_complete {
            let same = (now.verified, now.count) == (window.verified, window.count);
            let has_same_rows = |dir: &PartDir, one: &str, other: &str| export.format().has_same_rows(dir, one, other);
            if !now.verified || (same && written.is_same(&window.parts, has_same_rows)?) {
                // The service has no better rows.
                written.discard()?;
                return Ok(window.count);
            }
            result.changed += u64::from(same);
            if self.mode.keep && window.verified {
                written.discard()?;
                result.keep(window.count, now.count);
                return Ok(window.count);
            }
        }
        let now = Window { parts: written.publish()?, ..now };
        let rows = now.count;
        result.fixed += u64::from(now.verified);
        if self.list.windows && now.verified {
            result.removed += window.count.saturating_sub(rows);
        }
        let kept: HashSet<&str> = now.parts.iter().map(|part| part.file.as_str()).collect();
        let old = window.parts.iter().map(|part| part.file.clone()).filter(|file| !kept.contains(file.as_str()));
        let old: Vec<String> = old.collect();
        let verified = now.verified;
        export.add(&now)?;
        export.remove(&old)?;
        if verified {
            // Removes the parts that a killed command left.
            export.remove(&left)?;
        }
        Ok(rows)
    }

    /// Re-reads a window into parts with names that no stored or `left` part has.
    async fn read_again(
        &self,
        export: &ExportDir,
        window: &Window,
        left: &[String],
        span: ListQuery,
    ) -> Result<(Window, Written)> {
        let time = (window.from, window.until);
        let taken = |revision| {
            let name = export.target().names.part(time, revision);
            window.parts.iter().map(|part| &part.file).chain(left).any(|file| file.ends_with(&name))
        };
        let revision = (1..).find(|revision| !taken(*revision)).unwrap_or_default();
        let (target, privacy) = (export.target(), Arc::new(self.privacy()?));
        let begin = |span| {
            export.format().begin(NewWindow { target: target.clone(), privacy: privacy.clone(), span, revision })
        };
        let mut sink = None;
        let mut export = (self.list.export)(self.client, &self.input, span)?;
        let mut now = Window {
            count: 0,
            id_min: None,
            id_max: None,
            requests: 0,
            out_of_range_rows: 0,
            verified: true,
            parts: Vec::new(),
            ..window.clone()
        };
        let mut reached = None;
        while let Some(piece) = export.next_window().await {
            let piece = piece?;
            let proof = &piece.proof;
            if !self.list.windows {
                now.until = proof.until;
            }
            let mut writing = match sink.take() {
                Some(writing) => writing,
                None => begin((now.from, now.until))?,
            };
            writing.rows(piece.items)?;
            sink = Some(writing);
            now.count += proof.count;
            now.id_min = now.id_min.into_iter().chain(proof.id_min).min();
            now.id_max = now.id_max.max(proof.id_max);
            now.requests += proof.requests;
            now.out_of_range_rows += proof.out_of_range_rows;
            now.verified &= proof.verified;
            reached = Some(proof.until);
        }
        now.verified &= reached == Some(now.until);
        let sink = match sink {
            Some(sink) => sink,
            None => begin(time)?,
        };
        Ok((now, sink.finish()?))
    }

    fn privacy(&self) -> Result<Privacy> {
        let privacy = Privacy::new(&self.settings.private, self.key)?;
        if privacy.key_id() != self.settings.hmac_key {
            return Err(Error::usage("the key differs from the key of the export")
                .hint("give the same --hmac-key-file as before"));
        }
        Ok(privacy)
    }
}
