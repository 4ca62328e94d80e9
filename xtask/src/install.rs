//! `cargo xtask install`: writes the libraries, headers, and files for pkg-config and CMake as a
//! relocatable tree.
//!
//! `build` makes the libraries; this file holds the options and the tree. No file in the tree
//! contains the tree's location, so the prefix and `--destdir` only choose the destination. The
//! task builds everything before it writes the first file, and replaces each file atomically.

pub(crate) mod build;
pub mod names;

use std::fs;
use std::path::{Component, Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};

use crate::{crates, notices};
use build::Built;
use names::Names;

/// The options of the command line.
#[derive(Debug, PartialEq)]
pub struct Options {
    /// The absolute path where programs will look for the tree.
    pub prefix: PathBuf,
    /// The folder that stands for `/` while a package is made.
    pub destdir: Option<PathBuf>,
    /// The folder of the libraries, inside the prefix.
    pub libdir: PathBuf,
    /// Build without optimisation.
    pub debug: bool,
}

/// Runs the task.
pub fn run(flags: &[&str]) -> Result<()> {
    let options = Options::parse(flags)?;
    let names = Names::of(env!("CARGO_PKG_VERSION"));
    let notices = notices::text(&crates::linked()?)?;
    let built = build::run(options.debug, &names)?;
    let top = options.top();
    let files = write(&top, &options.libdir, &names, &built, &notices)?;
    println!("installed {files} files in {}", top.display());
    Ok(())
}

/// Writes the tree below `top`; returns the number of files.
pub(crate) fn write(top: &Path, libdir: &Path, names: &Names, built: &Built, notices: &str) -> Result<usize> {
    let tree = tree(libdir, names, built, notices)?;
    for (path, entry) in &tree {
        entry.write(&top.join(path)).with_context(|| format!("cannot write {}", top.join(path).display()))?;
    }
    Ok(tree.len())
}

impl Options {
    /// Parses the arguments after `install`.
    pub fn parse(flags: &[&str]) -> Result<Options> {
        let (mut prefix, mut destdir, mut libdir, mut debug) = (None, None, PathBuf::from("lib"), false);
        let mut words = flags.iter().flat_map(|flag| match flag.split_once('=') {
            Some((name, value)) if name.starts_with("--") => vec![name, value],
            _ => vec![*flag],
        });
        while let Some(name) = words.next() {
            let mut folder = || {
                let value = words.next().filter(|value| !value.is_empty() && !value.starts_with("--"));
                value.map(PathBuf::from).with_context(|| format!("{name} takes a folder"))
            };
            match name {
                "--prefix" => prefix = Some(folder()?),
                "--destdir" => destdir = Some(folder()?),
                "--libdir" => libdir = folder()?,
                "--debug-build" => debug = true,
                _ => bail!("install does not know {name}; it takes --prefix, --destdir, --libdir and --debug-build"),
            }
        }
        let prefix = prefix.context("install needs --prefix DIR, such as --prefix /usr/local")?;
        if !prefix.is_absolute() {
            let (path, whole) = (prefix.display(), std::path::absolute(&prefix)?);
            bail!("--prefix {path} is relative; write --prefix {}", whole.display());
        }
        ensure!(
            prefix.components().all(|part| part != Component::ParentDir),
            "--prefix {} has `..` in it; write the folder itself",
            prefix.display()
        );
        ensure!(
            libdir.components().all(|part| matches!(part, Component::Normal(_))),
            "--libdir {} is not a folder inside the prefix; write --libdir lib or --libdir lib64",
            libdir.display()
        );
        Ok(Options { prefix, destdir, libdir, debug })
    }

    /// The destination folder.
    fn top(&self) -> PathBuf {
        match &self.destdir {
            None => self.prefix.clone(),
            Some(destdir) => destdir.join(self.prefix.strip_prefix("/").unwrap_or(&self.prefix)),
        }
    }
}

/// One entry of the tree.
enum Entry {
    /// A copy of a file, with its mode.
    Copy(PathBuf, u32),
    Text(String),
    /// A link to a file in the same folder.
    Link(String),
}

const HEADERS: [&str; 2] = ["desk.h", "desk.hpp"];

/// The whole tree in the order of writing: each target before the links to it.
fn tree(libdir: &Path, names: &Names, built: &Built, notices: &str) -> Result<Vec<(PathBuf, Entry)>> {
    let root = crate::root();
    let fill = |template: &str| fill(template, libdir, names, &built.system_libs);
    let cmake = libdir.join("cmake/Desk");
    let doc = Path::new("share/doc/libdesk");
    let mut tree = vec![
        (libdir.join(&names.shared), Entry::Copy(built.shared.clone(), 0o755)),
        (libdir.join(".debug").join(format!("{}.debug", names.shared)), Entry::Copy(built.debug.clone(), 0o644)),
        (libdir.join(&names.soname), Entry::Link(names.shared.clone())),
        (libdir.join("libdesk.so"), Entry::Link(names.soname.clone())),
        (libdir.join("libdesk.a"), Entry::Copy(built.archive.clone(), 0o644)),
        (libdir.join("pkgconfig/desk.pc"), Entry::Text(fill(include_str!("install/desk.pc.in"))?)),
        (cmake.join("DeskTargets.cmake"), Entry::Text(fill(include_str!("install/DeskTargets.cmake.in"))?)),
        (cmake.join("DeskConfigVersion.cmake"), Entry::Text(fill(include_str!("install/DeskConfigVersion.cmake.in"))?)),
        (cmake.join("DeskConfig.cmake"), Entry::Text(fill(include_str!("install/DeskConfig.cmake.in"))?)),
    ];
    for name in HEADERS {
        tree.push((Path::new("include").join(name), Entry::Copy(root.join("include").join(name), 0o644)));
    }
    for name in ["LICENSE-APACHE", "LICENSE-MIT"] {
        tree.push((doc.join(name), Entry::Copy(root.join(name), 0o644)));
    }
    tree.push((doc.join("THIRD-PARTY.txt"), Entry::Text(notices.to_owned())));
    Ok(tree)
}

/// Fills in the `@NAMES@` of a template.
fn fill(template: &str, libdir: &Path, names: &Names, system_libs: &str) -> Result<String> {
    let up = |below: usize| vec![".."; libdir.components().count() + below].join("/");
    let cmake_libs = system_libs.replace("-l", "").replace(' ', ";");
    let pointer_size = size_of::<usize>().to_string();
    let (from_pkgconfig, from_cmake) = (up(1), up(2));
    let values = [
        ("VERSION", names.version.as_str()),
        ("MAJOR", &names.major),
        ("SHARED", &names.shared),
        ("SONAME", &names.soname),
        ("POINTER_SIZE", &pointer_size),
        ("SYSTEM_LIBS", system_libs),
        ("CMAKE_SYSTEM_LIBS", &cmake_libs),
        ("UP_FROM_PKGCONFIG", &from_pkgconfig),
        ("UP_FROM_CMAKE", &from_cmake),
    ];
    let text = values.iter().fold(template.to_owned(), |text, (name, value)| text.replace(&format!("@{name}@"), value));
    ensure!(!text.contains('@'), "a template has a name without a value:\n{text}");
    Ok(text)
}

impl Entry {
    /// Writes to a temporary name first, so that no reader ever sees half a file.
    fn write(&self, path: &Path) -> Result<()> {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let (folder, name) = (path.parent().context("no folder")?, path.file_name().context("no name")?);
        fs::create_dir_all(folder)?;
        let new = folder.join(format!(".{}.new", name.to_string_lossy()));
        // Remove the temporary file of an interrupted run.
        let _ = fs::remove_file(&new);
        let mode = match self {
            Entry::Copy(from, mode) => {
                fs::copy(from, &new).with_context(|| from.display().to_string())?;
                Some(*mode)
            }
            Entry::Text(text) => {
                fs::write(&new, text)?;
                Some(0o644)
            }
            Entry::Link(target) => {
                symlink(target, &new)?;
                None
            }
        };
        if let Some(mode) = mode {
            fs::set_permissions(&new, fs::Permissions::from_mode(mode))?;
        }
        Ok(fs::rename(&new, path)?)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn refusal(flags: &[&str]) -> String {
        Options::parse(flags).expect_err("a refusal").to_string()
    }

    #[test]
    fn arguments() {
        let options = Options::parse(&["--prefix", "/usr", "--destdir=out", "--libdir", "lib/x86", "--debug-build"]);
        let options = options.expect("good options");
        assert_eq!((options.top(), options.debug), (PathBuf::from("out/usr"), true));
        assert_eq!(options.libdir, Path::new("lib/x86"));
        let relative = refusal(&["--prefix", "out"]);
        let here = std::env::current_dir().expect("a folder").join("out");
        assert_eq!(relative, format!("--prefix out is relative; write --prefix {}", here.display()));
        assert!(refusal(&[]).starts_with("install needs --prefix DIR"));
        assert_eq!(refusal(&["--prefix"]), "--prefix takes a folder");
        assert_eq!(refusal(&["--prefix", "--debug-build"]), "--prefix takes a folder");
        assert!(refusal(&["--libs", "x"]).starts_with("install does not know --libs"));
        assert!(refusal(&["--prefix", "/usr/../opt"]).contains("write the folder itself"));
        for outside in ["/lib", "../lib", "lib/../.."] {
            assert!(refusal(&["--prefix", "/usr", "--libdir", outside]).contains("is not a folder inside the prefix"));
        }
    }

    #[test]
    fn files_find_the_rest_from_where_they_are() {
        let names = Names::of("3.2.1");
        let pc = fill(include_str!("install/desk.pc.in"), Path::new("lib/x86"), &names, "-lm -lc").expect("a file");
        assert!(pc.contains("prefix=${pcfiledir}/../../..\n") && pc.contains("Libs.private: -lm -lc\n"), "{pc}");
        let cmake =
            fill(include_str!("install/DeskTargets.cmake.in"), Path::new("lib"), &names, "-lm -lc").expect("a file");
        assert!(cmake.contains("${_desk_here}/../../..\"") && cmake.contains("LIBRARIES \"m;c\""), "{cmake}");
        assert!(cmake.contains("SONAME \"libdesk.so.3\""), "{cmake}");
    }

    /// By the rules of cargo-c 0.10.24 (src/build.rs), cargo-c would install files with the same
    /// names and texts as this installer.
    #[test]
    fn cargo_c_would_install_the_same() {
        let metadata = crate::toolchain::output(crate::toolchain::cargo().args([
            "metadata",
            "--no-deps",
            "--format-version",
            "1",
        ]));
        let metadata: serde_json::Value = serde_json::from_str(&metadata.expect("cargo runs")).expect("JSON");
        let packages = metadata["packages"].as_array().expect("packages");
        let package = packages.iter().find(|package| package["name"] == "desk-ffi").expect("desk-ffi");
        let capi = &package["metadata"]["capi"];
        let (version, names) = (package["version"].as_str().expect("a version"), Names::of(env!("CARGO_PKG_VERSION")));

        let pc = include_str!("install/desk.pc.in");
        assert_eq!((&capi["pkg_config"]["filename"], version), (&"desk".into(), names.version.as_str()));
        for (key, field) in [("name", "Name"), ("description", "Description")] {
            let value = capi["pkg_config"][key].as_str().expect(key);
            assert!(pc.contains(&format!("\n{field}: {value}\n")), "{field}: {value}");
        }
        let library = &capi["library"];
        let components =
            usize::try_from(library["version_suffix_components"].as_u64().expect("a number")).expect("small");
        let suffix = version.split('.').take(components).collect::<Vec<_>>().join(".");
        let library_name = library["name"].as_str().expect("a name");
        assert_eq!(names.soname, format!("lib{library_name}.so.{suffix}"));
        assert_eq!(names.shared, format!("lib{library_name}.so.{version}"));
        assert_eq!(library["target"]["cfg(target_os = \"linux\")"]["rustflags"], build::NODELETE);
        assert!(library.get("version").is_none() && capi["pkg_config"].get("version").is_none(), "that of the package");

        let (header, assets) = (&capi["header"], &capi["install"]["include"]["asset"]);
        assert_eq!((&header["generation"], &header["subdirectory"]), (&false.into(), &false.into()));
        assert_eq!(assets, &serde_json::json!([{"from": "../../include/*.h*", "to": ""}]));
        let include = fs::read_dir(crate::root().join("include")).expect("include");
        let headers: BTreeSet<_> = include.map(|entry| entry.expect("an entry").file_name()).collect();
        assert_eq!(headers, HEADERS.map(Into::into).into());
    }
}
