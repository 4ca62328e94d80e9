//! The folder that programs write rows to: emptied before a run, summed up after it.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, ErrorKind};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// Replaces the folder with an empty one. The function truncates the old files and keeps them until
/// the end: a file system may visit every recently removed file before it creates another, which
/// would slow down the programs that create more files.
pub(super) fn clear(output: &Path) -> Result<()> {
    if output.exists() {
        for entry in fs::read_dir(output)? {
            File::options().write(true).open(entry?.path())?.set_len(0)?;
        }
        let aside = (0..).map(|run| emptied(output).join(run.to_string())).find(|aside| !aside.exists());
        fs::create_dir_all(emptied(output))?;
        fs::rename(output, aside.context("a free name")?)?;
    }
    fs::create_dir_all(output).context("the output of an export")
}

/// The folder that keeps truncated outputs.
fn emptied(output: &Path) -> PathBuf {
    output.with_extension("emptied")
}

/// Removes the folder and the truncated outputs.
pub(super) fn remove(output: &Path) -> Result<()> {
    for folder in [output, &emptied(output)] {
        match fs::remove_dir_all(folder) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error).context("the output of an export"),
            _ => {}
        }
    }
    Ok(())
}

/// The number of rows in the files of a folder, and the sum of their ids; each row begins with its
/// id.
pub(super) fn sum(output: &Path) -> Result<String> {
    let (mut rows, mut ids) = (0_u64, 0_u64);
    for entry in fs::read_dir(output)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "log") {
            continue;
        }
        let (mut file, mut line) = (BufReader::with_capacity(1 << 20, File::open(&path)?), Vec::new());
        while file.read_until(b'\n', &mut line)? > 0 {
            let id = line.strip_prefix(br#"{"id":"#).and_then(|rest| rest.split(|byte| *byte == b',').next());
            let id = id.and_then(|digits| std::str::from_utf8(digits).ok()?.parse::<u64>().ok());
            ids += id.with_context(|| format!("row {rows} of {} has no id", path.display()))?;
            rows += 1;
            line.clear();
        }
    }
    Ok(format!("{rows}:{ids}"))
}
