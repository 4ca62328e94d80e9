//! `cargo xtask package`: makes the files of a release from one build; the same commit gives the
//! same bytes.
//!
//! The files are a relocatable tree as a tarball, Debian packages (`deb`), a bill of materials, and
//! SHA256SUMS over all of them. The tool that owns each archive format writes the archive, with
//! sorted names and the time of the commit.

mod deb;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};

use crate::install::names::Names;
use crate::install::{self, build};
use crate::toolchain::{self, output};
use crate::{abi, crates, notices, sbom};

/// The options of the command line.
#[derive(Debug, PartialEq)]
pub struct Options {
    /// The output folder.
    pub out: PathBuf,
    /// Skip Debian packages, on machines without dpkg.
    pub no_deb: bool,
}

/// The data that all files of a release share.
struct Release {
    names: Names,
    /// The time of the sources, in seconds since 1970.
    epoch: String,
    notices: String,
    /// The staging folder.
    stage: PathBuf,
    out: PathBuf,
}

/// Runs the task.
pub fn run(flags: &[&str]) -> Result<()> {
    let options = Options::parse(flags)?;
    // Check the tools before minutes of building.
    for tool in ["tar", "gzip", "sha256sum", "date"] {
        output(Command::new(tool).arg("--version"))?;
    }
    let debian = if options.no_deb { None } else { Some(deb::Machine::ask()?) };
    let since = since()?;
    let (linked, host) = (crates::linked()?, crates::host()?);
    let (names, epoch, notices) = (Names::of(env!("CARGO_PKG_VERSION")), epoch()?, notices::text(&linked)?);
    let built = build::run(false, &names)?;

    // The lock on the built files keeps every other run out of this folder.
    let stage = toolchain::target_dir().join("package-stage");
    let _ = fs::remove_dir_all(&stage);
    for folder in [&stage, &options.out] {
        fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
    }
    let (stage, out) = (fs::canonicalize(&stage)?, fs::canonicalize(&options.out)?);
    let release = Release { names, epoch, notices, stage, out };
    let name = format!("desk-{}-{}", release.names.version, host.triple);
    let mut made = vec![release.tarball(&name, &built)?, release.bill(&name, &linked, &host)?];
    if let Some(machine) = debian {
        made.extend(deb::make(&release, &machine, &built, &since)?);
    }
    made.sort();
    let sums = output(Command::new("sha256sum").current_dir(&release.out).args(&made))?;
    fs::write(release.out.join("SHA256SUMS"), &sums).context("cannot write SHA256SUMS")?;
    print!("{sums}");
    println!("made {} files in {}", made.len() + 1, release.out.display());
    Ok(())
}

impl Options {
    /// Parses the arguments after `package`.
    pub fn parse(flags: &[&str]) -> Result<Options> {
        let mut options = Options { out: toolchain::target_dir().join("package"), no_deb: false };
        let mut words = flags.iter().flat_map(|flag| flag.splitn(2, '='));
        while let Some(word) = words.next() {
            match word {
                "--out" => {
                    let folder = words.next().filter(|folder| !folder.is_empty() && !folder.starts_with("--"));
                    options.out = folder.map(PathBuf::from).context("--out takes a folder")?;
                }
                "--no-deb" => options.no_deb = true,
                _ => bail!("package does not know {word}; it takes --out and --no-deb"),
            }
        }
        Ok(options)
    }
}

impl Release {
    /// Packs the tree below a top folder of its own name.
    fn tarball(&self, name: &str, built: &build::Built) -> Result<String> {
        install::write(&self.stage.join(name), Path::new("lib"), &self.names, built, &self.notices)?;
        let file = format!("{name}.tar.gz");
        let mut tar = Command::new("tar");
        tar.args(["--create", "--sort=name", "--format=gnu", "--owner=0", "--group=0", "--numeric-owner"]);
        tar.args(["--mode=u=rwX,go=rX", "--use-compress-program=gzip -9n"]).arg(format!("--mtime=@{}", self.epoch));
        output(tar.arg("--file").arg(self.out.join(&file)).arg("--directory").arg(&self.stage).arg(name))?;
        Ok(file)
    }

    fn bill(&self, name: &str, linked: &crates::Crates, host: &crates::Host) -> Result<String> {
        let document = sbom::document(linked, host, &self.names.version, &self.date("+%Y-%m-%dT%H:%M:%SZ")?)?;
        let file = format!("{name}.cdx.json");
        let path = self.out.join(&file);
        let write = |document: &serde_json::Value| -> Result<()> {
            let text = format!("{}\n", serde_json::to_string_pretty(document)?);
            fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))
        };
        write(&document)?;
        let sum = output(Command::new("sha256sum").arg(&path))?;
        write(&sbom::with_serial(document, &sum))?;
        Ok(file)
    }

    /// The time of the sources in a format of date(1).
    fn date(&self, format: &str) -> Result<String> {
        let mut date = Command::new("date");
        Ok(output(date.env("LC_ALL", "C").args(["--utc", "--date"]).arg(format!("@{}", self.epoch)).arg(format))?
            .trim()
            .to_owned())
    }
}

/// Lists the version that introduced each function; returns an error if the list lacks a function.
fn since() -> Result<Vec<(String, String)>> {
    let root = crate::root();
    let path = root.join("abi/symbols.txt");
    let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let listed = abi::functions(&text);
    let header = abi::Header::read(&root.join("include"))?;
    ensure!(
        listed.keys().eq(header.functions.keys()),
        "abi/symbols.txt does not list the functions of desk.h; run `cargo xtask abi --accept`"
    );
    Ok(listed.into_iter().map(|(name, (since, _))| (name, since)).collect())
}

/// `SOURCE_DATE_EPOCH`, or the time of the commit.
fn epoch() -> Result<String> {
    let epoch = match std::env::var("SOURCE_DATE_EPOCH") {
        Ok(epoch) => epoch,
        Err(_) => output(Command::new("git").current_dir(crate::root()).args(["log", "-1", "--format=%ct"])).context(
            "the sources have no commit to take their time from; set SOURCE_DATE_EPOCH to seconds since 1970",
        )?,
    };
    let epoch = epoch.trim().to_owned();
    ensure!(epoch.parse::<u64>().is_ok(), "SOURCE_DATE_EPOCH={epoch} is no time; set it to seconds since 1970");
    Ok(epoch)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments() {
        let options = Options::parse(&["--out=here", "--no-deb"]).expect("good options");
        assert_eq!(options, Options { out: PathBuf::from("here"), no_deb: true });
        assert!(Options::parse(&[]).expect("good options").out.ends_with("package"));
        let refusal = |flags: &[&str]| Options::parse(flags).expect_err("a refusal").to_string();
        assert_eq!(refusal(&["--out"]), "--out takes a folder");
        assert_eq!(refusal(&["--out", "--no-deb"]), "--out takes a folder");
        assert_eq!(refusal(&["--rpm"]), "package does not know --rpm; it takes --out and --no-deb");
    }
}
