//! Builds the programs to measure: libdesk as installed, the server and the peers.
//!
//! yyjson and simdjson come as C and C++ sources inside crates that `bench/Cargo.toml` names; cargo
//! never compiles these crates.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{fs, iter};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::toolchain::{self, c_compiler, cargo, cpp_compiler, finish};

/// The paths of the programs.
pub(super) struct Programs {
    pub(super) launch: PathBuf,
    pub(super) spin: PathBuf,
    pub(super) server: PathBuf,
    /// Name in the table and program; the first is libdesk's.
    pub(super) lists: Vec<(String, PathBuf)>,
    pub(super) calls: Vec<(String, PathBuf)>,
    pub(super) exports: Vec<(String, PathBuf)>,
    /// Folder for the files that the programs write.
    pub(super) dir: PathBuf,
}

/// Builds all programs.
pub(super) fn build(also: Option<&Path>, quick: bool) -> Result<Programs> {
    let (source, dir) = (crate::root().join("bench"), toolchain::target_dir().join("bench"));
    let bin = dir.join("bin");
    fs::create_dir_all(&bin).with_context(|| bin.display().to_string())?;
    let installed = dir.join("libdesk");
    let shown = installed.to_str().context("the target folder is no text")?;
    // A quick run compares no times, so debug builds suffice; the tests have already built most of
    // them with the same features.
    let (install, flags, profile): (&[&str], &[&str], _) =
        if quick { (&["--debug-build"], &[], "debug") } else { (&[], &["--release"], "release") };
    crate::install::run(&[&["--prefix", shown], install].concat())?;
    let manifest = source.join("Cargo.toml");
    let rust = if quick { toolchain::target_dir() } else { dir.join("cargo") };
    let mut peers = cargo();
    peers.args(["build", "--locked", "--manifest-path"]).arg(&manifest).arg("--target-dir").arg(&rust).args(flags);
    finish(&mut peers)?;
    let rust = rust.join(profile);
    let tested = ["test", "--no-run", "--locked", "--workspace", "--features", "xtask/codegen", "--test", "desk"];
    let released = ["build", "--locked", "--package", "desk-cli", "--release"];
    finish(cargo().args(if quick { &tested[..] } else { &released }))?;
    let desk = toolchain::target_dir().join(profile).join("desk");

    let (cc, cxx) = (c_compiler()?, cpp_compiler()?);
    let compile = Compile { source: source.join("programs"), bin: bin.clone() };
    let packages = packages(&manifest)?;
    let yyjson = folder(&packages, "yyjson-sys")?.join("yyjson/src");
    let simdjson = folder(&packages, "simdjson-sys")?.join("vendor/simdjson");
    let object = |compiler: &str, from: PathBuf, name: &str| {
        let object = bin.join(name);
        // The sources never change, because each version has its own folder.
        if !object.exists() {
            finish(Command::new(compiler).args(["-O3", "-c"]).arg(&from).arg("-o").arg(&object))?;
        }
        Ok::<_, anyhow::Error>(object)
    };
    let yyjson_object = object(&cc, yyjson.join("yyjson.c"), "yyjson.o")?;
    let simdjson_object = object(&cxx, simdjson.join("simdjson.cpp"), "simdjson.o")?;

    let (c, cpp) = ((cc.as_str(), "c11"), (cxx.as_str(), "c++17"));
    let curl = |name: &str, compiler, include: &Path, object: &Path| {
        compile.program(name, name, compiler, include, &[object.as_os_str(), "-lcurl".as_ref()])
    };
    let (mut lists, mut calls) = (Vec::new(), Vec::new());
    let libraries = iter::once(("libdesk", installed.as_path())).chain(also.map(|also| ("libdesk --also", also)));
    for (index, (name, library)) in libraries.enumerate() {
        let search = format!("-L{}", library.join("lib").display());
        let found = format!("-Wl,-rpath,{}", library.join("lib").display());
        for (kind, programs) in [("list", &mut lists), ("calls", &mut calls)] {
            let (from, include) = (format!("{kind}-libdesk"), library.join("include"));
            let flags = [search.as_ref(), "-ldesk".as_ref(), found.as_ref()];
            programs.push((name.to_owned(), compile.program(&format!("{from}{index}"), &from, c, &include, &flags)?));
        }
    }
    lists.push(("libcurl + yyjson".to_owned(), curl("list-yyjson", c, &yyjson, &yyjson_object)?));
    lists.push(("libcurl + simdjson".to_owned(), curl("list-simdjson", cpp, &simdjson, &simdjson_object)?));
    lists.push(("reqwest + serde".to_owned(), rust.join("list-reqwest")));
    calls.push(("libcurl easy".to_owned(), curl("calls-libcurl", c, &yyjson, &yyjson_object)?));
    let exports = vec![
        ("desk".to_owned(), desk),
        ("reqwest + raw JSON".to_owned(), rust.join("export-reqwest")),
        ("libcurl + yyjson".to_owned(), curl("export-yyjson", c, &yyjson, &yyjson_object)?),
    ];
    let tool = |name: &str| compile.program(name, name, c, &compile.source, &[]);
    Ok(Programs {
        launch: tool("launch")?,
        spin: tool("spin")?,
        server: rust.join("bench-server"),
        lists,
        calls,
        exports,
        dir,
    })
}

/// Compiles programs of `source` into `bin`.
struct Compile {
    source: PathBuf,
    bin: PathBuf,
}

impl Compile {
    fn program(
        &self,
        name: &str,
        from: &str,
        (compiler, standard): (&str, &str),
        include: &Path,
        flags: &[&std::ffi::OsStr],
    ) -> Result<PathBuf> {
        let program = self.bin.join(name);
        let file = self.source.join(from).with_extension(if standard.starts_with("c++") { "cpp" } else { "c" });
        let mut command = Command::new(compiler);
        command.arg(format!("-std={standard}")).args([
            "-O3",
            "-Wall",
            "-Wextra",
            "-Werror",
            "-D_GNU_SOURCE",
            "-isystem",
        ]);
        command.arg(include).arg(&file).args(flags).arg("-o").arg(&program);
        finish(&mut command)
            .with_context(|| "the peers need libcurl's headers (Debian: apt-get install libcurl4-openssl-dev)")?;
        Ok(program)
    }
}

/// All packages in a manifest, including those that cargo does not compile.
fn packages(manifest: &Path) -> Result<Value> {
    let output = cargo()
        .args(["metadata", "--format-version=1", "--locked", "--manifest-path"])
        .arg(manifest)
        .output()
        .context("cargo metadata")?;
    if !output.status.success() {
        bail!("cargo metadata failed: {}", String::from_utf8_lossy(&output.stderr));
    }
    serde_json::from_slice(&output.stdout).context("cargo metadata")
}

/// The folder with the sources of a package.
fn folder(metadata: &Value, name: &str) -> Result<PathBuf> {
    let packages = metadata["packages"].as_array().map_or(&[][..], Vec::as_slice);
    let found =
        packages.iter().find(|package| package["name"] == name).and_then(|package| package["manifest_path"].as_str());
    let found = found
        .and_then(|path| Path::new(path).parent())
        .with_context(|| format!("bench/Cargo.toml does not name {name}"))?;
    Ok(found.to_owned())
}
