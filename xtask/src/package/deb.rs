//! Makes Debian packages: `libdesk0`, `libdesk-dev`, and `libdesk0-dbgsym` with the line numbers.
//!
//! Each file of the installed tree goes into one of the packages. dpkg's own tools determine the
//! library's dependencies and write the archives. There is no debian/ folder, because these
//! packages accompany a release and no distribution builds them.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::Release;
use crate::install::{self, build::Built};
use crate::toolchain::output;

const DOC: &str = "usr/share/doc";

/// dpkg's names for this machine.
pub(super) struct Machine {
    arch: String,
    /// The folder below /usr/lib.
    multiarch: String,
}

impl Machine {
    pub(super) fn ask() -> Result<Machine> {
        let ask = |name: &str| -> Result<String> {
            let answer = output(Command::new("dpkg-architecture").arg("-q").arg(name))
                .context("Debian packages need dpkg's tools (apt-get install dpkg-dev); make the rest with --no-deb")?;
            Ok(answer.trim().to_owned())
        };
        Ok(Machine { arch: ask("DEB_HOST_ARCH")?, multiarch: ask("DEB_HOST_MULTIARCH")? })
    }
}

/// A package that is being built.
struct Package {
    name: String,
    /// The folder that stands for `/`.
    top: PathBuf,
    fields: Vec<(&'static str, String)>,
    /// Further control files, with their texts.
    control: Vec<(&'static str, String)>,
}

/// Makes all packages; returns the names of their files.
pub(super) fn make(
    release: &Release,
    machine: &Machine,
    built: &Built,
    since: &[(String, String)],
) -> Result<Vec<String>> {
    let (names, maintainer) = (&release.names, maintainer()?);
    let (version, major) = (format!("{}-1", names.version), &names.major);
    let name = format!("libdesk{major}");
    let package = |name: String| Package { top: release.stage.join(&name), name, fields: vec![], control: vec![] };
    let mut runtime = package(name.clone());
    let mut dev = package("libdesk-dev".to_owned());
    let mut symbols = package(format!("{name}-dbgsym"));

    let (tree, libdir) = (release.stage.join("deb"), Path::new("lib").join(&machine.multiarch));
    install::write(&tree.join("usr"), &libdir, names, built, &release.notices)?;
    let (build_id, libdir) = (build_id(&built.shared)?, Path::new("usr").join(libdir));
    for file in files(&tree)? {
        if let Some((package, to)) = place(&file, &libdir, &build_id, [&runtime, &dev, &symbols])? {
            move_file(&tree.join(&file), &package.top.join(to))?;
        }
    }
    document(release, &runtime, &[&dev, &symbols], &version, &maintainer)?;

    let same = format!("{name} (= {version})");
    runtime.fields = vec![
        ("Section", "libs".to_owned()),
        ("Depends", needs(release, &runtime.top.join(libdir.join(&names.shared)))?),
        ("Description", description("shared library", "the library that programs need to run")),
    ];
    let list: String = since.iter().map(|(name, version)| format!(" {name}@Base {version}\n")).collect();
    runtime.control = vec![
        ("shlibs", format!("libdesk {major} {name} (>= {})\n", names.version)),
        ("symbols", format!("{} {name} #MINVER#\n* Build-Depends-Package: libdesk-dev\n{list}", names.soname)),
        ("triggers", "activate-noawait ldconfig\n".to_owned()),
    ];
    let holds = "the headers for C and C++, the static library, the files for pkg-config\n and those for CMake";
    dev.fields = vec![
        ("Section", "libdevel".to_owned()),
        ("Depends", same.clone()),
        ("Description", description("development files", holds)),
    ];
    symbols.fields = vec![
        ("Section", "debug".to_owned()),
        ("Depends", same),
        ("Auto-Built-Package", "debug-symbols".to_owned()),
        ("Build-Ids", build_id),
        ("Description", format!("debug symbols for {name}")),
    ];
    let common = [("Version", version), ("Architecture", machine.arch.clone()), ("Maintainer", maintainer)];
    [runtime, dev, symbols].iter().map(|package| package.build(release, &common)).collect()
}

/// The package and path for a file of the tree; `None` if Debian has the content in another form.
fn place<'a>(
    file: &Path,
    libdir: &Path,
    build_id: &str,
    [runtime, dev, symbols]: [&'a Package; 3],
) -> Result<Option<(&'a Package, PathBuf)>> {
    let (name, folder) = (file_name(file), file.parent().unwrap_or(Path::new("")));
    Ok(Some(if folder == libdir.join(".debug") {
        // Debuggers look for the file in this folder.
        let (start, rest) = build_id.split_at(2);
        (symbols, Path::new("usr/lib/debug/.build-id").join(start).join(format!("{rest}.debug")))
    } else if folder == libdir && name.starts_with("libdesk.so.") {
        (runtime, file.to_owned())
    } else if name == "THIRD-PARTY.txt" {
        (runtime, Path::new(DOC).join(&runtime.name).join(name))
    } else if name.starts_with("LICENSE-") {
        // The copyright file has the content of the licences.
        return Ok(None);
    } else if folder.starts_with(libdir) || folder == Path::new("usr/include") {
        (dev, file.to_owned())
    } else {
        bail!("{} belongs to no Debian package; say in package/deb.rs to which", file.display());
    }))
}

/// Writes the files that Debian requires: copyright, changes, and the reason for an exception from
/// a rule of lintian.
fn document(release: &Release, runtime: &Package, others: &[&Package], version: &str, maintainer: &str) -> Result<()> {
    let name = &runtime.name;
    let docs = runtime.top.join(DOC).join(name);
    gzip(&docs.join("THIRD-PARTY.txt"))?;
    write(&docs.join("copyright"), &copyright())?;
    let changelog = fs::read_to_string(crate::root().join("CHANGELOG.md")).context("CHANGELOG.md")?;
    write(&docs.join("changelog"), &changelog)?;
    gzip(&docs.join("changelog"))?;
    let date = release.date("+%a, %d %b %Y %H:%M:%S +0000")?;
    let entry = format!(
        "desk-sdk ({version}) unstable; urgency=medium\n\n  * See changelog.gz for what is new.\n\n -- {maintainer}  {date}\n"
    );
    write(&docs.join("changelog.Debian"), &entry)?;
    gzip(&docs.join("changelog.Debian"))?;
    let why = "# Made for a release, not for Debian's archive: there is no bug to close.";
    let overrides = format!("{why}\n{name}: initial-upload-closes-no-bugs\n");
    write(&runtime.top.join("usr/share/lintian/overrides").join(name), &overrides)?;
    for other in others {
        let docs = other.top.join(DOC);
        create(&docs)?;
        symlink(name, docs.join(&other.name)).with_context(|| format!("cannot link {}", docs.display()))?;
    }
    Ok(())
}

impl Package {
    fn build(&self, release: &Release, common: &[(&str, String)]) -> Result<String> {
        let (mut sums, mut kilobytes) = (Command::new("md5sum"), 0);
        sums.current_dir(&self.top);
        for file in files(&self.top)? {
            let path = self.top.join(&file);
            let about = path.symlink_metadata()?;
            kilobytes += about.len().div_ceil(1024);
            if about.is_file() {
                // The packages contain no programs, and Debian does not mark libraries as
                // executable.
                fs::set_permissions(&path, fs::Permissions::from_mode(0o644))?;
                sums.arg(file);
            }
        }
        let sums = output(&mut sums)?;
        let mut control = format!("Package: {}\nSource: desk-sdk\n", self.name);
        let own = self.fields.iter().map(|(key, value)| (*key, value));
        for (key, value) in common.iter().map(|(key, value)| (*key, value)).chain(own) {
            control += &format!("{key}: {value}\n");
        }
        control += &format!("Installed-Size: {kilobytes}\nMulti-Arch: same\nPriority: optional\n");
        let folder = self.top.join("DEBIAN");
        for (name, text) in self.control.iter().chain(&[("control", control), ("md5sums", sums)]) {
            write(&folder.join(name), text)?;
        }
        for folder in folders(&self.top)? {
            fs::set_permissions(folder, fs::Permissions::from_mode(0o755))?;
        }
        let mut dpkg = Command::new("dpkg-deb");
        dpkg.env("SOURCE_DATE_EPOCH", &release.epoch).args(["--root-owner-group", "-Zxz", "--build"]);
        output(dpkg.arg(&self.top).arg(&release.out))?;
        let value = |wanted: &str| common.iter().find(|(key, _)| *key == wanted).map_or("", |(_, value)| value);
        Ok(format!("{}_{}_{}.deb", self.name, value("Version"), value("Architecture")))
    }
}

/// The minimum versions that the symbols in use require: `libc6 (>= 2.34), libgcc-s1 (>= 4.2)`.
fn needs(release: &Release, library: &Path) -> Result<String> {
    // The tool expects to run in the sources of a package.
    let folder = release.stage.join("shlibdeps");
    write(&folder.join("debian/control"), "Source: desk-sdk\n\nPackage: libdesk\nArchitecture: any\n")?;
    let mut tool = Command::new("dpkg-shlibdeps");
    let text = output(tool.current_dir(&folder).arg("-O").arg(library))?;
    let needs = text.lines().find_map(|line| line.strip_prefix("shlibs:Depends="));
    needs.map(str::to_owned).with_context(|| format!("dpkg-shlibdeps printed `{text}`"))
}

fn description(what: &str, holds: &str) -> String {
    format!(
        "client for the Sendbird Desk Platform API ({what})\n libdesk sends messages to customers and reads their \
         conversations through\n the Sendbird Desk Platform API, from C and C++.\n .\n This package holds\n {holds}."
    )
}

/// The maintainer: `DEBFULLNAME` and `DEBEMAIL`, as in all tools of Debian, or the author of the
/// commit.
fn maintainer() -> Result<String> {
    let value = |name: &str, field: &str| match std::env::var(name) {
        Ok(value) => Ok(value),
        Err(_) => {
            output(Command::new("git").current_dir(crate::root()).args(["log", "-1"]).arg(format!("--format={field}")))
                .map(|value| value.trim().to_owned())
                .with_context(|| format!("a Debian package names its maintainer; set {name}"))
        }
    };
    Ok(format!("{} <{}>", value("DEBFULLNAME", "%an")?, value("DEBEMAIL", "%ae")?))
}

fn copyright() -> String {
    let year_and_holder =
        include_str!("../../../LICENSE-MIT").lines().find_map(|line| line.strip_prefix("Copyright (c) "));
    include_str!("copyright.in").replace("@HOLDER@", year_and_holder.unwrap_or("The Desk SDK authors"))
}

fn build_id(library: &Path) -> Result<String> {
    let notes = output(Command::new("readelf").arg("--notes").arg(library))?;
    let id = notes.lines().find_map(|line| line.trim().strip_prefix("Build ID: "));
    id.map(str::to_owned).context("libdesk.so has no build id, by which debuggers find its symbols")
}

/// All files and links below `top`, without folders, relative to it, sorted.
fn files(top: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for folder in folders(top)? {
        for entry in fs::read_dir(&folder)? {
            let path = entry?.path();
            if !path.symlink_metadata()?.is_dir() {
                found.push(path.strip_prefix(top)?.to_owned());
            }
        }
    }
    found.sort();
    Ok(found)
}

/// `top` and all folders below it.
fn folders(top: &Path) -> Result<Vec<PathBuf>> {
    let mut found = vec![top.to_owned()];
    let mut next = 0;
    while let Some(folder) = found.get(next).cloned() {
        for entry in fs::read_dir(&folder).with_context(|| format!("cannot list {}", folder.display()))? {
            let path = entry?.path();
            if path.symlink_metadata()?.is_dir() {
                found.push(path);
            }
        }
        next += 1;
    }
    Ok(found)
}

fn file_name(path: &Path) -> &str {
    path.file_name().and_then(|name| name.to_str()).unwrap_or_default()
}

fn create(folder: &Path) -> Result<()> {
    fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))
}

fn move_file(from: &Path, to: &Path) -> Result<()> {
    create(to.parent().unwrap_or(to))?;
    fs::rename(from, to).with_context(|| format!("cannot move {} to {}", from.display(), to.display()))
}

fn write(path: &Path, text: &str) -> Result<()> {
    create(path.parent().unwrap_or(path))?;
    fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
}

fn gzip(path: &Path) -> Result<()> {
    output(Command::new("gzip").args(["-9n", "--force"]).arg(path)).map(drop)
}
